"""The optimiser: torch's L-BFGS, with a limit to the length of a step."""

from inspect import unwrap

import torch

LONGEST = 0.05  # root mean square of a step, of pixels in [0, 1]


class LBFGS(torch.optim.LBFGS):
    """torch's, but for a step longer than `LONGEST`, which is cut short.

    A first step is tiny and tells little about the curvature, so that the second may be
    a thousand times too long, and what is learned out there slows all that follow.
    """

    # torch's own, without the wrapper that imports its compiler: seconds of the start
    add_param_group = unwrap(torch.optim.LBFGS.add_param_group)
    state_dict = unwrap(torch.optim.LBFGS.state_dict)
    load_state_dict = unwrap(torch.optim.LBFGS.load_state_dict)

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


def default_history(pixels):
    """How many past steps are remembered: 10, or 5 above half a megapixel.

    Each takes 24 bytes a pixel; at 4096x3072 ten would be 3 GB.
    """
    return 10 if pixels <= 500_000 else 5


def lbfgs(image, learning_rate=1.0, history=None):
    """L-BFGS that takes one evaluation a step and never decides to stop."""
    return LBFGS(
        [image],
        lr=learning_rate,
        max_iter=1,
        history_size=history or default_history(image[0, 0].numel()),
        tolerance_grad=0,
        tolerance_change=0,
    )
