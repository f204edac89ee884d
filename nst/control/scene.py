"""The pictures of a run as tensors on one device, at any of its levels."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from ..images import resize
from ..inputs import Inputs, Picture
from ..recipe import Recipe
from .sizes import crop, fit


class Scene(NamedTuple):
    """The inputs as tensors on one device, with a mask or None for each style."""

    content: Tensor
    styles: Sequence[Tensor]
    masks: Sequence[Tensor | None]
    style_masks: Sequence[Tensor | None]

    @classmethod
    def of(cls, inputs: Inputs, recipe: Recipe, device: torch.device) -> "Scene":
        """Return the scene of inputs, cropped to the recipe's exact size, if any.

        Masks leave out what is transparent in a picture.
        """
        content, styles = inputs.images
        masks = _masks("masks", inputs.masks, [inputs.content] * len(styles))
        style_masks = _masks("style masks", inputs.style_masks, inputs.styles)
        return cls(
            crop(content, recipe).to(device),
            [style.to(device) for style in styles],
            [mask if mask is None else crop(mask, recipe).to(device) for mask in masks],
            [mask if mask is None else mask.to(device) for mask in style_masks],
        )

    def at(self, size: int, recipe: Recipe) -> "Scene":
        """Return the scene resized for a level, the styles also recoloured."""
        content, styles = fit(self.content, self.styles, size, recipe)
        pairs = zip(self.style_masks, styles, strict=True)
        return Scene(
            content,
            styles,
            [_resized(mask, content) for mask in self.masks],
            [_resized(mask, style) for mask, style in pairs],
        )


def alpha_of(inputs: Inputs, recipe: Recipe) -> Tensor | None:
    """Return the alpha that a result keeps, the content's; None if that is opaque."""
    alpha = inputs.content.alpha
    return None if alpha is None else crop(alpha, recipe)


def _masks(
    name: str, masks: Sequence[Picture | None], pictures: Sequence[Picture]
) -> Sequence[Tensor | None]:
    if not masks and all(picture.alpha is None for picture in pictures):
        return [None] * len(pictures)  # a run without masks skips this import
    from .regions import load_masks

    return load_masks(name, masks, pictures)


def _resized(mask: Tensor | None, picture: Tensor) -> Tensor | None:
    return None if mask is None else resize(mask, picture.shape[-2:])
