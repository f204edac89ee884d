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
    names = [kind for kind, available in there.items() if available]
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
