"""An estimate of the memory that a run will need, made before it begins."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..convolution import LEAST_SIDE, Method
from ..device import Compute
from ..layers import CHANNELS, LAYERS, stride_of
from ..lbfgs import default_history
from ..recipe import Recipe
from .sizes import content_shape, style_shape, tile_size
from .tiles import GRID, cut

FLOAT = 4  # bytes
FIXED = 20e6  # bytes that the libraries take
WINOGRAD = 180e6  # bytes for the weights of 512 channels as blocks of 8x8 numbers
PASSING = 64  # floats per pixel, for a short time, at the network's first layers
BLOCKS = LEAST_SIDE * stride_of("conv4_1")  # the least side at which it has those
HOLES = 1.5  # factor: the small tensors of tiles leave gaps in memory
VECTORS = 10  # copies of the image: the best, gradients, the direction, …
TILES = (1024, 512, 256)  # sizes to suggest, in pixels


def make_room(
    recipe: Recipe, content: Tensor, styles: Sequence[Tensor], compute: Compute
) -> Recipe:
    """Return the recipe; a tile of "auto" becomes None if the whole fits, else a size.

    Raise `TooLarge` if a run would need more memory than is free on its device.
    """
    style = max((image.shape for image in styles), key=lambda s: s[-1] * s[-2])
    free, how = available(compute.device), compute.convolution

    def needed(**changes: Any) -> float:
        return estimate(recipe.replace(**changes), content.shape, style, how)

    fitting = [t for t in (None, *TILES) if needed(tile=t) <= free]
    if recipe.tile == "auto":
        recipe = recipe.replace(tile=fitting[0] if fitting else TILES[-1])
    if needed() <= free:
        return recipe
    from .refusal import too_large

    raise too_large(recipe, free, needed, fitting)


def estimate(
    recipe: Recipe,
    content: Sequence[int],
    style: Sequence[int],
    convolution: Method = "direct",
) -> float:
    """Return the bytes that a run will need at its peak, besides those in use now.

    ``content`` and ``style`` are shapes that end in (H, W). The peak is at the last
    level: targets, L-BFGS's image-sized vectors, and what an evaluation keeps for its
    backward pass, or, if a style is far larger, what computing its Gram matrices takes.
    """
    height, width = content_shape(content, recipe.long_side, recipe)
    pixels = height * width
    history = recipe.history or default_history(pixels)
    held = float(pixels * 3 * (2 * history + VECTORS))
    held += sum(pixels * _width(name) for name in recipe.content_layers)
    names = (*recipe.content_layers, *recipe.style_layers)
    deepest = max(map(LAYERS.index, names), default=0)
    kept = sum(_width(n) for n in LAYERS[: deepest + 1] if not n.startswith("conv"))
    kept += sum(2 * _width(n) for n in LAYERS[: deepest + 1] if n.startswith("pool"))
    evaluation = _pixels_at_once(height, width, recipe) * (kept + PASSING)
    style = style_shape(style, recipe.long_side, recipe)
    grams = _pixels_at_once(*style, recipe) * PASSING
    blocks = convolution == "winograd" and min(height, width) >= BLOCKS
    return FIXED + WINOGRAD * blocks + FLOAT * (held + max(evaluation, grams))


def need(
    recipe: Recipe, content: Tensor, styles: Sequence[Tensor], compute: Compute
) -> float:
    """Return the `estimate` of a run for its most demanding style, in bytes."""
    how = compute.convolution
    return max(estimate(recipe, content.shape, each.shape, how) for each in styles)


def available(device: str | torch.device = "cpu") -> float:
    """Return the bytes that are free on a device, infinity if that is not known."""
    device = torch.device(device)
    if device.type == "cuda":
        # What torch keeps of what it freed is free as well.
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        free, _ = torch.cuda.mem_get_info(device.index)  # torch 2.4 needs a number
        return free + kept
    if device.type == "cpu" and Path("/proc/meminfo").exists():
        unswapped = counted("/proc/meminfo")["MemAvailable"]
        return min(unswapped, _container(), _process())
    return float("inf")


def _container() -> float:
    """Return the bytes left below the limit of a container, such as Docker's."""
    try:
        files = (f"/sys/fs/cgroup/memory.{name}" for name in ("max", "current"))
        most, used = (int(_lines(file)[0]) for file in files)
        return most - used
    except (OSError, ValueError):  # no such file, or no limit: "max"
        return float("inf")


def _process() -> float:
    """Return the bytes left of the address space, if it is limited (ulimit -v)."""
    import resource  # not on Windows

    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY:
        return float("inf")
    pages = int(_lines("/proc/self/statm")[0].split()[0])
    return most - pages * resource.getpagesize()


def counted(path: str) -> dict[str, int]:
    """Return what Linux counts in a file of /proc in bytes: {"MemAvailable": …, …}."""
    rows = (line.split() for line in _lines(path))
    return {r[0].rstrip(":"): int(r[1]) * 1024 for r in rows if r[-1:] == ["kB"]}


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="ascii").splitlines()


def _pixels_at_once(height: int, width: int, recipe: Recipe) -> float:
    """Return the pixels of the largest tile, halo and `HOLES` included.

    Tiles beyond the first four rows and columns repeat earlier sizes, so four are
    enough to find the largest.
    """
    tile = tile_size(recipe)
    if tile:
        few = 4 * max(GRID, tile // GRID * GRID)
        height, width = (n if n < 2 * few else few + n % few for n in (height, width))
    seen = (tile.seen[1:] for tile in cut(height, width, tile))
    most = max((r.stop - r.start) * (c.stop - c.start) for r, c in seen)
    return most * (HOLES if most < height * width else 1)


def _width(name: str) -> float:
    """Return how many floats a layer's features take per pixel of the image."""
    return CHANNELS[int(name[4])] / stride_of(name) ** 2
