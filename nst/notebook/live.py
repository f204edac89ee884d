"""Watch a run in a notebook; pick sizes that suit the machine."""

import dataclasses
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter
from tqdm import tqdm

from ..device import choose_device
from ..images import to_pil
from ..optimize import Step
from .plot import COLORS, show_images

T = TypeVar("T")


def pick(cpu: T, gpu: T, fast: T) -> T:
    """Return ``gpu`` if there is a GPU, else ``cpu``; ``fast`` if NST_FAST=1 is set."""
    if os.environ.get("NST_FAST") == "1":
        return fast
    return cpu if choose_device().type == "cpu" else gpu


def watch(
    steps: Iterable[Step],
    total: int | None = None,
    title: str = "",
    seconds: float = 1.0,
) -> list[Step]:
    """Take all steps of a run, show the picture meanwhile, return a list of `Step`s.

    ``steps`` is an iterable of `Step`s, ``total`` their number, if known. One figure,
    the picture beside the total loss so far, is redrawn in place at most every
    ``seconds``. The images of the returned steps are on the CPU.

    Example:
        history = nst.watch(nst.iterate("cat", "ink", size=256), total=98)
    """
    history: list[Step] = []
    easel = Easel(seconds)
    with _bar(total) as bar:
        for step in steps:
            history.append(_on_cpu(step))
            easel.show(lambda: _progress(history, total, title))
            bar.set_postfix(loss=f"{step.losses['total']:.3g}", refresh=False)
            bar.update()
    if history:
        easel.show(lambda: _progress(history, total, title), last=True)
    return history


def watch_each(
    runs: Mapping[str, Iterable[Step]],
    total: int | None = None,
    seconds: float = 1.0,
    height: float = 2.4,
) -> dict[str, Step]:
    """Run ``{title: steps}`` one after the other; return ``{title: last Step}``.

    One row of pictures is redrawn in place; ``total`` counts the steps of all runs.
    """
    last: dict[str, Step] = {}
    easel = Easel(seconds)

    def row() -> Figure:
        pictures = [step.best for step in last.values()]
        waiting = [torch.ones_like(pictures[0])] * (len(runs) - len(last))
        return show_images(*pictures, *waiting, titles=list(runs), height=height)

    with _bar(total) as bar:
        for title, steps in runs.items():
            for step in steps:
                last[title] = _on_cpu(step)
                easel.show(row)
                bar.update()
    if last:
        easel.show(row, last=True)
    return last


class Easel:
    """A place in a notebook's output where each figure replaces the one before."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.drawn = seconds, -math.inf
        self.handle: Any = None

    def show(self, draw: Callable[[], Figure], last: bool = False) -> None:
        """Display ``draw()``, at most once in ``seconds``; always if ``last``."""
        from IPython.display import display

        if not last and time.perf_counter() - self.drawn < self.seconds:
            return
        if self.handle:
            self.handle.update(draw())
        else:
            self.handle = display(draw(), display_id=True)
        self.drawn = time.perf_counter()


def _bar(total: int | None) -> tqdm:
    """Return a progress bar that waits for the figure, so as to stand below it."""
    return tqdm(total=total, unit="step", file=sys.stdout, delay=0.01, mininterval=0.5)


def _on_cpu(step: Step) -> Step:
    """Return the step on the CPU; if its image is the best, store only one."""
    image = step.image.cpu()
    best = image if step.best is step.image else step.best.cpu()
    return dataclasses.replace(step, image=image, best=best)


def _progress(history: list[Step], total: int | None, title: str) -> Figure:
    """Return a figure: the best image so far beside the curve of the total loss."""
    step = history[-1]
    width = 3.4 * step.image.shape[-1] / step.image.shape[-2]
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(width + 4, 3.4), width_ratios=(width, 4), layout="constrained"
    )
    left.imshow(to_pil(step.best))
    left.set_axis_off()
    left.set_title(f"{title + ', ' if title else ''}step {step.number}")
    losses = np.array([entry.losses["total"] for entry in history], dtype=float)
    losses[~(losses > 0)] = np.nan  # a log axis cannot show zero
    right.plot(range(1, len(losses) + 1), losses, c=COLORS[5], lw=2)
    right.set(xlabel="step", yscale="log", xlim=(0.5, (total or len(losses)) + 0.5))
    right.set_title("total loss")
    for formatter in (right.yaxis.set_major_formatter, right.yaxis.set_minor_formatter):
        formatter(LogFormatter(minor_thresholds=(1.5, 0.5)))  # 2 rather than 2 × 10⁰
    right.grid(alpha=0.3)
    plt.close(figure)
    return figure
