"""Ideas of style: what a loss may compare instead of Gram matrices.

gram         correlations of channels: `nst.StyleLoss`
moments      each channel's mean and deviation
cmd          each channel's mean and central moments 2 to 5, squashed
wasserstein  mean and covariance of all channels together, as Gaussians
neighbours   at each position, the most similar feature of the style
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..losses import StyleLoss

CLASSES = {
    "moments": "MomentLoss",
    "cmd": "CentralMomentLoss",
    "wasserstein": "WassersteinLoss",
    "neighbours": "NeighbourLoss",
}


def idea_of(style_loss: str | Callable[..., Any], layer: str) -> type[StyleLoss]:
    """Return the class of the losses that a recipe's ``style_loss`` has at a layer."""
    if style_loss == "gram":
        return StyleLoss
    if isinstance(style_loss, type) and issubclass(style_loss, StyleLoss):
        return style_loss.at(layer)
    if callable(style_loss):
        from .own import own

        return own(style_loss)
    module = import_module(f".{style_loss}", __name__)
    idea: type[StyleLoss] = getattr(module, CLASSES[style_loss])
    return idea.at(layer)
