"""The paths of results, beside the notebook."""

from pathlib import Path

from ...keep import places
from ...notebook import colab
from ..engine.state import State


def place(state: State, ending: str) -> Path:
    """Return a new path in ``outputs``, named after the pictures and the step."""
    stem = f"{stem_of(state)}-{state.number:04d}"
    return places.free(colab.OUTPUTS / f"{stem}{ending}")


def standing(state: State, kept: dict[str, Path]) -> Path:
    """Return the path of the checkpoint, which each save of one Studio replaces.

    ``kept`` holds the paths that the Studio has; those of an earlier one stay.
    """
    stem = stem_of(state)
    if stem not in kept:
        kept[stem] = places.free(colab.OUTPUTS / f"{stem}.checkpoint")
    return kept[stem]


def stem_of(state: State) -> str:
    """Return the names of the pictures, joined."""
    return places.stem(p.name for p in (state.content, *state.inputs.styles))
