"""The loop: an iterator that improves an image, one optimiser step at a time."""

import math
import time
from dataclasses import dataclass
from itertools import islice

import torch

from .lbfgs import lbfgs

SPIKE = 2.0  # a total this many times the best so far is a spike
PATIENCE = 3  # L-BFGS comes down from most spikes in one or two steps, the wiser
STATE = ("number", "_image", "_losses", "_best", "_lowest", "_slope", "_scale")
STATE += ("_spikes", "_failures")


@dataclass(frozen=True)
class Step:
    """One step: its image, clamped to [0, 1], and that image's losses before clamping.

    ``best`` is the image of the lowest total so far, ``seconds`` the time since the
    start. Images are (1, 3, H, W) copies; they never change later.
    """

    number: int
    losses: dict
    image: torch.Tensor
    best: torch.Tensor
    seconds: float


def optimize(image, objective, steps, *, optimizer=lbfgs, clamp=False):
    """The first ``steps`` of a `Descent`."""
    return islice(Descent(image, objective, optimizer, clamp), steps)


class Descent:
    """An endless iterator of `Step`s that improve ``image`` (1, 3, H, W).

    ``objective.evaluate(image)`` gives losses and gradient; ``optimizer(image)`` makes
    a torch optimiser. n steps are torch's L-BFGS with max_iter=n, bit for bit, while
    no guard fires: no step is longer than ``LONGEST`` in lbfgs.py; and after a loss
    that is not finite, a step that does not move, or three spikes in a row, the loop
    goes back to the best image, forgets the curvature it learned and halves the
    learning rate, lest it fail in the same way for ever.
    ``clamp=True`` clamps the image before each evaluation, which corrupts that
    curvature: it is there to show the harm. n steps make n + 1 evaluations.
    """

    def __init__(self, image, objective, optimizer=lbfgs, clamp=False):
        self._objective, self._optimizer, self._clamp = objective, optimizer, clamp
        self._image = image.detach().clone(memory_format=torch.contiguous_format)
        self._image.requires_grad_()
        self._algorithm = optimizer(self._image)
        self._losses, self.number, self._spikes, self._failures = None, 0, 0, 0
        self._started = time.perf_counter()
        self.whole = True  # no step is under way, or was broken off

    def __iter__(self):
        return self

    def __next__(self):
        image, self.whole = self._image, False
        if self._losses is None:
            self._begin()
        before = image.detach().clone()
        self._algorithm.step(lambda: self._scale * self._losses["total"])
        self._evaluate()
        total, lowest = self._losses["total"], self._lowest["total"]
        self._spikes = self._spikes + 1 if total > SPIKE * lowest else 0
        failed = self._spikes == PATIENCE or not math.isfinite(total)
        if failed or torch.equal(before, image):
            self._go_back()
        elif total < lowest:
            self._keep()
        self.number += 1
        self.whole = True
        return self.step()

    def step(self):
        """The last `Step` again."""
        image, best = (x.detach().clamp(0, 1) for x in (self._image, self._best))
        seconds = time.perf_counter() - self._started
        return Step(self.number, self._losses, image, best, seconds)

    def state_dict(self):
        """All that decides how it goes on, as tensors, numbers, lists and dicts."""
        state = {name: getattr(self, name) for name in STATE}
        state["gradient"] = self._image.grad
        return state | {"algorithm": self._algorithm.state_dict()}

    def load_state_dict(self, state):
        """Go on, bit for bit, from where ``state`` was taken."""
        for name in STATE:
            value = state[name]
            on_device = isinstance(value, torch.Tensor)
            setattr(self, name, value.to(self._image) if on_device else value)
        self._image = self._image.detach().requires_grad_()
        self._image.grad = state["gradient"].to(self._image)
        self._algorithm = self._optimizer(self._image)
        self._algorithm.load_state_dict(state["algorithm"])

    def _begin(self):
        self._scale = 1.0
        self._evaluate()
        length = self._image.grad.abs().sum().item()
        self._scale = _power_of_two(self._image.numel() / max(length, 1e-30))
        self._image.grad *= self._scale
        self._keep()

    def _evaluate(self):
        """Losses, and the gradient where torch's optimisers look for it."""
        if self._clamp:
            with torch.no_grad():
                self._image.clamp_(0, 1)
        self._losses, self._image.grad = self._objective.evaluate(self._image)
        self._image.grad *= self._scale

    def _keep(self):
        self._best, self._lowest = self._image.detach().clone(), self._losses
        self._slope = self._image.grad

    def _go_back(self):
        with torch.no_grad():
            self._image.copy_(self._best)
        self._losses, self._image.grad = self._lowest, self._slope
        self._spikes, self._failures = 0, self._failures + 1
        self._algorithm = self._optimizer(self._image)
        for group in self._algorithm.param_groups:
            group["lr"] *= 0.5**self._failures


def _power_of_two(number):
    """The one near a positive number, 1 for others.

    torch's L-BFGS ignores curvature below 1e-10, which small losses of large pictures
    reach. It works in any units, and a power of two changes no digit of the result.
    """
    usable = math.isfinite(number) and number > 0
    return 2.0 ** round(math.log2(number)) if usable else 1.0
