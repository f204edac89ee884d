"""What "same content" and "same style" mean, as pure functions of features.

Three scales for the same squared errors:

relative  the error as a fraction of the target's energy: 0.05 is "95 % matched"
paper     the constants of Gatys, Ecker and Bethge (2016), equations (1) and (4)
mean      mean squared errors, the Gram matrix divided by C·H·W

Each loss has two halves: ``measure`` is a sum over positions, so that the measures of
a picture's tiles add up to the picture's own; ``compare`` turns that sum into a loss.
"""

import torch
from torch import nn
from torch.nn.functional import mse_loss

TINY = 1e-12  # the energy of a featureless target; keeps relative errors finite


def gram_matrix(features, mask=None):
    """Channel correlations averaged over positions: (N, C, H, W) -> (N, C, C).

    G_ij = 1/M · Σ_k F_ik F_jk over the M = H·W positions k. A ``mask`` t, (1, 1, H, W)
    in [0, 1], guides it: G_ij = Σ_k t_k² F_ik F_jk / Σ_k t_k² (Gatys et al. 2017,
    "Controlling perceptual factors"); an empty mask gives zeros.
    Differs from the paper: equation (3) does not divide by M.
    """
    if mask is None:
        f = features.flatten(2)
        return Correlations.apply(f) / f.shape[-1]
    f = (features * mask).flatten(2)
    return Correlations.apply(f) / mask.square().sum().clamp_min(TINY)


class Correlations(torch.autograd.Function):
    """F Fᵀ with the gradient of equation (6): one product where autograd makes two."""

    @staticmethod
    def forward(context, f):
        context.save_for_backward(f)
        return f @ f.mT

    @staticmethod
    def backward(context, slope):
        (f,) = context.saved_tensors
        return (f.mT @ (slope + slope.mT)).mT


def gram_share(features, where, positions, mask=None):
    """A tile's summand of the whole picture's `gram_matrix`: (1, C, H, W) -> (1, C, C).

    ``features`` are those at the index ``where`` of a layer that has ``positions`` in
    all; ``mask`` is the whole layer's.
    """
    if mask is None:
        return gram_matrix(features) * (features[0, 0].numel() / positions)
    part = mask[where]
    share = part.square().sum() / mask.square().sum().clamp_min(TINY)
    return gram_matrix(features, part) * share


class ContentLoss(nn.Module):
    """How far features are from the target's, position by position.

    relative  ‖F - P‖² / ‖P‖²
    paper     ½ Σ (F - P)², equation (1)
    mean      mean of (F - P)²
    """

    def __init__(self, target, scale="relative"):
        super().__init__()
        self.register_buffer("target", target.detach())
        self.factor = {
            "relative": lambda p: 1 / p.square().sum().clamp_min(TINY).item(),
            "paper": lambda p: 0.5,
            "mean": lambda p: 1 / p.numel(),
        }[scale](self.target)

    def forward(self, features):
        return self.compare(self.measure(features))

    def measure(self, features, where=...):
        """Squared error, summed; ``where`` indexes the target."""
        return mse_loss(features, self.target[where], reduction="none").sum()

    def compare(self, error):
        return self.factor * error


class StyleLoss(nn.Module):
    """How far a Gram matrix is from the target's: what, not where.

    relative  ‖G - A‖² / ‖A‖²
    paper     1/(4 N² M²) Σ (M·G - M·A)², equation (4) with N channels; where the
              two pictures differ in size each Gram is divided by its own M
    mean      mean of (G/C - A/C)²

    ``target`` is a Gram matrix (1, C, C), or features (1, C, H, W) that have it.
    ``mask`` (1, 1, H, W), at the features' size, is the region that shall match; the
    region's share of the picture multiplies the loss, so that an empty one costs
    nothing and regions add up to the whole.
    """

    def __init__(self, target, scale="relative", mask=None):
        super().__init__()
        target = gram_matrix(target) if target.ndim == 4 else target
        self.register_buffer("target", target.detach())
        self.register_buffer("mask", mask)
        channels = target.shape[-1]
        self.factor = {
            "relative": lambda a: 1 / a.square().sum().clamp_min(TINY).item(),
            "paper": lambda a: 1 / (4 * channels**2),
            "mean": lambda a: 1 / channels**4,
        }[scale](self.target)
        if mask is not None:
            self.factor *= mask.square().mean().item()

    def forward(self, features):
        return self.compare(gram_matrix(features, self.mask))

    def measure(self, features, where, positions):
        """What the positions ``where``, of ``positions`` in all, add to the Gram."""
        return gram_share(features, where, positions, self.mask)

    def compare(self, gram):
        return self.factor * (gram - self.target).square().sum()


def total_variation(image):
    """Mean squared difference of neighbouring pixels: (1, 3, H, W) -> scalar."""
    across = (image[..., :, 1:] - image[..., :, :-1]).square().sum()
    down = (image[..., 1:, :] - image[..., :-1, :]).square().sum()
    return (across + down) / image.numel()
