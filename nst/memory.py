"""How much memory a run will need, told before it begins."""

import os

import torch

from .layers import CHANNELS, LAYERS, stride_of
from .tiles import HALO

FLOAT = 4
FIXED = 100e6  # what the libraries keep for themselves
PASSING = 5 * 64  # floats a pixel that come and go at the net's first, widest layers
VECTORS = 10  # copies of the image: the best, gradients, the direction, …


def estimate(recipe, content_shape, style_shape):
    """Bytes that a run will need at its peak, beyond the present process.

    Shapes end in (H, W). The peak is at the last level: features kept for the
    backward pass and passing ones, targets, and L-BFGS's image-sized vectors.
    """
    height, width = _fitted(recipe, content_shape)
    pixels = height * width
    held = pixels * 3 * (2 * recipe.history + VECTORS)
    held += sum(pixels * _width(name) for name in recipe.content_layers)
    seen = recipe.tile + 2 * HALO if recipe.tile else max(height, width)
    seen = min(height, seen) * min(width, seen)
    names = (*recipe.content_layers, *recipe.style_layers)
    deepest = max(map(LAYERS.index, names), default=0)
    kept = sum(_width(n) for n in LAYERS[: deepest + 1] if not n.startswith("conv"))
    kept += sum(2 * _width(n) for n in LAYERS[: deepest + 1] if n.startswith("pool"))
    return FIXED + FLOAT * (held + seen * (kept + PASSING))


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


def _fitted(recipe, shape):
    if recipe.square:
        return recipe.size, recipe.size
    scale = recipe.size / max(shape[-2:])
    return tuple(max(1, round(side * scale)) for side in shape[-2:])


def _width(name):
    """Floats a pixel of the image that a layer's features take."""
    return CHANNELS[int(name[4])] / stride_of(name) ** 2
