"""Convolutions, each the fastest right way on this machine: direct, or Winograd's.

A direct 3x3 convolution takes nine products for each number it gives and each channel
it reads. Winograd's takes 64 for a block of 6x6 numbers, fewer than two each, and
additions before and after (Lavin & Gray 2016, "Fast algorithms for convolutional neural
networks"). NNPACK brings it along in torch's builds for Linux. The two differ in the
sixth digit. Winograd's need one channel after another in memory, an order in which
torch's average pooling is slow; so that is here, too.
"""

import os
import time
from collections.abc import Callable
from functools import lru_cache, partial
from math import inf
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

Method = Literal["direct", "winograd"]
LEAST_SIDE = 24  # pixels: below, turning the weights costs more than it saves
LEAST_CHANNELS = 16  # conv1_1 reads three
ROUNDS = 12  # of a probe: the fastest counts
# The least that is worth another way: at 1.4 a whole evaluation gains 5 %, and a busy
# machine makes 1.5 of it.
GAIN = 1.75


class Convolution(nn.Conv2d):
    """A 3x3 convolution with frozen weights, by the ``method`` of its network."""

    method: Method = "direct"

    def forward(self, x: Tensor) -> Tensor:
        if self.method == "winograd" and _suits(x) and is_there():
            return Winograd.apply(x, self.weight, self.bias)
        return super().forward(x)


def _suits(x: Tensor) -> bool:
    large = min(x.shape[-2:]) >= LEAST_SIDE and x.shape[1] >= LEAST_CHANNELS
    return large and x.dtype == torch.float32


class Winograd(torch.autograd.Function):
    """NNPACK's convolution; its gradient is one too, with the weights turned round."""

    @staticmethod
    def forward(context: Any, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        context.save_for_backward(weight)
        return _nnpack(x, weight, bias)

    @staticmethod
    def backward(context: Any, slope: Tensor) -> tuple[Tensor, None, None]:
        (weight,) = context.saved_tensors
        turned = weight.flip(2, 3).transpose(0, 1)  # not kept: all would take 80 MB
        return _nnpack(slope, turned, None), None, None


class AveragePool(nn.AvgPool2d):
    """Means of 2x2 numbers, quick in either order in memory."""

    def forward(self, x: Tensor) -> Tensor:
        ours = x.device.type == "cpu" and x.dtype == torch.float32 and x.is_contiguous()
        return Averages.apply(x) if ours else super().forward(x)


class Averages(torch.autograd.Function):
    """Rows added, then columns; on the way back each slope goes to four places."""

    @staticmethod
    def forward(context: Any, x: Tensor) -> Tensor:
        context.size, (h, w) = x.shape, (side // 2 * 2 for side in x.shape[-2:])
        rows = x[..., 0:h:2, :w] + x[..., 1:h:2, :w]
        return (rows[..., 0::2] + rows[..., 1::2]) / 4

    @staticmethod
    def backward(context: Any, slope: Tensor) -> Tensor:
        h, w = (side // 2 * 2 for side in context.size[-2:])
        result = slope.new_zeros(context.size)  # an odd last row or column gets none
        blocks = result[..., :h, :w].unflatten(-1, (-1, 2)).unflatten(-3, (-1, 2))
        blocks.copy_((slope / 4)[..., None, :, None])
        return result


@lru_cache(maxsize=1)
def is_there() -> bool:
    """Return whether NNPACK works here and agrees with the direct convolution."""
    # Not at random: those numbers are the user's.
    x = torch.linspace(0, 1, 16 * 24 * 24).view(1, 16, 24, 24)
    weight = torch.linspace(0, 1, 16 * 16 * 9).view(16, 16, 3, 3)
    try:
        right = conv2d(x, weight, padding=1)
        return torch._nnpack_available() and torch.allclose(
            _nnpack(x, weight, None), right, rtol=1e-4
        )
    except Exception:  # another torch, or another processor
        return False


@lru_cache(maxsize=1)
def fastest() -> Method:
    """Return the faster method on this CPU, by a trial made once a process.

    Winograd's must be clearly faster, and it is the processor's time that counts, which
    other programs hardly change: bytes depend on the choice.
    """
    if not is_there():
        return "direct"
    x, weight = torch.ones(1, 128, 64, 64), torch.ones(128, 128, 3, 3)
    last = [t.to(memory_format=torch.channels_last) for t in (x, weight)]
    actions = partial(_nnpack, x, weight, None), partial(conv2d, *last, padding=1)
    ours, theirs = seconds(*actions, clock=time.process_time)
    return "winograd" if GAIN * ours < theirs else "direct"


def _nnpack(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    x, weight = x.contiguous(), weight.contiguous()
    return torch._nnpack_spatial_convolution(x, weight, bias, [1, 1])


def seconds(
    *actions: Callable[[], Any], clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Return how long each action takes at best; they are taken in turn."""
    best = [inf] * len(actions)
    for _ in range(ROUNDS):
        for index, action in enumerate(actions):
            began = clock()
            action()
            best[index] = min(best[index], clock() - began)
    return best


def _without_threads() -> None:
    """Take the direct way in a forked child: NNPACK's threads stay with the parent."""
    global is_there
    is_there = lru_cache(lambda: False)
    fastest.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_without_threads)
