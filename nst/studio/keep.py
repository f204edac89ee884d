"""A session as a checkpoint, and back: it goes on bit for bit, uploads included."""

from dataclasses import asdict
from pathlib import Path

from .. import checkpoint
from ..errors import InputError
from ..recipe import Recipe
from .session import Session
from .state import Picture, State

PLAIN = ("image", "number", "moves", "matched", "points", "frames")
RECIPES = ("begun", "recipe")


def write(session, path):
    """Keep the session in a file; returns its path."""
    state, steps, path = session.state, session.steps, Path(path)
    content = {name: getattr(state, name) for name in PLAIN}
    content |= {name: asdict(getattr(state, name)) for name in RECIPES}
    pictures = (state.content, *state.styles)
    content["pictures"] = [(picture.name, picture.image) for picture in pictures]
    content["descent"] = steps and steps.state_dict()
    checkpoint.write(path, {"studio": content})
    return path


def read(path, device=None):
    """The `Session` that was kept in a file."""
    content = checkpoint.read(path).get("studio")
    if content is None:
        how = "go on with it by nst and --resume"
        raise InputError(f"{str(path)!r} is a checkpoint of the command line: {how}")
    pictures, descent = content.pop("pictures"), content.pop("descent")
    first, *styles = (Picture(*picture) for picture in pictures)
    content |= {name: Recipe(**content[name]) for name in RECIPES}
    state = State(first, tuple(styles), **content)
    session = Session(first, styles, state.recipe, device)
    session.resume(state, descent)
    return session
