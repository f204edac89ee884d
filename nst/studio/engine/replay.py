"""The record of a Studio picture, and the picture made again from it."""

from torch import Tensor

from ...device import Device
from ...inputs import Inputs
from ...keep.record import as_text, describe
from ...recipe import Recipe
from .session import Session
from .state import LIVE

PLAN = ("size", "sizes", "steps", "tile")  # a larger size changes them midway


def record(session: Session) -> str:
    """Return the record of the present picture, with the moves that led to it.

    The recipe is the present one. The first move holds the weights at step 0. Each
    later move holds a step and the fields that changed there; no fields if only the
    optimiser started afresh, and "size" if the picture went on to a larger one.
    """
    state = session.state
    begun = {name: getattr(state.begun, name) for name in LIVE}
    if any("size" in move for move in state.moves):
        begun |= {name: getattr(state.begun, name) for name in PLAN}
    moves = [{"step": 0, **begun}, *state.moves] if state.moves else []
    known = state.inputs, state.recipe, session.compute
    return as_text(describe(*known, step=state.number, studio={"moves": moves}))


def replay(
    inputs: Inputs,
    recipe: Recipe,
    steps: int,
    *,
    moves: list[dict],
    device: Device = None,
) -> Tensor:
    """Repeat a session's moves and steps; return its picture, (1, 3, H, W)."""
    first, *later = moves or [{}]
    begun = {name: value for name, value in first.items() if name != "step"}
    session = Session(inputs, recipe.replace(**begun), device)
    for move in later:
        changes = {name: value for name, value in move.items() if name != "step"}
        session.run(move["step"])
        session.restore(session.state)
        if "size" in changes:
            session.enlarge(changes["size"])
        else:
            session.change(**changes)
    session.run(steps)
    return session.picture
