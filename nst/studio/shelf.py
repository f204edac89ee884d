"""Where results are put: beside the notebook, and on Drive if it is mounted."""

import re
from pathlib import Path

from .. import colab


def place(state, ending):
    """A new file's path in ``outputs``, named after the pictures and the step."""
    stem = f"{_stem(state)}-{state.number:04d}"
    path, count = colab.OUTPUTS / f"{stem}{ending}", 1
    while path.exists():
        count += 1
        path = colab.OUTPUTS / f"{stem}-{count}{ending}"
    return path


def standing(state):
    """The path of its checkpoint, which is written again and again."""
    return colab.OUTPUTS / f"{_stem(state)}.checkpoint"


def _stem(state):
    names = (Path(name).stem for name in state.names.values())
    return "-".join(re.sub(r"\W+", "-", name)[:40].strip("-") for name in names)
