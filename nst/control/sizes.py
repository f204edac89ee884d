"""The sizes of content and styles at each level, coarse to fine."""

import math
from collections.abc import Sequence

from torch import Tensor

from ..errors import InputError
from ..images import fitted, resize
from ..inputs import Inputs
from ..recipe import Recipe
from .colors import recolor

Shape = tuple[int, int]  # (height, width)
LEAST = 16  # pixels a side: relu5_1 comes after four poolings


def levels_of(recipe: Recipe, inputs: Inputs) -> list[tuple[int, int]]:
    """Return a run's [(size, steps), ...]: the recipe's, less those of no use.

    Halvings of the size begin where the content's short side has `LEAST` pixels; from
    an initial picture they begin at its own size, so that it keeps its detail. Sizes
    that the recipe names stay.
    """
    levels, content = recipe.levels(), inputs.content.image.shape
    own = max(inputs.initial.image.shape[-2:]) if inputs.initial else 0
    useful = [
        (size, steps)
        for size, steps in levels
        if recipe.sizes
        or (size >= own and min(content_shape(content, size, recipe)) >= LEAST)
    ]
    return useful or levels[-1:]


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
    if recipe.square:
        return size, size
    height, width = fitted(shape, size, enlarge=scale > 1)
    if min(height, width) >= LEAST:
        return height, width
    return fitted(shape, _least_size(shape))


def crop(image: Tensor, recipe: Recipe) -> Tensor:
    """Return the middle of an image, in the shape of the recipe's exact size, if any.

    ``image`` is (1, C, H, W).
    """
    if not isinstance(recipe.size, tuple):
        return image
    height, width = image.shape[-2:]
    scale = min(height / recipe.size[0], width / recipe.size[1])
    h, w = (max(1, round(side * scale)) for side in recipe.size)
    top, left = (height - h) // 2, (width - w) // 2
    return image[..., top : top + h, left : left + w]


def fit(
    content: Tensor, styles: Sequence[Tensor], size: int, recipe: Recipe
) -> tuple[Tensor, list[Tensor]]:
    """Return content and styles resized for a level, the styles also recoloured."""
    content = resize(content, content_shape(content.shape, size, recipe))
    small = (resize(s, style_shape(s.shape, size, recipe)) for s in styles)
    return content, [recolor(style, content, recipe) for style in small]


def tile_size(recipe: Recipe) -> int | None:
    """Return a tile's side in pixels; None, also while it is "auto", means one tile."""
    return recipe.tile if isinstance(recipe.tile, int) else None


def check_pictures(inputs: Inputs, recipe: Recipe) -> None:
    """Raise `InputError` for no style, a wrong ``blend`` or too small a level."""
    count = len(inputs.styles)
    if not count:
        raise InputError("there is no style: give at least one picture")
    if recipe.blend and len(recipe.blend) != count:
        counts = f"{len(recipe.blend)} blend for {count} styles"
        raise InputError(f"{counts}: give one for each style")
    shape = inputs.content.image.shape
    for size, _ in levels_of(recipe, inputs):
        height, width = content_shape(shape, size, recipe)
        if min(height, width) < LEAST:
            seen = f"at {size} px the content has {width}x{height} pixels"
            raise InputError(
                f"{seen}, too few for the network, which needs {LEAST} a side: "
                f"choose {_least_size(shape)} px or more, or crop it"
            )


def _least_size(shape: Sequence[int]) -> int:
    """Return the long side at which the short side of a picture is `LEAST`."""
    return math.ceil(LEAST * max(shape[-2:]) / min(shape[-2:]))
