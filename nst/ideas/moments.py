"""Style as each channel's mean and deviation."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from ..averages import TINY
from ..losses import StyleLoss

AT_ONCE = 2**17  # features at a time: a processor's cache holds them
LEAST = 1e-10  # of the style's mean variance, added to each channel's: it may be 0


class Sums(torch.autograd.Function):
    """Σ t²F and Σ t²F² over positions: (N, C, M) and weights t² -> (N, 2, C)."""

    @staticmethod
    def forward(context: Any, f: Tensor, weights: Tensor) -> Tensor:
        context.save_for_backward(f, weights)
        sums = f.new_zeros(len(f), 2, f.shape[1])
        for some, share in strips(f, weights):
            weighted = some * share
            sums[:, 0] += weighted.sum(2)
            sums[:, 1] += weighted.mul_(some).sum(2)
        return sums

    @staticmethod
    def backward(context: Any, slope: Tensor) -> tuple[Tensor, None]:
        f, weights = context.saved_tensors
        first, second = slope[..., None].unbind(1)
        return (2 * second * f).add_(first).mul_(weights), None


def strips(f: Tensor, weights: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield some positions of (N, C, M) and their weights at a time."""
    count = max(1, AT_ONCE // f.shape[1])
    for start in range(0, f.shape[2], count):
        here = ..., slice(start, start + count)
        yield f[here], weights if weights.shape[2] == 1 else weights[here]


def shares(features: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Return features as (N, C, M), and each position's share of an average by t²."""
    f = features.flatten(2)
    if mask is None:
        return f, f.new_full((1, 1, 1), 1 / f.shape[2])
    weights = mask.square().flatten(2)
    return f, weights / weights.sum().clamp_min(TINY)


def moments(features: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return E[F] and E[F²] over positions: (N, C, H, W) -> (N, 2, C)."""
    return Sums.apply(*shares(features, mask))


def deviation(moments: Tensor, style: Tensor) -> Tensor:
    """Return σ = √(E[F²] - E[F]²), a little more if `LEAST` asks for it.

    Both are moments, (N, 2, C); the result is (N, C).
    """
    ours, theirs = (m[:, 1] - m[:, 0].square() for m in (moments, style))
    return (ours.clamp_min(0) + LEAST * theirs.mean().clamp_min(0) + TINY).sqrt()


class MomentLoss(StyleLoss):
    """A loss: how far each channel's mean and deviation are from the style's.

    ‖μ - μ̂‖² + ‖σ - σ̂‖², divided by ‖μ̂‖² + ‖σ̂‖² (Li et al. 2017, "Demystifying
    neural style transfer", section 4.3).

    Example:
        >>> features = torch.rand(1, 2, 4, 4)
        >>> nst.MomentLoss(features)(features.flip(3)) < 1e-6
        tensor(True)
    """

    statistic = staticmethod(moments)
    scales = ("relative", "own")
    worth = 2.6

    def distance(self, statistic: Tensor) -> Tensor:
        theirs = self.target
        apart = deviation(statistic, theirs) - deviation(theirs, theirs)
        mean = statistic[:, 0] - theirs[:, 0]
        return mean.square().sum() + apart.square().sum()
