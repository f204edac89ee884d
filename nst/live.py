"""Watching a run in a notebook, and sizes that suit the machine."""

import dataclasses
import math
import os
import sys
import time

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.ticker import LogFormatter
from tqdm import tqdm

from .images import to_pil
from .plot import COLORS, show_images


def pick(cpu, gpu, fast):
    """``gpu`` where there is an accelerator, else ``cpu``; with NST_FAST=1 ``fast``."""
    if os.environ.get("NST_FAST") == "1":
        return fast
    from .device import choose_device

    return cpu if choose_device().type == "cpu" else gpu


def watch(steps, total=None, title="", seconds=1.0):
    """Run through `Step`s, show the picture growing, return them as a list.

    ``steps`` is any iterable of Steps, ``total`` how many there will be, if known. One
    figure, the picture beside the total loss so far, is redrawn in place at most every
    ``seconds``. The Steps returned lie on the CPU.
    """
    history, easel = [], Easel(seconds)
    with _bar(total) as bar:
        for step in steps:
            history.append(_on_cpu(step))
            easel.show(lambda: _progress(history, total, title))
            bar.set_postfix(loss=f"{step.losses['total']:.3g}", refresh=False)
            bar.update()
    if history:
        easel.show(lambda: _progress(history, total, title), last=True)
    return history


def watch_each(runs, total=None, seconds=1.0, height=2.4):
    """Run ``{title: steps}`` one after the other; return ``{title: last Step}``.

    One row of pictures grows in place; ``total`` is the number of steps of them all.
    """
    last, easel = {}, Easel(seconds)

    def row():
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
    """One place in a notebook's output where a figure is replaced as it grows."""

    def __init__(self, seconds):
        self.seconds, self.handle, self.drawn = seconds, None, -math.inf

    def show(self, draw, last=False):
        """Display ``draw()``, unless the one before it is younger than ``seconds``."""
        from IPython.display import display

        if not last and time.perf_counter() - self.drawn < self.seconds:
            return
        if self.handle:
            self.handle.update(draw())
        else:
            self.handle = display(draw(), display_id=True)
        self.drawn = time.perf_counter()


def _bar(total):
    """A bar that waits for the figure, to stand below it."""
    wait = dict(delay=0.01, mininterval=0.5)
    return tqdm(total=total, unit="step", file=sys.stdout, **wait)


def _on_cpu(step):
    """The same step; the best picture is not stored twice where it is this one."""
    image, best = step.image.cpu(), step.best.cpu()
    best = image if torch.equal(image, best) else best
    return dataclasses.replace(step, image=image, best=best)


def _progress(history, total, title):
    """The best picture so far beside the curve of the total loss."""
    step = history[-1]
    width = 3.4 * step.image.shape[-1] / step.image.shape[-2]
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(width + 4, 3.4), width_ratios=(width, 4), layout="constrained"
    )
    left.imshow(to_pil(step.best))
    left.set_axis_off()
    left.set_title(f"{title + ', ' if title else ''}step {step.number}")
    losses = np.array([entry.losses["total"] for entry in history], dtype=float)
    losses[~(losses > 0)] = np.nan  # a log axis has no place for zero
    right.plot(range(1, len(losses) + 1), losses, c=COLORS[5], lw=2)
    right.set(xlabel="step", yscale="log", xlim=(0.5, (total or len(losses)) + 0.5))
    right.set_title("total loss")
    for formatter in (right.yaxis.set_major_formatter, right.yaxis.set_minor_formatter):
        formatter(LogFormatter(minor_thresholds=(1.5, 0.5)))  # 2 rather than 2 × 10⁰
    right.grid(alpha=0.3)
    plt.close(figure)
    return figure
