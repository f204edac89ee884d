"""Steering the result: colours, and blends of styles in regions."""

import torch

from .errors import InputError
from .images import resize


def match_colors(image, target, epsilon=1e-5):
    """Give ``image`` the mean and covariance of ``target``'s colours.

    Both (1, 3, H, W), of any sizes. The linear map is the symmetric one of Gatys et
    al. 2016, "Preserving color": A = C_t^½ C_s^-½. ``epsilon`` is added to both
    covariances' diagonals, so that grey and constant pictures are safe.
    """
    source, source_mean, source_root = _statistics(image, epsilon)
    _, target_mean, target_root = _statistics(target, epsilon)
    matched = target_root @ torch.linalg.inv(source_root) @ source + target_mean
    return matched.view_as(image).clamp(0, 1).to(image.dtype)


def keep_colors(image, content):
    """Give ``image`` the colours of ``content`` and leave it only its brightness.

    Both (1, 3, H, W), one size. Luminance transfer of Gatys et al. 2016,
    "Preserving color", in YIQ: Y from ``image``, I and Q from ``content``.
    """
    luma = torch.tensor((0.299, 0.587, 0.114)).to(image).view(1, 3, 1, 1)
    return (content + ((image - content) * luma).sum(1, keepdim=True)).clamp(0, 1)


def recolor(style, content, recipe):
    """``style`` with the colours that the recipe's ``color`` asks for."""
    if recipe.color == "match":
        return match_colors(style, content)
    if recipe.color == "histogram":
        from skimage.exposure import match_histograms

        ours, theirs = (x[0].cpu().numpy() for x in (style, content))
        matched = match_histograms(ours, theirs, channel_axis=0)
        return torch.from_numpy(matched)[None].to(style).clamp(0, 1)
    return style


def finish(image, content, recipe):
    """``image`` as it is shown: in the content's colours if ``color`` says so."""
    if recipe.color != "content":
        return image
    return keep_colors(image, resize(content, tuple(image.shape[-2:])))


def as_list(one_or_several):
    """Styles or masks as a list; None is an empty one."""
    if isinstance(one_or_several, list | tuple):
        return list(one_or_several)
    return [] if one_or_several is None else [one_or_several]


def mean_weight(weight):
    """One number for a style's weight in ``blend``, which may be one per layer."""
    return sum(weight) / len(weight) if isinstance(weight, tuple) else weight


def blended_targets(grams, regions, recipe):
    """[(mask, {layer: Gram}), ...]: in each region its styles' mean, by ``blend``.

    ``grams`` is one dict a style. Regions that aim at the same become one.
    """
    blend, targets = recipe.blend or (1.0,) * len(grams), []
    for mask, members in regions:
        target = {}
        for index, layer in enumerate(recipe.style_layers):
            weights = [
                w[index] if isinstance(w, tuple) else w
                for w in map(blend.__getitem__, members)
            ]
            if not sum(weights):
                raise InputError(
                    f"blend gives no style a weight at {layer}, in some region: give "
                    "at least one of them a number above 0"
                )
            parts = zip(weights, members, strict=True)
            total = sum(w * grams[k][layer] for w, k in parts)
            target[layer] = total / sum(weights)
        for i, (other, known) in enumerate(targets):
            if None not in (mask, other) and all(
                map(torch.equal, *(t.values() for t in (known, target)))
            ):
                targets[i] = ((mask + other).clamp(max=1), known)
                break
        else:
            targets.append((mask, target))
    return targets


def _statistics(image, epsilon):
    """Centred pixels (3, H·W), their mean (3, 1), the root of their covariance."""
    pixels = image[0].flatten(1).double()
    mean = pixels.mean(1, keepdim=True)
    pixels = pixels - mean
    covariance = pixels @ pixels.mT / pixels.shape[1]
    values, vectors = torch.linalg.eigh(covariance + epsilon * torch.eye(3).to(pixels))
    return pixels, mean, vectors @ values.clamp_min(0).sqrt().diag() @ vectors.mT
