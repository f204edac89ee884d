"""Files written whole or not at all."""

import os
from contextlib import contextmanager
from pathlib import Path

from .errors import InputError


def write_atomically(path, data):
    """Write bytes beside ``path`` and rename, so that no reader sees half a file."""
    path = Path(path)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with _told(path):
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
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        probe = path.with_name(f".{path.name}.probe")
        probe.touch()
        probe.unlink()


@contextmanager
def _told(path):
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        message = f"cannot write {str(path)!r} ({reason}): choose another place"
        raise InputError(message) from error
