"""Write a session to a checkpoint and read it again: it goes on bit for bit."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor

from ...control.shortage import ran_out
from ...device import Device, Precision, choose_again, choose_device
from ...errors import InputError
from ...files import check_apart
from ...images import to_pil
from ...inputs import Inputs, Picture
from ...keep import checkpoint
from ...keep.record import described
from ...recipe import Recipe
from .session import Session
from .state import State

PLAIN = ("image", "number", "moves", "matched", "points", "frames")
RECIPES = ("begun", "recipe")


def write(session: Session, path: str | Path) -> Path:
    """Write the session, uploaded pictures included, to a file; return its path."""
    state, descent, path = session.state, session.descent, Path(path)
    files = path, checkpoint.previous(path), checkpoint.new(path)
    check_apart(files, state.inputs.files())
    content: dict[str, Any] = {name: getattr(state, name) for name in PLAIN}
    content |= {name: described(getattr(state, name)) for name in RECIPES}
    pictures = (state.content, *state.inputs.styles)
    content["pictures"] = [(p.name, p.image, p.path, p.alpha) for p in pictures]
    content["compute"] = session.compute.described()
    content["descent"] = descent and descent.state_dict()
    checkpoint.write(path, {"studio": content})
    return path


def read(
    path: str | Path, device: Device = None, precision: Precision = "auto"
) -> Session:
    """Return the `Session` that `write` wrote to a file, to be computed as it was."""
    content = checkpoint.read(path).get("studio")
    if content is None:
        how = "go on with it by nst and --resume"
        raise InputError(f"{str(path)!r} is a checkpoint of the command line: {how}")
    with usable(path):
        return _session(content, device, precision)


@contextmanager
def usable(path: str | Path) -> Iterator[None]:
    """Turn whatever a crafted checkpoint leads to into an `InputError`."""
    try:
        yield
    except Exception as error:
        if isinstance(error, InputError) or ran_out(error):
            raise
        raise checkpoint.foreign(path) from error


def _picture(
    name: str, image: Tensor, path: str | None = None, alpha: Tensor | None = None
) -> Picture:
    """Return a picture that was kept; earlier versions kept neither path nor alpha."""
    return Picture(image, name, path, known=(image, alpha))


def _session(content: dict[str, Any], device: Device, precision: Precision) -> Session:
    descent = content.pop("descent")
    made = content.pop("compute", {"device": "cpu"})  # earlier versions did not say
    compute = choose_again(made, device or choose_device(), precision)
    first, *styles = (_picture(*kept) for kept in content.pop("pictures"))
    content |= {name: Recipe(**content[name]) for name in RECIPES}
    state = State(Inputs(first, tuple(styles)), **content)
    for image in (state.image, first.image, *(style.image for style in styles)):
        to_pil(image)  # raises `InputError` if it is none
    return Session.resumed(state, descent, compute)
