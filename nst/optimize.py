"""The loop: a generator that improves an image, one optimiser step at a time."""

import math
import time
from dataclasses import dataclass

import torch

SPIKE = 2.0  # a total this many times the best so far is a spike
PATIENCE = 3  # L-BFGS comes down from most spikes in one or two steps, the wiser
LONGEST = 0.05  # root mean square of a step, of pixels in [0, 1]


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


class LBFGS(torch.optim.LBFGS):
    """torch's, but for a step longer than `LONGEST`, which is cut short.

    A first step is tiny and tells little about the curvature, so that the second may be
    a thousand times too long, and what is learned out there slows all that follow.
    """

    def step(self, closure):
        (image,) = self.param_groups[0]["params"]
        before = image.detach().clone()
        loss = super().step(closure)
        step = image.detach() - before
        length = step.square().mean().sqrt().item()
        if length > LONGEST:
            part = LONGEST / length
            image.detach().copy_(before + part * step)
            self.state[image]["t"] *= part  # of the direction: the curvature is true
        return loss


def lbfgs(image, learning_rate=1.0, history=10):
    """L-BFGS that takes one evaluation a step and never decides to stop."""
    return LBFGS(
        [image],
        lr=learning_rate,
        max_iter=1,
        history_size=history,
        tolerance_grad=0,
        tolerance_change=0,
    )


def optimize(image, objective, steps, *, optimizer=lbfgs, clamp=False):
    """Yield a `Step` after each of ``steps`` updates of ``image`` (1, 3, H, W).

    ``objective.evaluate(image)`` gives losses and gradient; ``optimizer(image)`` makes
    a torch optimiser. n steps are torch's L-BFGS with max_iter=n, bit for bit, while
    no guard fires: no step is longer than `LONGEST`; and after a loss that is not
    finite, a step that does not move, or three spikes in a row, the loop goes back to
    the best image, forgets the curvature it learned and halves the learning rate, lest
    it fail in the same way for ever.
    ``clamp=True`` clamps the image before each evaluation, which corrupts that
    curvature: it is there to show the harm. Makes steps + 1 evaluations.
    """
    started = time.perf_counter()
    image = image.detach().clone(memory_format=torch.contiguous_format)
    image.requires_grad_()
    algorithm = optimizer(image)
    losses = _evaluate(image, objective, clamp)
    scale = _power_of_two(image.numel() / max(image.grad.abs().sum().item(), 1e-30))
    image.grad *= scale
    best, lowest, slope = image.detach().clone(), losses, image.grad
    spikes = failures = 0
    for number in range(1, steps + 1):
        before = image.detach().clone()
        algorithm.step(lambda: scale * losses["total"])  # noqa: B023  has its gradient
        losses = _evaluate(image, objective, clamp)
        image.grad *= scale
        total = losses["total"]
        spikes = spikes + 1 if total > SPIKE * lowest["total"] else 0
        failed = spikes == PATIENCE or not math.isfinite(total)
        if failed or torch.equal(before, image):
            with torch.no_grad():
                image.copy_(best)
            losses, image.grad = lowest, slope
            spikes, failures = 0, failures + 1
            algorithm = optimizer(image)
            for group in algorithm.param_groups:
                group["lr"] *= 0.5**failures
        elif total < lowest["total"]:
            best, lowest, slope = image.detach().clone(), losses, image.grad
        yield Step(
            number,
            losses,
            image.detach().clamp(0, 1),
            best.clamp(0, 1),
            time.perf_counter() - started,
        )


def _power_of_two(number):
    """The one near a positive number, 1 for others.

    torch's L-BFGS ignores curvature below 1e-10, which small losses of large pictures
    reach. It works in any units, and a power of two changes no digit of the result.
    """
    usable = math.isfinite(number) and number > 0
    return 2.0 ** round(math.log2(number)) if usable else 1.0


def _evaluate(image, objective, clamp):
    if clamp:
        with torch.no_grad():
            image.clamp_(0, 1)
    losses, image.grad = objective.evaluate(image)
    return losses
