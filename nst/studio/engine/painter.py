"""The network and targets of a session, reused when only recipe weights change."""

from typing import Any

import torch
from torch import Tensor

from ...control.sizes import Scene, crop, levels_of
from ...images import resize
from ...inputs import Inputs
from ...objective import Objective
from ...optimize import Descent
from ...recipe import Recipe
from ...transfer import begin_level, first_image, improve
from ...vgg import load_network
from .state import LIVE, State

NEUTRAL = {name: getattr(Recipe(), name) for name in LIVE if name != "blend"}


class Painter:
    """A painter: it makes the `Descent` that continues a `State`."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.forget()

    def forget(self) -> None:
        """Free the memory: the next step builds everything again."""
        self._key: Any = None  # what the objective was made from
        self._objective: Objective | None = None

    def first_image(self, inputs: Inputs, recipe: Recipe) -> Tensor:
        """Return the first image of a run, at the size of its first level."""
        size, _ = levels_of(recipe, inputs)[0]
        scene = Scene.of(inputs, recipe, torch.device("cpu"))
        content, styles, masks, _ = scene.at(size, recipe)
        if inputs.initial:
            return resize(crop(inputs.initial.image, recipe), content.shape[-2:])
        return first_image(content, styles, masks, recipe)

    def descent(self, state: State) -> Descent:
        """Return the `Descent` from ``state``, valid to the end of its level."""
        size, _ = state.level()
        objective = self._prepare(state, size)
        objective.recipe = state.recipe
        image = resize(state.image.to(self.device), self._shape)
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
            vgg = load_network(fixed, self.device)
            scene = Scene.of(state.inputs, fixed, self.device)
            image, objective = begin_level(vgg, scene, state.image, size, fixed)
            self._key, self._objective = key, objective
            self._shape = image.shape[-2:]
            self._nothing = {
                f"{kind}/{layer}": loss.nothing().item()
                for (kind, _, layer), loss in objective.parts()
            }
        return self._objective
