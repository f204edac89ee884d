"""The loop: an iterator that improves an image by one optimiser step at a time."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

import torch
from torch import Tensor

from .lbfgs import lbfgs

SPIKE = 2.0  # a total above this many times the lowest is a spike
PATIENCE = 3  # the third spike in a row is too many: most pass after one or two
STATE = "number _image _losses _best _lowest _slope _scale _spikes _failures".split()


class Evaluates(Protocol):
    """Anything to be optimised: it evaluates an image, as `nst.Objective` does."""

    def evaluate(self, image: Tensor) -> tuple[dict[str, float], Tensor]:
        """Return the losses, "total" among them, and the gradient of the total."""


@dataclass(frozen=True)
class Step:
    """A step: the image after it, clamped to [0, 1], and its losses before clamping.

    ``best`` is the image with the lowest total so far, ``seconds`` the time since the
    start. Both images are (1, 3, H, W) copies that later steps do not change.
    """

    number: int
    losses: dict[str, float]
    image: Tensor
    best: Tensor
    seconds: float


def optimize(
    image: Tensor,
    objective: Evaluates,
    steps: int,
    *,
    optimizer: Callable[[Tensor], torch.optim.Optimizer] = lbfgs,
    clamp: bool = False,
) -> Iterator[Step]:
    """Return an iterator of the first ``steps`` steps of a `Descent`."""
    return islice(Descent(image, objective, optimizer, clamp), steps)


class Descent:
    """An endless iterator of `Step`s that improve ``image`` (1, 3, H, W).

    ``objective.evaluate(image)`` returns losses and gradient; ``optimizer(image)``
    returns a torch optimiser. Two guards protect the run. A step longer than `LONGEST`
    is cut short (by `LBFGS`). After a loss that is not finite, a step that changes no
    pixel, or three spikes in a row, the loop goes back to the best image, forgets the
    curvature and halves the learning rate, so as not to fail in the same way again.
    Until a guard acts, n steps equal torch's L-BFGS with max_iter=n, bit for bit. n
    steps take n + 1 evaluations. ``clamp=True`` clamps the image before each
    evaluation, which makes the curvature wrong: it is there to show the harm.
    """

    def __init__(
        self,
        image: Tensor,
        objective: Evaluates,
        optimizer: Callable[[Tensor], torch.optim.Optimizer] = lbfgs,
        clamp: bool = False,
    ) -> None:
        self._objective, self._optimizer, self._clamp = objective, optimizer, clamp
        self._image = image.detach().clone(memory_format=torch.contiguous_format)
        self._image.requires_grad_()
        self._algorithm = optimizer(self._image)
        self._losses: dict[str, float] = {}  # empty until the first evaluation
        self.number = self._spikes = self._failures = 0
        self._started = time.perf_counter()
        self.whole = True  # False during a step, or after an interrupted one

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        image, self.whole = self._image, False
        if not self._losses:
            self._begin()
        before, last = image.detach().clone(), self._losses["total"]
        self._algorithm.step(lambda: self._scale * self._losses["total"])
        self._evaluate()
        total, lowest = self._losses["total"], self._lowest["total"]
        self._spikes = self._spikes + 1 if total > SPIKE * lowest else 0
        failed = self._spikes == PATIENCE or not math.isfinite(total)
        # Only images of nearly one total are compared: a GPU would wait each time.
        same = math.isclose(total, last, rel_tol=1e-6) and torch.equal(before, image)
        if failed or same:
            self._go_back()
        elif total < lowest:
            self._keep()
        self.number += 1
        self.whole = True
        return self.step()

    def step(self) -> Step:
        """Return the last `Step` again."""
        image = self._image.detach().clamp(0, 1)
        best = image if self._losses is self._lowest else self._best.clamp(0, 1)
        seconds = time.perf_counter() - self._started
        return Step(self.number, self._losses, image, best, seconds)

    def state_dict(self) -> dict[str, Any]:
        """Return all that decides how it goes on: tensors, numbers, lists and dicts."""
        state = {name: getattr(self, name) for name in STATE}
        state["gradient"] = self._gradient
        return state | {"algorithm": self._algorithm.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on, bit for bit, from where `state_dict` returned ``state``."""
        for name in STATE:
            value = state[name]
            value = value.to(self._image) if isinstance(value, Tensor) else value
            setattr(self, name, value)
        self._image = self._image.detach().requires_grad_()
        self._gradient = state["gradient"].to(self._image)
        self._algorithm = self._optimizer(self._image)
        self._algorithm.load_state_dict(state["algorithm"])

    @property
    def _gradient(self) -> Tensor:
        """The image's gradient, kept where torch's optimisers look for it."""
        assert self._image.grad is not None
        return self._image.grad

    @_gradient.setter
    def _gradient(self, gradient: Tensor) -> None:
        self._image.grad = gradient

    def _begin(self) -> None:
        self._scale = 1.0
        self._evaluate()
        length = self._gradient.abs().sum().item()
        self._scale = _power_of_two(self._image.numel() / max(length, 1e-30))
        self._gradient *= self._scale
        self._keep()

    def _evaluate(self) -> None:
        """Compute the losses and the gradient of the present image."""
        if self._clamp:
            self._image.detach().clamp_(0, 1)
        self._losses, self._gradient = self._objective.evaluate(self._image)
        self._gradient *= self._scale

    def _keep(self) -> None:
        self._best, self._lowest = self._image.detach().clone(), self._losses
        self._slope = self._gradient

    def _go_back(self) -> None:
        self._image.detach().copy_(self._best)
        self._losses, self._gradient = self._lowest, self._slope
        self._spikes, self._failures = 0, self._failures + 1
        self._algorithm = self._optimizer(self._image)
        for group in self._algorithm.param_groups:
            group["lr"] *= 0.5**self._failures


def _power_of_two(number: float) -> float:
    """Return the power of two nearest to a positive number, or 1 for any other number.

    The loss is multiplied by it, because torch's L-BFGS ignores curvature below 1e-10,
    which small losses of large pictures reach. L-BFGS takes the same steps in any unit
    of loss, and a power of two causes no rounding.
    """
    usable = math.isfinite(number) and number > 0
    return 2.0 ** round(math.log2(number)) if usable else 1.0
