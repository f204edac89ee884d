"""Style as the central moments of each channel's squashed features."""

from functools import partial
from typing import Any

import torch
from torch import Tensor

from ..averages import TINY, part
from ..losses import StyleLoss
from .moments import deviation, moments, shares, strips

ORDERS = 5
KINK = 1e-4  # of a norm: below it the norm is rounded off, for L-BFGS


class Powers(torch.autograd.Function):
    """E[s], …, E[s⁵] over positions of s = sigmoid(F / unit) - ½: -> (1, 5, C).

    Squashed features are not kept: the backward pass computes them again.
    """

    @staticmethod
    def forward(context: Any, f: Tensor, unit: Tensor, weights: Tensor) -> Tensor:
        context.save_for_backward(f, unit, weights)
        sums = f.new_zeros(1, ORDERS, f.shape[1])
        for some, share in strips(f, weights):
            s = _squashed(some, unit)
            power = s * share
            for k in range(ORDERS):
                sums[:, k] += power.sum(2)
                power = power.mul_(s)
        return sums

    @staticmethod
    def backward(context: Any, slope: Tensor) -> tuple[Tensor, None, None]:
        f, unit, weights = context.saved_tensors
        slope = slope[..., None]  # (1, 5, C, 1)
        result = torch.empty_like(f)
        for (some, share), (total, _) in zip(
            strips(f, weights), strips(result, weights), strict=True
        ):
            s = _squashed(some, unit)
            total.copy_((ORDERS * slope[:, -1]).expand_as(total))
            for k in range(ORDERS - 1, 0, -1):  # Horner: Σ k·slope_k·s^(k-1)
                total.mul_(s).add_(k * slope[:, k - 1])
            within = s.square_().neg_().add_(0.25)  # the sigmoid's own slope
            total.mul_(within).mul_(share / unit)
        return result, None, None


def _squashed(f: Tensor, unit: Tensor) -> Tensor:
    return (f / unit).sigmoid_().sub_(0.5)


def squashed_powers(
    features: Tensor, mask: Tensor | None = None, *, unit: Tensor
) -> Tensor:
    """Return `Powers` of features (1, C, H, W) in units of (1, C), with a mask's t²."""
    f, weights = shares(features, mask)
    return Powers.apply(f, unit[..., None], weights)


def central(powers: Tensor) -> Tensor:
    """Turn E[s], …, E[s⁵] into the mean and the central moments: (1, 5, C) -> same."""
    mean, raw = powers[:, 0], [torch.ones_like(powers[:, 0]), *powers.unbind(1)]
    found = [mean]
    for k in range(2, ORDERS + 1):  # E[(s - μ)^k] = Σ_j C(k, j) E[s^j] (-μ)^(k-j)
        term, total = 1, torch.zeros_like(mean)
        for j in range(k + 1):
            total = total + term * raw[j] * (-mean) ** (k - j)
            term = term * (k - j) // (j + 1)
        found.append(total)
    return torch.stack(found, 1)


class CentralMomentLoss(StyleLoss):
    """A loss: how far means and central moments 2 to 5 are from the style's.

    ‖c₁ - ĉ₁‖ + … + ‖c₅ - ĉ₅‖ of each channel's squashed features, divided by what
    features that are all zero have (Kalischek, Wegner & Schindler 2021, "In the light
    of feature distributions", equation (8)). Differs from the paper: features are in
    units of the style's deviation before the sigmoid, and norms are rounded off at 0.

    The target has the unit in its first row and E[s], …, E[s⁵] in the others.
    """

    looks = 2  # the first at the deviation, the unit
    scales = ("relative", "own")
    worth = 0.77

    @classmethod
    def describe(cls, features: Tensor, *place: Any, seen: Any = None) -> Tensor:
        if seen is None:
            return part(moments, features, *place)
        unit = deviation(seen, seen)

        def average(features: Tensor, mask: Tensor | None = None) -> Tensor:
            powers = squashed_powers(features, mask, unit=unit)
            return torch.cat([unit[:, None], powers], 1)

        return part(average, features, *place)

    @property
    def _zeros(self) -> Tensor:
        return torch.zeros_like(self.target[:, 1:])

    def measure(self, features: Tensor, where: Any, positions: int) -> Tensor:
        unit = self.target[:, 0].clamp_min(TINY)
        powers = partial(squashed_powers, unit=unit)
        return part(powers, features, where, positions, self.mask)

    def distance(self, statistic: Tensor) -> Tensor:
        theirs = central(self.target[:, 1:])
        apart = (central(statistic) - theirs).square().sum(2)
        kink = KINK * theirs.square().sum(2).sqrt().mean() + TINY
        return ((apart + kink.square()).sqrt() - kink).sum()
