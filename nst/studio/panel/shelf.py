"""The paths of results, beside the notebook."""

import re
from pathlib import Path

from ...notebook import colab
from ..engine.state import State


def place(state: State, ending: str) -> Path:
    """Return a new path in ``outputs``, named after the pictures and the step."""
    stem = f"{_stem(state)}-{state.number:04d}"
    path, count = colab.OUTPUTS / f"{stem}{ending}", 1
    while path.exists():
        count += 1
        path = colab.OUTPUTS / f"{stem}-{count}{ending}"
    return path


def standing(state: State) -> Path:
    """Return the path of the run's checkpoint, which each save replaces."""
    return colab.OUTPUTS / f"{_stem(state)}.checkpoint"


def _stem(state: State) -> str:
    names = (Path(p.name).stem for p in (state.content, *state.inputs.styles))
    return "-".join(re.sub(r"\W+", "-", name)[:40].strip("-") for name in names)
