"""Where the arithmetic happens."""

import torch

from .errors import InputError

COUNT = {
    "cuda": torch.cuda.device_count,
    "mps": torch.mps.device_count,
    "cpu": lambda: 1,
}


def choose_device(name=None):
    """The device called ``name``, or the fastest there is."""
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
