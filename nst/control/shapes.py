"""Pictures too thin or too small for some sizes, and results of an exact size."""

import math
from collections.abc import Sequence

from torch import Tensor

from ..errors import InputError
from ..images import fitted
from ..inputs import Inputs
from ..recipe import Recipe
from .sizes import LEAST, Shape, content_shape, crop

Levels = list[tuple[int, int]]  # [(size, steps), ...]


def useful_levels(levels: Levels, recipe: Recipe, inputs: Inputs) -> Levels:
    """Return the levels of a run without those of no use, see `sizes.levels_of`.

    Raise `InputError` if the content is too small at one that is left.
    """
    shape = inputs.content.image.shape
    own = max(inputs.initial.image.shape[-2:]) if inputs.initial else 0
    useful = [
        level
        for level in levels
        if recipe.sizes
        or (level[0] >= own and min(content_shape(shape, level[0], recipe)) >= LEAST)
    ]
    ratio = recipe.size if isinstance(recipe.size, tuple) else shape
    for size, _ in useful or levels[-1:]:
        height, width = content_shape(shape, size, recipe)
        if min(height, width) < LEAST:
            seen = f"at {size} px the content has {width}x{height} pixels"
            raise InputError(
                f"{seen}, too few for the network, which needs {LEAST} a side: "
                f"choose {_least_size(ratio)} px or more, or crop it"
            )
    return useful or levels[-1:]


def least_shape(shape: Sequence[int]) -> Shape:
    """Return the (height, width) whose short side is `LEAST`, in the same ratio."""
    return fitted(shape, _least_size(shape))


def middle(image: Tensor, size: Sequence[int]) -> Tensor:
    """Return the largest middle part of (1, C, H, W) in the ratio (height, width)."""
    height, width = image.shape[-2:]
    scale = min(height / size[0], width / size[1])
    h, w = (max(1, round(side * scale)) for side in size)
    top, left = (height - h) // 2, (width - w) // 2
    return image[..., top : top + h, left : left + w]


def cropping(image: Tensor, recipe: Recipe) -> str:
    """Return a sentence that says how `crop` cuts the content; "" if it does not."""
    (height, width), (h, w) = image.shape[-2:], crop(image, recipe).shape[-2:]
    if (h, w) == (height, width):
        return ""
    seen = f"the content's {width}x{height} pixels"
    return f"{seen} are cropped to the middle {w}x{h}"


def _least_size(shape: Sequence[int]) -> int:
    """Return the long side at which the short side of a picture is `LEAST`."""
    return math.ceil(LEAST * max(shape[-2:]) / min(shape[-2:]))
