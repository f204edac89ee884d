"""Targets, kept while they serve: a moved weight costs no new ones."""

from ..images import resize
from ..levels import begin_level, first_image, fit, fit_style, improve, load_network
from ..recipe import Recipe
from ..samples import load
from .state import LIVE

NEUTRAL = {name: getattr(Recipe(), name) for name in LIVE if name != "blend"}


class Painter:
    """Turns a `State` into steps."""

    def __init__(self, device):
        self.device = device
        self.forget()

    def forget(self):
        """Let the memory go: the next step builds everything again."""
        self._objective = (None, None)  # after what it is for

    def first_image(self, content, styles, recipe):
        """What a run begins with, fitted to its first level."""
        size = recipe.levels()[0][0]
        content = fit(content, size, recipe)
        if recipe.initial_picture:
            return resize(load(recipe.initial), tuple(content.shape[-2:]))
        styles = [fit_style(style, size, content, recipe) for style in styles]
        return first_image(content, styles, [None] * len(styles), recipe)

    def descent(self, state):
        """The `Descent` from ``state``, good to the end of its level."""
        size, _ = state.level()
        objective = self._prepare(state, size)
        objective.recipe = state.recipe
        image = resize(state.image.to(self.device), self._shape)
        return improve(image, objective)

    def matched(self, losses):
        """The share of each target's energy that is met: {"style/relu1_1": 0.98}."""
        return {
            name: max(0.0, 1 - losses[name] / e) for name, e in self._energy.items()
        }

    def _prepare(self, state, size):
        fixed = state.recipe.replace(**NEUTRAL)
        if fixed.color == "content":  # is only shown so
            fixed = fixed.replace(color="style")
        key = (state.content, state.styles, size, fixed)
        if self._objective[0] != key:
            self._objective = (None, None)  # there may not be room for two
            content, styles = state.images
            styles = [style.to(self.device) for style in styles]
            content, vgg = content.to(self.device), load_network(fixed, self.device)
            level = begin_level(vgg, content, styles, state.image, size, fixed)
            image, objective = level
            self._objective = key, objective
            self._shape, self._energy = tuple(image.shape[-2:]), _energy(objective)
        return self._objective[1]


def _energy(objective):
    """What each layer's loss is when nothing matches; in the relative scale, 1."""
    relative = objective.recipe.scale == "relative"
    return {
        f"{kind}/{name}": 1.0
        if relative
        else part.factor * part.target.square().sum().item()
        for kind in ("content", "style")
        for name, part in getattr(objective, kind).items()
    }
