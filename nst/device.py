"""How a run computes: on which device, by which convolution, how precisely."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import torch
from torch.nn.functional import conv2d

from .convolution import Method, fastest
from .errors import InputError, first_line, one_of

COUNT = {
    "cuda": torch.cuda.device_count,
    "mps": torch.mps.device_count,
    "cpu": lambda: 1,
}
Precision = Literal["auto", "float32", "half"]


@dataclass(frozen=True)
class Compute:
    """How a run computes; it decides the last digits, so pictures keep it.

    ``convolution`` is "direct" or, on a CPU in float32, "winograd". In "half" precision
    the network's features take 16 bits; losses, image and optimiser stay in float32.
    torch's own switches stay as they are: by default a GPU since Ampere convolves
    float32 in TF32, and cuDNN's benchmark mode, which lets a clock choose, is off.
    """

    device: torch.device
    convolution: Method = "direct"
    precision: Precision = "float32"

    @property
    def dtype(self) -> torch.dtype:
        """The type of the network's weights and features."""
        if self.precision == "float32":
            return torch.float32
        from .half import dtype_on

        return dtype_on(self.device)

    @property
    def scale(self) -> float:
        """What the network's activations are multiplied by inside."""
        if self.precision == "float32":
            return 1.0
        from .half import shrink

        return shrink(self.dtype)

    @property
    def memory_format(self) -> torch.memory_format:
        """The order in memory for which convolutions are fastest.

        NNPACK, float32 on a GPU and Apple's GPU take one channel after another; direct
        convolutions on a CPU and tensor cores take all channels of a pixel together.
        """
        on_cpu = self.device.type == "cpu" and self.convolution == "direct"
        half = self.precision == "half" and self.device.type != "mps"
        together = on_cpu or half
        return torch.channels_last if together else torch.contiguous_format

    def described(self) -> dict[str, str]:
        """Return what a record keeps: the kind of the device, and the other fields."""
        return asdict(self) | {"device": self.device.type}


Device: TypeAlias = str | torch.device | Compute | None


def choose_device(name: str | torch.device | None = None) -> torch.device:
    """Return the device called ``name``, by default the fastest one available."""
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    kinds = (kind for kind, here in there.items() if here and not _fault(kind))
    if name is None:
        return torch.device(next(kinds))
    why = ""
    with suppress(RuntimeError, TypeError):  # no such kind of device
        device = torch.device(name)
        if there.get(device.type) and (device.index or 0) < COUNT[device.type]():
            why = _fault(str(device))
            if not why:
                return device
    seen = f"no device {str(name)!r} here" + (f" ({why})" if why else "")
    raise InputError(f"{seen}: choose from {', '.join(kinds)}")


def choose(device: Device = None, precision: Precision = "auto") -> Compute:
    """Return how to compute, by default the fastest way; a `Compute` stays as it is.

    In "auto" a GPU takes half precision if a probe shows that it is clearly faster, a
    CPU never: there tiles would no longer give the picture that the whole gives.
    """
    if isinstance(device, Compute):
        return device
    one_of("precision", precision, ("auto", "float32", "half"))
    where = choose_device(device)
    if precision == "auto":
        precision = "float32"
        if where.type == "cuda":
            from .half import is_faster

            precision = "half" if is_faster(where) else "float32"
    direct = where.type != "cpu" or precision == "half"
    return Compute(where, "direct" if direct else fastest(), precision)


def choose_again(
    made: Mapping[str, Any], device: Device = None, precision: Precision = "auto"
) -> Compute:
    """Return how a record says that its run was computed, on the same kind of device.

    ``device`` and ``precision`` are other wishes. Records of earlier versions name no
    convolution and no precision: theirs were direct, in float32.
    """
    if isinstance(device, Compute):
        return device
    where = choose_device(device or made["device"])
    if where.type != made["device"] or precision != "auto":
        return choose(where, precision)
    known = {key: made[key] for key in ("convolution", "precision") if key in made}
    return Compute(where, **known)


def _fault(device: str) -> str:
    """Return why a device does not convolve, "" if it does.

    Some only say that they are there: a GPU too old for this torch or its cuDNN, one
    without free memory, one in a forked process, or Apple's in a virtual machine.
    """
    try:
        ones = torch.ones(1, 1, 3, 3, device=device)
        return "" if conv2d(ones, ones).item() == 9 else "9 is not 9"
    except RuntimeError as error:
        return first_line(error)[:150]
