"""How much memory a run will need, told before it begins."""

from pathlib import Path

import torch

from .errors import InputError
from .layers import CHANNELS, LAYERS, stride_of
from .lbfgs import default_history
from .levels import content_shape, style_shape
from .tiles import GRID, cut

FLOAT = 4
FIXED = 20e6  # what the libraries keep for themselves
PASSING = 64  # floats a pixel that come and go at the net's first, widest layers
HOLES = 1.5  # the small tensors of tiles leave holes in the heap
VECTORS = 10  # copies of the image: the best, gradients, the direction, …
SIZES = (128, 192, 256, 384, 512, 768, 1024, 1536, 2048)  # offered
TILES = (1024, 512, 256)  # likewise


class TooLarge(InputError):
    """The run would not fit; one of ``size`` pixels would, None if none of `SIZES`."""

    def __init__(self, message, size):
        super().__init__(message)
        self.size = size


def make_room(recipe, content, styles, device):
    """The recipe with its tile chosen, if that is "auto": none where the whole fits.

    Raises `TooLarge` if a run would need more memory than is free on ``device``.
    """
    style = max((image.shape for image in styles), key=lambda s: s[-1] * s[-2])
    free = available(device)

    def needed(**changes):
        return estimate(recipe.replace(**changes), content.shape, style)

    fitting = [t for t in (None, *TILES) if needed(tile=t) <= free]
    if recipe.tile == "auto":
        recipe = recipe.replace(tile=fitting[0] if fitting else TILES[-1])
    if needed() <= free:
        return recipe
    smaller = [s for s in SIZES if s < recipe.size and needed(size=s) <= free]
    ways = [f"{smaller[-1]} px"] if smaller else []
    ways += [f"tile {fitting[0]}, which is slower"] if fitting else []
    way_out = f"choose {' or '.join(ways)}" if ways else "close other programs first"
    raise TooLarge(
        f"{recipe.size} px would need about {needed() / 1e9:.1f} GB and "
        f"{free / 1e9:.1f} GB are free: {way_out}",
        smaller[-1] if smaller else None,
    )


def ran_out(error):
    """Whether an exception says that there was no memory left."""
    told = str(error).lower()
    words = ("memory", "could not create a primitive")  # oneDNN does not say why
    return isinstance(error, MemoryError) or any(word in told for word in words)


def estimate(recipe, content, style):
    """Bytes that a run will need at its peak, beyond the present process.

    ``content`` and ``style`` are shapes that end in (H, W). The peak is at the last
    level: targets, L-BFGS's image-sized vectors, and what an evaluation keeps for its
    backward pass; or, of a far larger style, what passes as its Grams are computed.
    """
    height, width = content_shape(content, recipe.size, recipe)
    pixels = height * width
    history = recipe.history or default_history(pixels)
    held = pixels * 3 * (2 * history + VECTORS)
    held += sum(pixels * _width(name) for name in recipe.content_layers)
    names = (*recipe.content_layers, *recipe.style_layers)
    deepest = max(map(LAYERS.index, names), default=0)
    kept = sum(_width(n) for n in LAYERS[: deepest + 1] if not n.startswith("conv"))
    kept += sum(2 * _width(n) for n in LAYERS[: deepest + 1] if n.startswith("pool"))
    evaluation = _seen(height, width, recipe) * (kept + PASSING)
    grams = _seen(*style_shape(style, recipe.size, recipe), recipe) * PASSING
    return FIXED + FLOAT * (held + max(evaluation, grams))


def available(device="cpu"):
    """Bytes that are free on a device; infinity where nobody tells."""
    device = torch.device(device)
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    if device.type == "cpu" and Path("/proc/meminfo").exists():
        return min(_machine(), _container(), _process())
    return float("inf")


def _machine():
    """What Linux would give without swapping."""
    (line,) = (x for x in _lines("/proc/meminfo") if x.startswith("MemAvailable"))
    return int(line.split()[1]) * 1024


def _container():
    """What is left below the limit of a control group, such as Docker's."""
    try:
        most, used = (
            int(_lines(f"/sys/fs/cgroup/memory.{name}")[0])
            for name in ("max", "current")
        )
        return most - used
    except (OSError, ValueError):  # none, or "max"
        return float("inf")


def _process():
    """What is left of the address space, if it is limited (ulimit -v)."""
    import resource  # Linux has it

    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY:
        return float("inf")
    pages = int(_lines("/proc/self/statm")[0].split()[0])
    return most - pages * resource.getpagesize()


def _lines(path):
    return Path(path).read_text(encoding="ascii").splitlines()


def _seen(height, width, recipe):
    """Pixels that are looked at at once."""
    if isinstance(recipe.tile, int):  # more tiles than these are no larger ones
        few = 4 * max(GRID, recipe.tile // GRID * GRID)
        height, width = (n if n < 2 * few else few + n % few for n in (height, width))
    seen = (tile.seen[1:] for tile in cut(height, width, recipe.tile))
    most = max((r.stop - r.start) * (c.stop - c.start) for r, c in seen)
    return most * (HOLES if most < height * width else 1)


def _width(name):
    """Floats a pixel of the image that a layer's features take."""
    return CHANNELS[int(name[4])] / stride_of(name) ** 2
