"""What a Studio picture carries, and how it becomes the picture again."""

from .. import provenance
from .session import Session
from .state import LIVE


def record(session):
    """`provenance.record` of the present picture, with the moves that led to it.

    The recipe is the one now. The first move holds what the weights were at step 0;
    each later one a step and the fields that changed there, none where the optimiser
    only started afresh.
    """
    state = session.state
    begun = {name: getattr(state.begun, name) for name in LIVE}
    moves = [{"step": 0, **begun}, *state.moves] if state.moves else []
    return provenance.record(
        state.recipe,
        *state.images,
        names=state.names,
        step=state.number,
        device=session.device,
        studio={"moves": moves},
    )


def replay(content, styles, recipe, steps, *, moves, device=None):
    """The picture of a session: its recipe, its moves and the number of its steps."""
    first, *later = moves or [{}]
    begun = {name: value for name, value in first.items() if name != "step"}
    session = Session(content, styles, recipe.replace(**begun), device)
    for move in later:
        changes = {name: value for name, value in move.items() if name != "step"}
        session.run(move["step"])
        session.restore(session.state)
        session.change(**changes)
    session.run(steps)
    return session.picture
