"""Write files whole or not at all, and never over an input."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import InputError


def write_atomically(path: str | Path, data: bytes) -> None:
    """Write a file beside ``path``, then rename it: readers never see half a file."""
    path = Path(path)
    part = _part(path)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(data)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)


def downloaded(address: str, path: Path, sha256: str, way_out: str) -> Path:
    """Return ``path``, once it holds the file at an address that has this sha256.

    Raise `InputError`, which ends in ``way_out``, if that cannot be had.
    """
    if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256:
        return path
    from torch.hub import download_url_to_file

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        download_url_to_file(address, str(path), hash_prefix=sha256, progress=True)
    except (OSError, RuntimeError) as error:  # no network, or a wrong sha256
        seen = f"could not download the painting {path.stem!r} ({error})"
        raise InputError(f"{seen}: {way_out}") from error
    return path


def check_writable(path: str | Path) -> None:
    """Raise `InputError` now if no file can be written at ``path`` later."""
    path = Path(path)
    if os.path.isdir(path):
        raise InputError(f"{str(path)!r} is a folder: name a file in it")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _part(path).touch()
        _part(path).unlink()


def check_apart(
    outputs: Iterable[str | Path], inputs: Iterable[tuple[str, str | Path | None]]
) -> None:
    """Raise `InputError` if writing one of ``outputs`` would replace an input.

    ``inputs`` are pairs such as ("style", its file or None). Two paths to the same file
    are recognised, through links and different spellings as well.
    """
    taken = {identity(path): what for what, path in inputs if path is not None}
    for output in outputs:
        if what := taken.get(identity(output)):
            seen = f"{str(output)!r} is the {what}"
            raise InputError(f"{seen} as well: name another file for the result")


def identity(path: str | Path) -> tuple[int, int] | str:
    """Return a value that is the same for all paths to one file (`os.path.samefile`).

    If there is no file yet, it is the full path with links resolved.
    """
    try:
        status = os.stat(path)
        return status.st_dev, status.st_ino
    except OSError:
        return os.path.normcase(os.path.realpath(path))


@contextmanager
def writing(path: str | Path) -> Iterator[None]:
    """Turn an `OSError` while writing ``path`` into an `InputError`."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        message = f"cannot write {str(path)!r} ({reason}): choose another place"
        raise InputError(message) from error


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")
