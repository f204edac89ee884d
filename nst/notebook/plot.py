"""Draw images, losses, features and Gram matrices; each function returns a figure."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from ..images import to_pil
from ..losses import gram_matrix
from ..optimize import Step

# Okabe and Ito's palette, whose colours colour-blind people can tell apart.
COLORS = "#000000 #E69F00 #56B4E9 #009E73 #F0E442 #0072B2 #D55E00 #CC79A7".split()


def show_images(
    *images: Tensor, titles: Sequence[str] = (), height: float = 3.2
) -> Figure:
    """Draw a row of (1, 3, H, W) images of one height, each under its title.

    Example:
        >>> figure = nst.show_images(nst.sample("cat", 64), titles=["a cat"])
        >>> figure.axes[0].get_title()
        'a cat'
    """
    widths = [image.shape[-1] / image.shape[-2] for image in images]
    figure, axes = plt.subplots(
        1,
        len(images),
        figsize=(height * sum(widths), height),
        width_ratios=widths,
        squeeze=False,
        layout="constrained",
    )
    for index, (axis, image) in enumerate(zip(axes[0], images, strict=True)):
        axis.imshow(to_pil(image))
        axis.set_axis_off()
        if index < len(titles):
            axis.set_title(titles[index])
    return _closed(figure)


def plot_losses(
    history: Sequence[Step | dict[str, float]], names: Sequence[str] | None = None
) -> Figure:
    """Draw loss curves on a log axis; ``history`` is a list of `Step`s or loss dicts.

    ``names`` are the losses to draw, by default the total and every layer's.
    """
    losses = [e.losses if isinstance(e, Step) else e for e in history]
    names = names or ["total", *(name for name in losses[0] if "/" in name)]
    figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for index, name in enumerate(names):
        values = np.array([entry[name] for entry in losses], dtype=np.float64)
        values[values <= 0] = np.nan  # a log axis cannot show zero
        style: dict[str, Any] = {"lw": 2.5} if name == "total" else {"lw": 1.5}
        if index >= len(COLORS):
            style["ls"] = "--"
        color = COLORS[index % len(COLORS)]
        axis.plot(np.arange(1, len(values) + 1), values, label=name, c=color, **style)
    axis.set(xlabel="step", ylabel="loss", yscale="log")
    axis.grid(alpha=0.3)
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return _closed(figure)


def show_features(
    features: Tensor, title: str = "", columns: int = 8, rows: int = 3
) -> Figure:
    """Draw the most active channels of (1, C, H, W), each on its own scale."""
    maps = features.detach()[0].float().cpu().numpy()
    count = min(columns * rows, len(maps))
    chosen = (-maps.mean((1, 2))).argsort()[:count]
    rows = -(-count // columns)
    height = 1.3 * maps.shape[1] / maps.shape[2]
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(1.3 * columns, (height + 0.25) * rows + 0.4),
        squeeze=False,
        layout="constrained",
    )
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, channel in zip(axes.flat, chosen.tolist(), strict=False):
        axis.imshow(maps[channel], cmap="gray")
        axis.set_title(channel, fontsize=8, pad=2)
    figure.suptitle(title or f"{count} most active of {len(maps)} channels")
    return _closed(figure)


def show_gram(features: Tensor, title: str = "", channels: int = 64) -> Figure:
    """Draw the first ``channels`` of the Gram matrix of (1, C, H, W) as a heat map."""
    gram = gram_matrix(features.detach().float())[0].cpu()[:channels, :channels]
    figure, axis = plt.subplots(figsize=(4.6, 3.8), layout="constrained")
    root = (gram.sign() * gram.abs().sqrt()).numpy()  # the diagonal is far larger
    shown = axis.imshow(root, cmap="viridis")
    axis.set(xlabel="channel j", ylabel="channel i")
    axis.set_title(title or f"Gram matrix, {len(gram)} channels")
    figure.colorbar(shown, label="√ of the mean product of i and j")
    return _closed(figure)


def _closed(figure: Figure) -> Figure:
    """Close and return a figure, so that a cell shows it once, as its result."""
    plt.close(figure)
    return figure
