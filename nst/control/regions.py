"""Several styles: the region of each, and the blend of those that share one."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from ..errors import InputError
from ..ideas import idea_of
from ..images import resize
from ..inputs import Inputs, Picture
from ..losses import StyleLoss
from ..recipe import Recipe, mean_weight

Masks = list[Tensor | None]
Region = tuple[Tensor | None, list[int]]  # a mask, the indices of its styles


def load_masks(inputs: Inputs) -> tuple[Masks, Masks]:
    """Return where each style goes, and where it is taken from: a mask or None each.

    A mask is its picture's brightness, times the alpha of the content or the style:
    (1, 1, H, W) in [0, 1]. So no paint is asked for, and no style is taken, where
    nothing is. None means everywhere. Raise `InputError` if number or shapes of the
    masks differ from the pictures', or if nothing is left.
    """
    contents = [inputs.content] * len(inputs.styles)
    return (
        _load("masks", inputs.masks, contents),
        _load("style masks", inputs.style_masks, inputs.styles),
    )


def _load(
    name: str, masks: Sequence[Picture | None], pictures: Sequence[Picture]
) -> Masks:
    masks = masks or [None] * len(pictures)
    if len(masks) != len(pictures):
        counts = f"{len(masks)} {name} for {len(pictures)} styles"
        raise InputError(f"{counts}: give one for each style")
    regions: Masks = []
    for mask, picture in zip(masks, pictures, strict=True):
        region, alpha = mask.image.mean(1, True) if mask else None, picture.alpha
        height, width = picture.image.shape[-2:]
        h, w = (picture.image if region is None else region).shape[-2:]
        if abs(h * width - w * height) > max(height, width):  # more than a pixel off
            raise InputError(
                f"{name} of {w}x{h} pixels for a picture of {width}x{height}: "
                "give them the shape of their picture"
            )
        if alpha is not None:
            if not alpha.any():
                seen = f"the picture {picture.name!r} is transparent everywhere"
                raise InputError(f"{seen}: give one that shows something")
            region = alpha if region is None else region * resize(alpha, (h, w))
        regions.append(region)
    if not any(region is None or region.any() for region in regions):
        cut = any(picture.alpha is not None for picture in pictures)
        where = " where the picture is opaque" if cut else ""
        seen = f"{name} that are all black{where}"
        raise InputError(f"{seen}: make white where a style is")
    return regions


def _regions_of(masks: Sequence[Tensor | None]) -> list[Region]:
    """Return [(mask, indices of the styles that share it), ...]."""
    regions: list[Region] = []
    for index, mask in enumerate(masks):
        for known, members in regions:
            if _same(known, mask):
                members.append(index)
                break
        else:
            regions.append((mask, [index]))
    return regions


def blended_targets(
    statistics: Sequence[dict[str, Tensor]],
    masks: Sequence[Tensor | None],
    recipe: Recipe,
) -> list[tuple[Tensor | None, dict[str, Tensor]]]:
    """Return [(mask, {layer: target}), ...], one for each region.

    A target is the mean of the statistics of the region's styles, weighted by
    ``blend``; ``statistics`` holds one dict per style. Regions with equal targets
    become one.
    """
    targets: list[tuple[Tensor | None, dict[str, Tensor]]] = []
    for mask, members in _regions_of(masks):
        target = _blend(statistics, members, recipe)
        index = next((i for i, (_, t) in enumerate(targets) if _equal(t, target)), -1)
        other = targets[index][0] if targets else None
        if index < 0 or mask is None or other is None:
            targets.append((mask, target))
        else:
            targets[index] = (mask + other).clamp(max=1), target
    return targets


def _blend(
    statistics: Sequence[dict[str, Tensor]], members: list[int], recipe: Recipe
) -> dict[str, Tensor]:
    """Return {layer: mean of the statistics of ``members``, weighted by ``blend``}."""
    blend: Sequence = recipe.blend or (1.0,) * len(statistics)
    target: dict[str, Tensor] = {}
    for layer in statistics[members[0]]:
        weights = [_weight_at(layer, share, recipe) for share in blend]
        if not any(weights[k] for k in members):
            raise InputError(
                f"blend gives no style a weight at {layer}, in some region: give "
                "at least one of them a number above 0"
            )
        own = layer in recipe.style_layers
        idea = idea_of(recipe.style_loss, layer) if own else StyleLoss
        parts = [statistics[k][layer] for k in members]
        target[layer] = idea.mix(parts, [weights[k] for k in members])
    return target


def _weight_at(layer: str, share: Any, recipe: Recipe) -> float:
    """A style's weight at one style layer; elsewhere the mean of its weights."""
    if isinstance(share, tuple) and layer in recipe.style_layers:
        return share[recipe.style_layers.index(layer)]
    return mean_weight(share)


def _equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return all(map(torch.equal, one.values(), other.values()))


def _same(one: Tensor | None, other: Tensor | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and torch.equal(one, other)
