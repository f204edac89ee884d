"""Style as any function of features: an idea of your own."""

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

import torch
from torch import Tensor

from ..averages import TINY
from ..errors import InputError, first_line
from ..losses import StyleLoss


def own(function: Callable[..., Any]) -> type[StyleLoss]:
    """Return a class of losses that call ``function(features, style_features)``."""
    members = {"function": staticmethod(function), "name": name_of(function)}
    return type("OwnLoss", (OwnLoss,), members)


def name_of(function: Callable[..., Any]) -> str:
    """Return a function's name, or its type if it has none."""
    return getattr(function, "__name__", type(function).__name__)


class OwnLoss(StyleLoss):
    """A loss: a function of the features and the style's, each (1, C, H, W).

    It is divided by what it gives for features that are all zero, unless that is 0. It
    may look at all positions at once, so tiles, masks and blends cannot be used.
    """

    scales = ("relative", "own")
    function: Callable[..., Any]
    name: str

    @classmethod
    def _check(cls, alone: bool, what: str) -> None:
        if not alone:
            seen = f"style_loss {cls.name} of your own, with {what}"
            way = "use one whole style, or write a subclass of nst.StyleLoss"
            raise InputError(f"{seen}: {way}")

    @classmethod
    def describe(cls, features: Tensor, *place: Any, seen: Any = None) -> Tensor:
        _, positions, mask = place
        cls._check(features[0, 0].numel() == positions, "tiles")
        cls._check(mask is None, "masks")
        return features

    @classmethod
    def mix(cls, targets: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
        cls._check(sum(w > 0 for w in weights) == 1, "several styles")
        return targets[[w > 0 for w in weights].index(True)]

    def _aim(self, target: Tensor, scale: Any, mask: Tensor | None) -> None:
        self._check(mask is None, "masks")
        super()._aim(target, scale, mask)

    def factor_of(self, scale: str) -> float:
        if not isfinite(self.distance(self.target).item()):
            seen = f"style_loss {self.name} of the style itself is not finite"
            raise InputError(f"{seen}: let it be 0 there")
        nothing = self.distance(self._zeros).item()
        return 1 / nothing if isfinite(nothing) and nothing > TINY else 1.0

    def measure(self, features: Tensor, where: Any, positions: int) -> Tensor:
        self._check(features[0, 0].numel() == positions, "tiles")
        return features

    def distance(self, statistic: Tensor) -> Tensor:
        try:
            found = self.function(statistic, self.target)
        except torch.OutOfMemoryError:
            raise
        except (TypeError, RuntimeError, IndexError, AttributeError) as error:
            why = f"{type(error).__name__}: {first_line(error)}"
            seen = f"style_loss {self.name} of your own failed ({why})"
            way = "it gets the picture's features and the style's, (1, C, H, W)"
            raise InputError(f"{seen}: {way}, perhaps of different sizes") from error
        what = "something else than one number"
        if isinstance(found, Tensor) and found.numel() == 1:
            if found.requires_grad or not statistic.requires_grad:
                return found.reshape(())
            what = "a number without a gradient"
        seen = f"style_loss {self.name} returned {what}"
        raise InputError(f"{seen}: compute a scalar from the features, with torch")
