"""The sizes of content and styles at each level, coarse to fine."""

from collections.abc import Sequence

from torch import Tensor

from ..errors import InputError
from ..images import fitted, resize
from ..recipe import Recipe
from .colors import recolor

Shape = tuple[int, int]  # (height, width)


def content_shape(shape: Sequence[int], size: int, recipe: Recipe) -> Shape:
    """Return the (height, width) of content and result at a level of ``size``."""
    return (size, size) if recipe.square else fitted(shape, size)


def style_shape(shape: Sequence[int], size: int, recipe: Recipe) -> Shape:
    """Return a style's (height, width) at a level; only ``style_scale`` enlarges it."""
    scale = recipe.style_scale
    size = max(1, round(size * scale))
    return (size, size) if recipe.square else fitted(shape, size, enlarge=scale > 1)


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


def check_pictures(content: Tensor, styles: Sequence[Tensor], recipe: Recipe) -> None:
    """Raise `InputError` for no style, a wrong ``blend`` or too small a level."""
    if not styles:
        raise InputError("there is no style: give at least one picture")
    if recipe.blend and len(recipe.blend) != len(styles):
        counts = f"{len(recipe.blend)} blend for {len(styles)} styles"
        raise InputError(f"{counts}: give one for each style")
    for size, _ in recipe.levels():
        shapes = [style_shape(s.shape, size, recipe) for s in styles]
        for height, width in (content_shape(content.shape, size, recipe), *shapes):
            if min(height, width) < 16:  # relu5_1 comes after four poolings
                raise InputError(
                    f"a picture of {width}x{height} pixels is too small for the "
                    "network: use a larger size, so that its short side has at least 16"
                )
