"""L-BFGS, which takes the steps; its numbers stay on the device."""

from collections.abc import Callable
from inspect import unwrap
from typing import Any

import torch
from torch import Tensor

LONGEST = 0.05  # longest step: root mean square, pixels in [0, 1]


class LBFGS(torch.optim.Optimizer):
    """L-BFGS that evaluates once per step, with no step longer than `LONGEST`.

    It steps along d = -H g. H, the inverse of the curvature, is estimated from pairs:
    past steps s, and the changes y of the gradient g that they made. With ρ = 1 / y·s,
    and γ = y·s / y·y of the newest pair (Nocedal & Wright, algorithm 7.4):

        q = -g    from the newest pair to the oldest:  α = ρ s·q,  q = q - α y
        d = γ q   from the oldest pair to the newest:  β = ρ y·d,  d = d + (α - β) s

    The steps are those of torch.optim.LBFGS, on Linux bit for bit. That one reads each
    α and β from the device, and at each a GPU waits; this one reads once a step.

    The first step is tiny and tells little about the curvature, so the second may be a
    thousand times too long; what L-BFGS would learn so far away would slow all later
    steps.
    """

    # torch's methods without their wrapper: it imports a compiler, which takes seconds
    add_param_group = unwrap(torch.optim.Optimizer.add_param_group)
    state_dict = unwrap(torch.optim.Optimizer.state_dict)
    load_state_dict = unwrap(torch.optim.Optimizer.load_state_dict)

    @torch.no_grad()
    def step(self, closure: Callable[[], float]) -> float:  # type: ignore[override]
        """Take a step; ``closure`` returns the loss and leaves the gradient."""
        group = self.param_groups[0]
        (image,), rate, most = group["params"], group["lr"], group["history_size"]
        loss, before, state = closure(), image.clone(), self.state[image]
        g = image.grad.flatten().clone()
        if state:
            learned, t = _learn(state, g, most), rate
        else:
            learned, t = g.new_ones(()), rate * (1 / g.abs().sum()).clamp(max=1)
            state |= {"old_dirs": [], "old_stps": [], "ro": [], "H_diag": 1.0}
        d = _direction(state, g)
        # A direction that leads uphill leaves the image as it is.
        step = image.addcmul_(d.view_as(image), t * ~(g.dot(d) > 0)) - before
        length = step.square().mean().sqrt()
        learned, length = torch.stack([learned.float(), length]).tolist()
        if length > LONGEST:
            part = LONGEST / length
            image.copy_(before + part * step)
            t = t * part  # L-BFGS must learn from the shortened step
        for pairs in (state["old_dirs"], state["old_stps"], state["ro"]):
            if not learned or len(pairs) > most:
                pairs.pop(0 if learned else -1)
        state |= {"d": d, "t": t, "prev_flat_grad": g}
        return loss


def _learn(state: dict[str, Any], g: Tensor, most: int) -> Tensor:
    """Add a pair; return whether it is one to learn from, a tensor on the device.

    Until the host has read that, ρ = 0 makes a pair count for nothing: the new one if
    not, else the oldest if there are more than ``most``.
    """
    y, s, ro = g - state["prev_flat_grad"], state["d"] * state["t"], state["ro"]
    ys = y.dot(s)
    learned = ys > 1e-10  # as in torch's
    if len(ro) == most:
        ro[0] = ro[0] * ~learned
    ro.append(torch.where(learned, 1 / ys, 0.0))
    state["old_dirs"].append(y)
    state["old_stps"].append(s)
    state["H_diag"] = torch.where(learned, ys / y.dot(y), state["H_diag"])
    return learned


def _direction(state: dict[str, Any], g: Tensor) -> Tensor:
    """Return d: the two loops; the pairs have torch's names for y, s and ρ."""
    pairs = list(zip(state["old_dirs"], state["old_stps"], state["ro"], strict=True))
    q, alphas = -g, []
    for y, s, ro in reversed(pairs):
        alphas.append(ro * s.dot(q))
        q.addcmul_(y, -alphas[-1])
    d = q * state["H_diag"]
    for y, s, ro in pairs:
        d.addcmul_(s, alphas.pop() - ro * y.dot(d))
    return d


def default_history(pixels: int) -> int:
    """Return how many past steps to remember: 10, or 5 above half a megapixel.

    Each takes 24 bytes per pixel; at 4096x3072 ten would be 3 GB.
    """
    return 10 if pixels <= 500_000 else 5


def lbfgs(
    image: Tensor, learning_rate: float = 1.0, history: int | None = None
) -> LBFGS:
    """Return the `LBFGS` of an image, by default with `default_history`."""
    history = history or default_history(image[0, 0].numel())
    return LBFGS([image], {"lr": learning_rate, "history_size": history})
