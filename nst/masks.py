"""Regions: masks read, made smaller, and gathered."""

import torch

from .control import as_list
from .errors import InputError
from .samples import load


def load_masks(name, sources, pictures):
    """A region (1, 1, H, W) in [0, 1] of each picture: a mask's brightness, or None.

    Raises `InputError`, which calls them ``name``, for masks of another number or
    shape than their pictures', or with no white at all.
    """
    sources = as_list(sources) or [None] * len(pictures)
    if len(sources) != len(pictures):
        counts = f"{len(sources)} {name} for {len(pictures)} styles"
        raise InputError(f"{counts}: give one for each style")
    device = pictures[0].device
    masks = [s if s is None else load(s).mean(1, True).to(device) for s in sources]
    for mask, picture in zip(masks, pictures, strict=True):
        height, width = picture.shape[-2:]
        h, w = (picture if mask is None else mask).shape[-2:]
        if abs(h * width - w * height) > max(height, width):  # more than a pixel off
            raise InputError(
                f"{name} of {w}x{h} pixels for a picture of {width}x{height}: "
                "give them the shape of their picture"
            )
    if not any(mask is None or mask.any() for mask in masks):
        raise InputError(f"{name} that are all black: make white where a style is")
    return masks


def shrink(mask, stride):
    """A mask (1, 1, H, W) at a layer's positions, averaged as its poolings do."""
    while mask is not None and stride > 1:
        mask, stride = torch.nn.functional.avg_pool2d(mask, 2), stride // 2
    return mask


def regions_of(masks):
    """[(mask, indices of the styles that share it), ...]."""
    regions = []
    for index, mask in enumerate(masks):
        for known, members in regions:
            if _same(known, mask):
                members.append(index)
                break
        else:
            regions.append((mask, [index]))
    return regions


def _same(one, other):
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and torch.equal(one, other)
