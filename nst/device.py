"""Where the arithmetic happens."""

import torch

from .errors import InputError


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
    if str(name).split(":")[0] not in names:
        raise InputError(
            f"no device {str(name)!r} here: choose from {', '.join(names)}"
        )
    return torch.device(name)
