"""The network and targets of a session, reused when only recipe weights change."""

from typing import Any

import torch
from torch import Tensor

from ...control.sizes import Scene, crop, levels_of
from ...device import Compute
from ...images import resize
from ...inputs import Inputs
from ...objective import Objective
from ...optimize import Descent
from ...recipe import Recipe
from ...transfer import begin_level, first_image, improve
from ...vgg import load_network
from .state import LIVE, State

ENOUGH = 256  # pixels of a style, to know the energy of its features
NEUTRAL = {name: getattr(Recipe(), name) for name in LIVE if name != "blend"}


class Painter:
    """A painter: it makes the `Descent` that continues a `State`."""

    def __init__(self, compute: Compute) -> None:
        self.compute = compute
        self.forget()

    def forget(self) -> None:
        """Free the memory: the next step builds everything again."""
        self._key: Any = None  # what the objective was made from
        self._objective: Objective | None = None

    def first_image(self, inputs: Inputs, recipe: Recipe) -> Tensor:
        """Return the first image of a run, at the size of its first level."""
        size, _ = levels_of(recipe, inputs)[0]
        scene = Scene.of(inputs, recipe)
        content, styles, masks, _ = scene.at(size, recipe, torch.device("cpu"))
        if inputs.initial:
            return resize(crop(inputs.initial.image, recipe), content.shape[-2:])
        return first_image(content, styles, masks, recipe)

    def descent(self, state: State) -> Descent:
        """Return the `Descent` from ``state``, valid to the end of its level."""
        size, _ = state.level()
        objective = self._prepare(state, size)
        objective.recipe = state.recipe
        image = resize(state.image, self._shape).to(self.compute.device)
        return improve(image, objective)

    def matched(self, losses: dict[str, float]) -> dict[str, float]:
        """Return the share of each target that is matched: {"style/relu1_1": 0.98}."""
        return {
            name: max(0.0, 1 - losses[name] / nothing) if nothing else 1.0
            for name, nothing in self._nothing.items()
        }

    def _prepare(self, state: State, size: int) -> Objective:
        fixed = state.recipe.replace(**NEUTRAL)
        if not state.recipe.style_weight:  # then the content keeps its own energy
            fixed = fixed.replace(style_weight=0.0)
        if fixed.color == "content":  # changes only what is shown
            fixed = fixed.replace(color="style")
        key = (state.content, state.inputs.styles, size, fixed)
        if self._objective is None or self._key != key:
            self.forget()  # memory may not hold two
            vgg = load_network(fixed, self.compute)
            scene = Scene.of(state.inputs, fixed)
            image, objective = begin_level(vgg, scene, state.image, size, fixed)
            self._key, self._objective = key, objective
            self._shape = image.shape[-2:]
            self._nothing = {
                f"{kind}/{layer}": loss.nothing().item()
                for (kind, _, layer), loss in objective.parts()
            }
            if fixed.style_weight and fixed.scale != "relative":
                self._nothing |= self._style_alone(state, objective)
        return self._objective

    @torch.no_grad()
    def _style_alone(self, state: State, objective: Objective) -> dict[str, float]:
        """Return the content losses of a picture that has the style's features alone.

        Only the relative scale asks for the content at the style's energy. In another
        a picture may keep all of the content's pattern and differ by its energy, which
        must not count as content that is lost.
        """
        recipe, parts = state.recipe, dict(objective.parts())
        losses: dict[str, list[float]] = {}
        size = min(recipe.long_side, ENOUGH)
        scene = Scene.of(state.inputs, recipe).at(size, recipe, self.compute.device)
        for style in scene.styles:
            walk = objective.vgg.walk(style, recipe.content_layers)
            for name, features in walk:
                nothing = parts["content", 0, name].nothing(features)
                losses.setdefault(f"content/{name}", []).append(nothing.item())
        return {name: sum(each) / len(each) for name, each in losses.items()}
