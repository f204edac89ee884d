"""The choice of the device that computes: a GPU or the CPU."""

import torch

from .errors import InputError

COUNT = {
    "cuda": torch.cuda.device_count,
    "mps": torch.mps.device_count,
    "cpu": lambda: 1,
}


def choose_device(name: str | torch.device | None = None) -> torch.device:
    """Return the device called ``name``, by default the fastest one available."""
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    names = [kind for kind, available in there.items() if available and _works(kind)]
    if name is None:
        return torch.device(names[0])
    try:
        device = torch.device(name)
        found = device.type in names and (device.index or 0) < COUNT[device.type]()
    except (RuntimeError, TypeError):  # no such kind of device
        found = False
    if not found:
        message = f"no device {str(name)!r} here: choose from {', '.join(names)}"
        raise InputError(message)
    return device


def _works(kind: str) -> bool:
    """Return whether a device computes, because some only say that they are there.

    A GPU too old for this torch, or Apple's in a virtual machine, fails at once.
    """
    try:
        return torch.ones(1, device=kind).sum().item() == 1
    except RuntimeError:
        return False
