"""Files written whole or not at all."""

import os
from contextlib import contextmanager
from pathlib import Path

from .errors import InputError


def write_atomically(path, data):
    """Write bytes beside ``path`` and rename, so that no reader sees half a file."""
    path = Path(path)
    part = _part(path)
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(data)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


def check_writable(path):
    """Raise `InputError` now if a file could not be written at ``path`` later."""
    path = Path(path)
    if os.path.isdir(path):
        raise InputError(f"{str(path)!r} is a folder: name a file in it")
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _part(path).touch()
        _part(path).unlink()


def _part(path):
    return path.with_name(f".{path.name}.{os.getpid()}.part")


@contextmanager
def told(path):
    """What the system says of a file that cannot be written, in one sentence."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        message = f"cannot write {str(path)!r} ({reason}): choose another place"
        raise InputError(message) from error
