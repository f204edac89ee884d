"""Averages over the positions of a layer: of a whole picture, a tile, or a region."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

TINY = 1e-12  # least divisor: a target may be all zero


def energy(features: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return the mean square of features (1, C, H, W), or of those a mask shows."""
    if mask is None:
        return features.square().mean()
    shown = (features * mask).square().mean(1).sum()
    return shown / mask.square().sum().clamp_min(TINY)


def part(
    average: Callable[..., Tensor],
    features: Tensor,
    where: Any,
    positions: int,
    mask: Tensor | None = None,
) -> Tensor:
    """Return what some positions add to an ``average`` over all positions of a layer.

    ``features`` are those at the index ``where`` of a layer that has ``positions``
    positions in all; ``mask`` is for the whole layer.
    """
    if mask is None:
        return average(features) * (features[0, 0].numel() / positions)
    shown = mask[where]
    share = shown.square().sum() / mask.square().sum().clamp_min(TINY)
    return average(features, shown) * share


def add_to(
    sums: dict, key: Any, value: Tensor, join: Callable[..., Tensor] = torch.add
) -> None:
    """Join ``value`` to ``sums[key]``, which may not exist yet."""
    sums[key] = join(sums[key], value) if key in sums else value


def shrink(mask: Tensor | None, stride: int) -> Tensor | None:
    """Return a mask (1, 1, H, W) averaged down to a layer's positions.

    ``stride`` is the layer's, a power of two.
    """
    while mask is not None and stride > 1:
        mask, stride = avg_pool2d(mask, 2), stride // 2
    return mask


def at_energy(
    features: Tensor, regions: Sequence[tuple[Tensor | None, Tensor]]
) -> Tensor:
    """Scale features (1, C, H, W) to the energy that each region asks for: P·√(E′/E).

    ``regions`` are (mask or None for everywhere, energy E′); E is the energy of the
    features there. Their pattern stays, their contrast changes. Features outside all
    masks stay as they are.
    """
    one = features.new_ones(1, 1, 1, 1)
    gain = covered = torch.zeros_like(one)
    for mask, wanted in regions:
        own, mask = energy(features, mask), one if mask is None else mask
        ratio = wanted / own if wanted > 0 and own > 0 else torch.ones_like(own)
        gain, covered = gain + mask * ratio.sqrt(), covered + mask
    rest = (1 - covered).clamp_min(0)
    return features * ((gain + rest) / (covered + rest))
