"""Half precision: features of 16 bits, for the machines that are faster at them.

bfloat16 has float32's range and needs nothing else. float16 holds numbers from 6e-8 to
65504; the activations of VGG19 are larger and the slopes of a loss smaller, so there
the first are divided and the second multiplied on their way through the network, by
powers of two, which cause no rounding.
"""

from functools import lru_cache, partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from .convolution import seconds
from .errors import InputError, first_line

SHRINK = 2.0**-6  # of the activations in float16, by conv1_1's weights and all biases
GROW = 2.0**14  # of the slopes in float16: at 512 px 2**7 does, at 32 2**20 overflows
GAIN = 1.5  # the least that is worth the rounding
AMPERE, VOLTA = (8, 0), (7, 0)  # compute capabilities


def dtype_on(device: torch.device) -> torch.dtype:
    """Return the type of 16 bits that a device computes with by itself.

    GPUs before Ampere say that they know bfloat16, and emulate it slowly.
    """
    old = device.type == "cuda" and torch.cuda.get_device_capability(device) < AMPERE
    return torch.float16 if old or device.type == "mps" else torch.bfloat16


def shrink(dtype: torch.dtype) -> float:
    """Return what the activations are multiplied by inside the network."""
    return SHRINK if dtype == torch.float16 else 1.0


@lru_cache(maxsize=8)
def is_faster(device: torch.device) -> bool:
    """Return whether a GPU convolves faster in half precision, by a probe.

    Raise `InputError` if the probe fails, as it does where memory is short.
    """
    if torch.cuda.get_device_capability(device) < VOLTA:  # no tensor cores
        return False
    how: Any = {"dtype": dtype_on(device), "memory_format": torch.channels_last}

    def convolve(x: Tensor, weight: Tensor) -> None:
        conv2d(x, weight, padding=1)
        torch.cuda.synchronize(device)

    try:
        x = torch.zeros(1, 128, 256, 256, device=device)
        weight = torch.zeros(128, 128, 3, 3, device=device)
        narrowed = x.to(**how), weight.to(**how)
        full, half = seconds(partial(convolve, x, weight), partial(convolve, *narrowed))
    except RuntimeError as error:
        why = f"{device} cannot be used ({first_line(error)[:150]})"
        raise InputError(f"{why}: end what else uses it, or choose the cpu") from error
    return GAIN * half < full


def narrow(image: Tensor, dtype: torch.dtype) -> Tensor:
    """Return float32 in 16 bits."""
    return Narrow.apply(image) if dtype == torch.float16 else image.to(dtype)


def widen(features: Tensor) -> Tensor:
    """Return features of 16 bits in float32, at their own size."""
    half = features.dtype == torch.float16
    return Widen.apply(features) if half else features.float()


class Narrow(torch.autograd.Function):
    """float32 to float16; on the way back the slopes become what they are again."""

    @staticmethod
    def forward(context: Any, x: Tensor) -> Tensor:
        return x.half()

    @staticmethod
    def backward(context: Any, slope: Tensor) -> Tensor:
        return slope.float() / GROW


class Widen(torch.autograd.Function):
    """float16 to float32; on the way back the slopes are multiplied by `GROW`."""

    @staticmethod
    def forward(context: Any, x: Tensor) -> Tensor:
        return x.float() / SHRINK

    @staticmethod
    def backward(context: Any, slope: Tensor) -> Tensor:
        return (slope * (GROW / SHRINK)).half()
