"""Optical flow between two frames: where each pixel was, and whether one can tell.

After Ruder, Dosovitskiy and Brox (2016), "Artistic style transfer for videos". A flow w
is (1, 2, H, W) in pixels, across and down: what is at x is at x + w(x) in the other
frame.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import conv2d, grid_sample, pad

GRAIN = 7  # pixels: what is smaller in a flow of TV-L1 is noise, not motion
SOFT = 0.8  # pixels: deviation of the blur of a reliability


def flow(frame: Tensor, other: Tensor) -> Tensor:
    """Return where each pixel of ``frame`` is in ``other``; both (1, 3, H, W).

    By OpenCV's DIS where it is installed, else by scikit-image's TV-L1, which is thirty
    times slower and tells better what was hidden.
    """
    pair = [image[0].mean(0).cpu().numpy() for image in (frame, other)]
    try:
        from cv2 import DISOpticalFlow_create
    except ImportError:
        DISOpticalFlow_create = None
    if DISOpticalFlow_create:
        dis = DISOpticalFlow_create(2)  # the preset "medium", but at full size
        dis.setFinestScale(0)
        dis.setVariationalRefinementIterations(15)
        grey = [np.uint8(255 * image.clip(0, 1) + 0.5) for image in pair]
        found = dis.calc(*grey, None).transpose(2, 0, 1)
    else:
        from scipy.ndimage import median_filter
        from skimage.registration import optical_flow_tvl1

        found = optical_flow_tvl1(*pair, prefilter=True)[::-1]
        found = median_filter(found, (1, GRAIN, GRAIN))
    return torch.from_numpy(found.copy()).float()[None].to(frame.device)


def warp(image: Tensor, flow: Tensor) -> Tensor:
    """Return an image of the other frame, moved to where this frame has its parts.

    ``image`` is (1, C, H, W); what was out of frame is taken from its border.
    """
    place = _grid(flow) + flow
    height, width = flow.shape[-2:]
    size = torch.tensor([width, height]).to(flow).view(1, 2, 1, 1)
    place = (2 * place + 1) / size - 1  # -1 and 1 are the picture's edges
    how: dict[str, Any] = {
        "mode": "bilinear",
        "padding_mode": "border",
        "align_corners": False,
    }
    return grid_sample(image, place.permute(0, 2, 3, 1), **how)


def reliability(back: Tensor, forth: Tensor) -> Tensor:
    """Return by how much one can trust the flow ``back`` at each pixel: (1, 1, H, W).

    0 where a pixel was hidden or out of frame, where something moves apart, else 1, and
    soft between. ``forth`` is the flow from the other frame to this one.
    """
    there = warp(forth, back)  # for a visible pixel the way back undoes the way forth
    length = _squared(back) + _squared(there)
    visible = _squared(back + there) <= 0.01 * length + 0.5
    across = back[..., :, 1:] - back[..., :, :-1]
    down = back[..., 1:, :] - back[..., :-1, :]
    turn = torch.zeros_like(back[:, :1])
    turn[..., :, :-1] += _squared(across)
    turn[..., :-1, :] += _squared(down)
    smooth = turn <= 0.01 * _squared(back) + 0.002
    height, width = back.shape[-2:]
    x, y = (_grid(back) + back).unbind(1)
    inside = (x >= -0.5) & (x <= width - 0.5) & (y >= -0.5) & (y <= height - 0.5)
    return soften((visible & smooth & inside[:, None]).to(back))


def soften(weight: Tensor) -> Tensor:
    """Blur (1, 1, H, W) by a Gaussian of `SOFT` pixels."""
    steps = torch.arange(-2.0, 3.0, device=weight.device)
    line = torch.exp(-(steps**2) / (2 * SOFT**2))
    kernel = torch.outer(line, line)[None, None]
    padded = pad(weight, (2, 2, 2, 2), mode="replicate")
    return conv2d(padded, kernel / kernel.sum())


def flicker(images: Sequence[Tensor], motion: Sequence[tuple[Tensor, Tensor]]) -> float:
    """Return by how much a film changes where it only moved, in 255ths.

    ``motion`` has the flow back and a weight, for each image but the first: the mean
    difference to the image before, moved along the flow, where the weight says so.
    """
    changes = []
    for (before, now), (way, seen) in zip(pairwise(images), motion, strict=True):
        apart = (warp(before, way) - now).abs().mean(1, True)
        changes.append(255 * ((apart * seen).sum() / seen.sum()).item())
    return sum(changes) / len(changes)


def occluded(weight: Tensor) -> Tensor:
    """Return where a reliability says that a pixel cannot be told: a bool mask."""
    return weight < 0.5


def _grid(flow: Tensor) -> Tensor:
    """Return each pixel's own coordinates, (1, 2, H, W): across, down."""
    height, width = flow.shape[-2:]
    down, across = torch.meshgrid(
        torch.arange(height, device=flow.device),
        torch.arange(width, device=flow.device),
        indexing="ij",
    )
    return torch.stack([across, down])[None].to(flow)


def _squared(flow: Tensor) -> Tensor:
    return flow.square().sum(1, keepdim=True)
