"""The names of VGG19's layers."""

import itertools
from collections.abc import Collection, Iterable

from .errors import InputError, one_of

# VGG19: five blocks of 3x3 convolutions, each convolution followed by a ReLU and
# each block by a pooling layer that halves the image.
CONVOLUTIONS = {1: 2, 2: 2, 3: 4, 4: 4, 5: 4}
CHANNELS = {1: 64, 2: 128, 3: 256, 4: 512, 5: 512}
LAYERS: tuple[str, ...] = ()
for block, count in CONVOLUTIONS.items():
    for i in range(1, count + 1):
        LAYERS += (f"conv{block}_{i}", f"relu{block}_{i}")
    LAYERS += (f"pool{block}",)


def stride_of(layer: str) -> int:
    """Return a layer's stride, the pixels per position: 1 for relu1_1, 2 for pool1."""
    return 1 << (int(layer[4]) - (not layer.startswith("pool")))


def way_to(layers: Collection[str], pooling: str = "max") -> list[str]:
    """Return the layers to compute, in order, up to the deepest of ``layers``.

    Max pooling is moved before its ReLU if neither of the two is in ``layers``: results
    and gradients stay the same, and the ReLU has only a quarter of the positions to
    compute.
    """
    names = list(LAYERS[: 1 + max(map(LAYERS.index, layers), default=-1)])
    for i, (relu, pool) in enumerate(itertools.pairwise(names)):
        if pooling == "max" and pool[:4] == "pool" and not {relu, pool} & set(layers):
            names[i : i + 2] = pool, relu
    return names


def check_reach(layers: Iterable[str], height: int, width: int) -> None:
    """Raise `InputError` for an unknown layer, or one too deep for the picture.

    Each pooling halves the picture; below one pixel no features are left.
    """
    for name in layers:
        least = stride_of(one_of("layer", name, LAYERS))
        if min(height, width) < least:
            seen = f"a picture of {width}x{height} pixels is too small for {name}"
            raise InputError(f"{seen}: give it at least {least} a side")
