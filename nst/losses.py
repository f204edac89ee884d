"""What "same content" and "same style" mean, as losses computed from features.

Four scales for the same squared errors:

relative  the error divided by the target's sum of squares: 0.05 is "95 % matched". The
          content's target is first scaled to the style's energy (see `at_energy`)
own       the same, but the content's target stays at its own energy
paper     the constants of Gatys, Ecker and Bethge (2016), equations (1) and (4)
mean      mean squared errors, the Gram matrix divided by C·H·W

Each loss has two halves: ``measure`` sums over positions, so that the measures of all
tiles add up to the measure of the whole image; ``compare`` turns the sum into a loss.
"""

from collections.abc import Callable, Sequence
from typing import Any, get_args

import torch
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from .averages import TINY, part
from .errors import one_of
from .recipe import Scale


def gram_matrix(features: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return channel correlations averaged over positions: (N, C, H, W) -> (N, C, C).

    G_ij = 1/M · Σ_k F_ik F_jk over the M = H·W positions k. A ``mask`` t, (1, 1, H, W)
    in [0, 1], weights the positions: G_ij = Σ_k t_k² F_ik F_jk / Σ_k t_k² (Gatys et al.
    2017, "Controlling perceptual factors"); a mask that is 0 everywhere gives zeros.
    Differs from the paper: equation (3) does not divide by M.

    Example:
        >>> nst.gram_matrix(torch.ones(1, 2, 4, 4))
        tensor([[[1., 1.],
                 [1., 1.]]])
    """
    if mask is None:
        f = features.flatten(2)
        return Correlations.apply(f) / f.shape[-1]
    f = (features * mask).flatten(2)
    return Correlations.apply(f) / mask.square().sum().clamp_min(TINY)


class Correlations(torch.autograd.Function):
    """The product F Fᵀ; its gradient, equation (6), takes one product, not two."""

    @staticmethod
    def forward(context: Any, f: Tensor) -> Tensor:
        context.save_for_backward(f)
        return f @ f.mT

    @staticmethod
    def backward(context: Any, slope: Tensor) -> Tensor:
        (f,) = context.saved_tensors
        return (f.mT @ (slope + slope.mT)).mT


def unit(scale: Scale) -> str:
    """Return the scale whose unit errors have: "own" differs only in its target."""
    return "relative" if scale == "own" else scale


class ContentLoss(nn.Module):
    """A loss: how far features are from the content's, position by position.

    relative  ‖F - P‖² / ‖P‖², and so does own
    paper     ½ Σ (F - P)², equation (1)
    mean      mean of (F - P)²

    F are the features, and P is ``target``: features (1, C, H, W) of the content, which
    an `Objective` of the relative scale first brings to the style's energy.

    Example:
        >>> nst.ContentLoss(torch.ones(1, 2, 4, 4))(torch.zeros(1, 2, 4, 4))
        tensor(1.)
    """

    target: Tensor

    def __init__(self, target: Tensor, scale: Scale = "relative") -> None:
        super().__init__()
        self.register_buffer("target", target.detach())
        factors: dict[str, Callable[[Tensor], float]] = {
            "relative": lambda p: 1 / p.square().sum().clamp_min(TINY).item(),
            "paper": lambda p: 0.5,
            "mean": lambda p: 1 / p.numel(),
        }
        self.factor = factors[unit(scale)](self.target)

    def forward(self, features: Tensor) -> Tensor:
        return self.compare(self.measure(features))

    def measure(self, features: Tensor, where: Any = ..., positions: int = 0) -> Tensor:
        """Return the summed squared error; ``where`` is the index in the target."""
        return mse_loss(features, self.target[where], reduction="none").sum()

    def compare(self, error: Tensor) -> Tensor:
        return self.factor * error

    def nothing(self, features: Tensor | None = None) -> Tensor:
        """Return the loss of ``features``, (1, C, H', W'), moved to places at random.

        By default they are the target's own. With means over positions, the expected
        squared distance is positions · (mean ‖f‖² + mean ‖p‖² - 2 mean f · mean p).
        """
        p = self.target.flatten(2)
        f = p if features is None else features.flatten(2)
        energies = f.square().sum(1).mean() + p.square().sum(1).mean()
        return self.compare(p.shape[2] * (energies - 2 * (f.mean(2) * p.mean(2)).sum()))


class StyleLoss(nn.Module):
    """A loss: how far a Gram matrix is from the style's; it ignores positions.

    relative  ‖G - A‖² / ‖A‖², and so does own
    paper     1/(4 N² M²) Σ (M·G - M·A)², equation (4) with N channels; if the two
              pictures differ in size, each Gram matrix is divided by its own M
    mean      mean of (G/C - A/C)²

    G is the image's Gram matrix and A the style's, whose ``features`` are (1, C, H, W).
    ``mask`` (1, 1, H, W), at the size of the image's features, is the region to match;
    the loss is multiplied by the region's share of the picture, so an empty region
    costs nothing and the regions add up to the whole.

    Other ideas of style are subclasses: see `nst.ideas`. Most need only another
    ``statistic``, an average over positions that is zero for features that are zero,
    and another ``distance``: then tiles add up, styles blend and masks apply.

    Example:
        >>> features = torch.rand(1, 2, 4, 4)
        >>> loss = nst.StyleLoss(features)(features.flip(3))  # it ignores the places
        >>> f"{loss:.3f}"
        '0.000'
    """

    statistic = staticmethod(gram_matrix)
    scales: Sequence[str] = get_args(Scale)
    looks = 1  # at a style: the second may need what the first has seen
    worth = 1.0  # factor of its weight, for a weight to mean what it means here
    target: Tensor
    mask: Tensor | None

    def __init__(
        self, features: Tensor, scale: Scale = "relative", mask: Tensor | None = None
    ) -> None:
        super().__init__()
        seen = None
        for _ in range(self.looks):
            count = features[0, 0].numel()
            seen = self.describe(features, ..., count, None, seen=seen)
        assert seen is not None
        self._aim(seen, scale, mask)

    @classmethod
    def aiming_at(
        cls, target: Tensor, scale: Scale = "relative", mask: Tensor | None = None
    ) -> "StyleLoss":
        """Return a loss whose ``target`` is what `describe` returns, or a blend."""
        loss = cls.__new__(cls)
        nn.Module.__init__(loss)
        loss._aim(target, scale, mask)
        return loss

    @classmethod
    def at(cls, layer: str) -> "type[StyleLoss]":
        """Return the class to use at a layer."""
        return cls

    @classmethod
    def describe(cls, features: Tensor, *place: Any, seen: Any = None) -> Tensor:
        """Return what some positions of a style add to the target.

        ``place`` is where they are and the mask, as `part` takes it; ``seen`` is what
        the look before this one returned for the whole style.
        """
        return part(cls.statistic, features, *place)

    @staticmethod
    def join(one: Tensor, other: Tensor) -> Tensor:
        """Return the description of the positions of both."""
        return one + other

    @staticmethod
    def mix(targets: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
        """Return the target of a blend of styles."""
        parts = [w * target for w, target in zip(weights, targets, strict=True)]
        return sum(parts[1:], parts[0]) / sum(weights)

    def _aim(self, target: Tensor, scale: Scale, mask: Tensor | None) -> None:
        one_of("scale", scale, self.scales)
        self.register_buffer("target", target.detach())
        self.register_buffer("mask", mask)
        self.factor = self.factor_of(unit(scale))
        if mask is not None:
            self.factor *= mask.square().mean().item()

    def factor_of(self, scale: str) -> float:
        """Return what the distance is multiplied by; relative: it is 1 for zeros."""
        channels = self.target.shape[-1]
        if scale == "relative":
            return 1 / self.distance(self._zeros).clamp_min(TINY).item()
        return 1 / (4 * channels**2) if scale == "paper" else 1 / channels**4

    @property
    def _zeros(self) -> Tensor:
        """The statistic of features that are all zero."""
        return torch.zeros_like(self.target)

    def forward(self, features: Tensor) -> Tensor:
        return self.compare(self.measure(features, ..., features[0, 0].numel()))

    def measure(self, features: Tensor, where: Any, positions: int) -> Tensor:
        """Return what some positions add to the statistic, in this loss's region."""
        return part(self.statistic, features, where, positions, self.mask)

    def compare(self, statistic: Tensor) -> Tensor:
        return self.factor * self.distance(statistic)

    def distance(self, statistic: Tensor) -> Tensor:
        return (statistic - self.target).square().sum()

    def nothing(self) -> Tensor:
        """Return the loss of features that are all zero."""
        return self.compare(self._zeros)


def total_variation(image: Tensor) -> Tensor:
    """Return neighbouring pixels' mean squared difference: (1, 3, H, W) -> scalar."""
    across = (image[..., :, 1:] - image[..., :, :-1]).square().sum()
    down = (image[..., 1:, :] - image[..., :-1, :]).square().sum()
    return (across + down) / image.numel()


def temporal_loss(image: Tensor, anchors: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    """Return how far an image (1, 3, H, W) is from where it shall stay: a scalar.

    ``anchors`` are (image w, weight c in [0, 1] for each pixel); the loss is the sum of
    the means of c (x - w)² (Ruder, Dosovitskiy and Brox 2016, the temporal loss).
    """
    parts = [(c * (image - w).square()).mean() for w, c in anchors]
    return torch.stack(parts).sum()
