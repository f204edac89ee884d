"""Style as the Gaussian that has the features' mean and covariance."""

from typing import Any

import torch
from torch import Tensor

from ..averages import TINY
from ..losses import Correlations, StyleLoss

RANK = 1e-5  # of the largest eigenvalue of Σ̂: what is below is left out


def gaussian(features: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return E[FFᵀ] and E[F] side by side: (1, C, H, W) -> (1, C, C + 1)."""
    f = features.flatten(2)
    if mask is None:
        both = Correlations.apply(f), f.sum(2, keepdim=True)
        return torch.cat(both, 2) / f.shape[2]
    weights = mask.flatten(2)
    both = Correlations.apply(f * weights), (f * weights.square()).sum(2, keepdim=True)
    return torch.cat(both, 2) / weights.square().sum().clamp_min(TINY)


def split(statistic: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean (C,) and covariance (C, C) of a statistic of `gaussian`."""
    mean = statistic[0, :, -1]
    return mean, statistic[0, :, :-1] - torch.outer(mean, mean)


class TraceOfRoot(torch.autograd.Function):
    """tr M^½ of a positive semidefinite M; its slope is ½ M^-½.

    torch's own gradient of an eigendecomposition divides by differences of
    eigenvalues, of which some are equal.
    """

    @staticmethod
    def forward(context: Any, matrix: Tensor) -> Tensor:
        values, vectors = eigen(matrix)
        least = values[-1] * torch.finfo(values.dtype).eps * len(values) + TINY
        context.save_for_backward(values.clamp_min(least).sqrt(), vectors)
        return values.clamp_min(0).sqrt().sum()

    @staticmethod
    def backward(context: Any, slope: Tensor) -> Tensor:
        roots, vectors = context.saved_tensors
        return slope * (vectors / (2 * roots)) @ vectors.mT


def eigen(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Return eigenvalues, from the least, and eigenvectors of a symmetric matrix."""
    if matrix.device.type == "mps":  # which has none of its own
        values, vectors = torch.linalg.eigh(matrix.cpu())
        return values.to(matrix.device), vectors.to(matrix.device)
    return torch.linalg.eigh(matrix)


class WassersteinLoss(StyleLoss):
    """A loss: the squared 2-Wasserstein distance from the style's Gaussian.

    ‖μ - μ̂‖² + tr(Σ + Σ̂ - 2 (Σ̂^½ Σ Σ̂^½)^½), divided by ‖μ̂‖² + tr Σ̂: the least
    work that moves one cloud of features to the other, if both are Gaussian.
    """

    statistic = staticmethod(gaussian)
    scales = ("relative", "own")
    worth = 0.9

    def _aim(self, target: Tensor, *how: Any) -> None:
        self.mean, covariance = split(target.detach())
        values, vectors = eigen(covariance)
        kept = values > RANK * values[-1].clamp_min(TINY)
        values, vectors = values[kept], vectors[:, kept]
        self.root = vectors * values.sqrt()  # Σ̂ = root rootᵀ
        self.energy = covariance.trace()
        super()._aim(target, *how)

    def distance(self, statistic: Tensor) -> Tensor:
        mean, covariance = split(statistic)
        work = (mean - self.mean).square().sum() + covariance.trace() + self.energy
        if self.root.shape[1]:  # rootᵀ Σ root has the eigenvalues of Σ̂^½ Σ Σ̂^½
            inner = self.root.mT @ covariance @ self.root
            work = work - 2 * TraceOfRoot.apply((inner + inner.mT) / 2)
        return work
