"""The pictures of a run as tensors, and their sizes at each level, coarse to fine."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor

from ..errors import InputError
from ..images import fitted, resize
from ..inputs import Inputs
from ..recipe import Recipe
from .colors import recolor

T = TypeVar("T", Tensor, Tensor | None)
Shape = tuple[int, int]  # (height, width)
LEAST = 16  # pixels a side: relu5_1 comes after four poolings


class Scene(NamedTuple):
    """The inputs as tensors, with a mask or None for each style."""

    content: Tensor
    styles: Sequence[Tensor]
    masks: Sequence[Tensor | None]
    style_masks: Sequence[Tensor | None]

    @classmethod
    def of(cls, inputs: Inputs, recipe: Recipe) -> "Scene":
        """Return the scene of inputs, cropped to the recipe's exact size, if any.

        Masks leave out what is transparent in a picture. All stay on the CPU.
        """
        content, styles = inputs.images
        masks: list = [None] * len(styles)
        style_masks, pictures = masks, (inputs.content, *inputs.styles)
        cut_out = [picture for picture in pictures if picture.alpha is not None]
        if inputs.masks or inputs.style_masks or cut_out:
            from .regions import load_masks

            masks, style_masks = load_masks(inputs)
        masks = [crop(mask, recipe) for mask in masks]
        return cls(crop(content, recipe), styles, masks, style_masks)

    def at(self, size: int, recipe: Recipe, device: torch.device) -> "Scene":
        """Return the scene of a level, resized and recoloured, on a device."""

        def resized(image: T, shape: Shape) -> T:
            return image if image is None else resize(image, shape).to(device)

        shape = content_shape(self.content.shape, size, recipe)
        content = resize(self.content, shape)
        masks = [resized(mask, shape) for mask in self.masks]
        styles, style_masks = [], []
        for style, mask in zip(self.styles, self.style_masks, strict=True):
            shape = style_shape(style.shape, size, recipe)
            style = recolor(resize(style, shape), content, recipe)
            styles.append(style.to(device))
            style_masks.append(resized(mask, shape))
        return Scene(content.to(device), styles, masks, style_masks)


def levels_of(recipe: Recipe, inputs: Inputs) -> list[tuple[int, int]]:
    """Return a run's [(size, steps), ...]: the recipe's, less those of no use.

    Halvings of the size begin where the content's short side has `LEAST` pixels; from
    an initial picture they begin at its own size, so that it keeps its detail. Sizes
    that the recipe names stay. Raise `InputError` if the content is too small at one.
    """
    levels, shape = recipe.levels(), inputs.content.image.shape
    sides = [min(content_shape(shape, size, recipe)) for size, _ in levels]
    if min(sides) >= LEAST and (recipe.sizes or not inputs.initial):
        return levels
    from .shapes import useful_levels

    return useful_levels(levels, recipe, inputs)


def content_shape(shape: Sequence[int], size: int, recipe: Recipe) -> Shape:
    """Return the (height, width) of content and result at a level of ``size``."""
    if isinstance(recipe.size, tuple):
        return fitted(recipe.size, size)
    return (size, size) if recipe.square else fitted(shape, size)


def style_shape(shape: Sequence[int], size: int, recipe: Recipe) -> Shape:
    """Return a style's (height, width) at a level.

    Only ``style_scale`` enlarges it, but it has at least `LEAST` pixels a side.
    """
    scale = recipe.style_scale
    size = max(LEAST, round(size * scale))
    wanted = (size, size) if recipe.square else fitted(shape, size, enlarge=scale > 1)
    if min(wanted) >= LEAST:
        return wanted
    from .shapes import least_shape

    return least_shape(shape)


def crop(image: T, recipe: Recipe) -> T:
    """Return the middle of (1, C, H, W), in the ratio of the recipe's exact size.

    If the recipe has none, or there is no image, return ``image``.
    """
    if image is None or not isinstance(recipe.size, tuple):
        return image
    from .shapes import middle

    return middle(image, recipe.size)


def tile_size(recipe: Recipe) -> int | None:
    """Return a tile's side in pixels; None, also while it is "auto", means one tile."""
    return recipe.tile if isinstance(recipe.tile, int) else None


def check_pictures(inputs: Inputs, recipe: Recipe) -> None:
    """Raise `InputError` for no style, a wrong ``blend`` or too small a level."""
    if not inputs.styles:
        raise InputError("there is no style: give at least one picture")
    if recipe.blend and len(recipe.blend) != len(inputs.styles):
        counts = f"{len(recipe.blend)} blend for {len(inputs.styles)} styles"
        raise InputError(f"{counts}: give one for each style")
    levels_of(recipe, inputs)
