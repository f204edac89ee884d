"""How much memory a run will need, told before it begins."""

import os

import torch

from .layers import CHANNELS, LAYERS, stride_of
from .levels import content_shape, style_shape
from .tiles import HALO

FLOAT = 4
FIXED = 100e6  # what the libraries keep for themselves
PASSING = 5 * 64  # floats a pixel that come and go at the net's first, widest layers
VECTORS = 10  # copies of the image: the best, gradients, the direction, …


def estimate(recipe, content, style):
    """Bytes that a run will need at its peak, beyond the present process.

    ``content`` and ``style`` are shapes that end in (H, W). The peak is at the last
    level: targets, L-BFGS's image-sized vectors, and what an evaluation keeps for its
    backward pass; or, of a far larger style, what passes as its Grams are computed.
    """
    height, width = content_shape(content, recipe.size, recipe)
    pixels = height * width
    held = pixels * 3 * (2 * recipe.history + VECTORS)
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
    if device.type == "cpu" and "SC_AVPHYS_PAGES" in os.sysconf_names:
        try:
            with open("/proc/meminfo", encoding="ascii") as lines:
                fields = dict(line.split(":") for line in lines)
            return int(fields["MemAvailable"].split()[0]) * 1024
        except (OSError, KeyError):
            return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return float("inf")


def _seen(height, width, recipe):
    """Pixels that are looked at at once."""
    side = recipe.tile + 2 * HALO if recipe.tile else max(height, width)
    return min(height, side) * min(width, side)


def _width(name):
    """Floats a pixel of the image that a layer's features take."""
    return CHANNELS[int(name[4])] / stride_of(name) ** 2
