"""The card that is measured: its name, and the ways that it may compute."""

import platform
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass

import torch

from nst.device import Compute

PRECISIONS = ("float32", "half")
FORMATS = {
    "contiguous": torch.contiguous_format,
    "channels_last": torch.channels_last,
}
SWITCHES = {
    "without TF32": {"allow_tf32": False},
    "cuDNN's benchmark mode": {"benchmark": True},
    "cuDNN deterministic": {"deterministic": True},
}


@dataclass(frozen=True)
class Trial(Compute):
    """A `Compute` with a memory format of one's own choice."""

    layout: torch.memory_format = torch.contiguous_format

    @property
    def memory_format(self):
        return self.layout


@contextmanager
def switched(**flags):
    """Set flags of torch.backends.cudnn for a while."""
    cudnn = torch.backends.cudnn
    before = {name: getattr(cudnn, name) for name in flags}
    try:
        for name, value in flags.items():
            setattr(cudnn, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(cudnn, name, value)


def described(compute):
    dtype = str(compute.dtype).removeprefix("torch.")
    return f"half ({dtype})" if compute.precision == "half" else dtype


def machine(device):
    """{"card", "driver", "torch", and "machine": all in words}."""
    card, driver, more = platform.processor() or platform.machine(), None, ""
    if device.type == "cuda":
        known = torch.cuda.get_device_properties(device)
        card, driver = known.name, _driver()
        size, capability = known.total_memory / 1e9, f"{known.major}.{known.minor}"
        more = f" of {size:.0f} GB, compute capability {capability}, driver {driver}"
        more += f", CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}"
    elif device.type == "mps":
        card, driver = f"Apple GPU, {card}", f"macOS {platform.mac_ver()[0]}"
        more = f", {driver}"
    versions = f"torch {torch.__version__}, Python {platform.python_version()}"
    words = f"{card}{more}, {platform.system()}, {versions}"
    return {
        "card": card,
        "driver": driver,
        "torch": torch.__version__,
        "machine": words,
    }


def _driver():
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.splitlines()[0]
