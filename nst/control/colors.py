"""Give a style, or a result, the colours of the content."""

import torch
from torch import Tensor

from ..images import resize
from ..recipe import Recipe


def match_colors(image: Tensor, target: Tensor, epsilon: float = 1e-5) -> Tensor:
    """Return ``image`` with the mean and covariance of ``target``'s colours.

    Both are (1, 3, H, W), of any sizes. The linear map is the symmetric one of Gatys et
    al. 2016, "Preserving color": A = C_t^½ C_s^-½, with the covariances C_s of
    ``image`` and C_t of ``target``. ``epsilon`` is added to their diagonals, so that
    grey and constant pictures work too. The CPU computes it, in float64, which Apple's
    GPU lacks.
    """
    source, source_mean, source_root = _statistics(image, epsilon)
    _, target_mean, target_root = _statistics(target, epsilon)
    matched = target_root @ torch.linalg.inv(source_root) @ source + target_mean
    return matched.view(image.shape).clamp(0, 1).float().to(image)


def keep_colors(image: Tensor, content: Tensor) -> Tensor:
    """Return ``image`` in the colours of ``content``: only its brightness stays.

    Both are (1, 3, H, W), of one size. Luminance transfer of Gatys et al. 2016,
    "Preserving color", in YIQ: Y from ``image``, I and Q from ``content``.
    """
    luma = torch.tensor((0.299, 0.587, 0.114)).to(image).view(1, 3, 1, 1)
    return (content + ((image - content) * luma).sum(1, keepdim=True)).clamp(0, 1)


def recolor(style: Tensor, content: Tensor, recipe: Recipe) -> Tensor:
    """Return ``style`` with the colours that the recipe's ``color`` asks for."""
    if recipe.color == "match":
        return match_colors(style, content)
    if recipe.color == "histogram":
        from skimage.exposure import match_histograms

        ours, theirs = (x[0].cpu().numpy() for x in (style, content))
        matched = match_histograms(ours, theirs, channel_axis=0)
        return torch.from_numpy(matched)[None].float().to(style).clamp(0, 1)
    return style


def finish(image: Tensor, content: Tensor, recipe: Recipe) -> Tensor:
    """Return ``image`` as shown: in the content's colours if ``color`` says so."""
    if recipe.color != "content":
        return image
    return keep_colors(image, resize(content, tuple(image.shape[-2:])))


def _statistics(image: Tensor, epsilon: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return centred pixels (3, H·W), their mean (3, 1) and √covariance (3, 3).

    The root is a matrix: times itself, it is the covariance.
    """
    pixels = image[0].flatten(1).cpu().double()
    mean = pixels.mean(1, keepdim=True)
    pixels = pixels - mean
    covariance = pixels @ pixels.mT / pixels.shape[1]
    values, vectors = torch.linalg.eigh(covariance + epsilon * torch.eye(3).to(pixels))
    return pixels, mean, vectors @ values.clamp_min(0).sqrt().diag() @ vectors.mT
