"""Style as each channel's mean and deviation."""

import torch
from torch import Tensor

from ..averages import TINY
from ..losses import StyleLoss

LEAST = 1e-10  # of the style's mean variance, added to each channel's: it may be 0


def moments(features: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return E[F] and E[F²] over positions: (N, C, H, W) -> (N, 2, C)."""
    f = features.flatten(2)
    if mask is None:
        return torch.stack([f.mean(2), f.square().mean(2)], 1)
    weights = mask.square().flatten(2)
    weighted = f * weights
    sums = torch.stack([weighted.sum(2), (weighted * f).sum(2)], 1)
    return sums / weights.sum().clamp_min(TINY)


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
