"""Names of results: none takes the place of an earlier one by mistake."""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image

from ..errors import InputError
from .record import read_record
from .saving import RECORD

SAME = ("recipe", "inputs", "studio")  # what tells one result from another


def stem(names: Iterable[str]) -> str:
    """Return a file name, without ending, for a picture made from those of ``names``.

    Example:
        >>> stem(["a photo.jpg", "https://example.org/ink.png?large"])
        'a-photo-ink'
    """
    stems = (Path(name.split("?")[0]).stem for name in names)
    plain = (re.sub(r"\W+", "-", one)[:40].strip("-") for one in stems)
    return "-".join(one or "picture" for one in plain)


def free(path: Path, same: Callable[[Path], bool] = lambda there: False) -> Path:
    """Return the first of photo.png, photo-2.png, … that is free, or the ``same``.

    ``same(there)`` says whether an existing file may be replaced.
    """
    found, count = path, 1
    while os.path.lexists(found) and not same(found):
        count += 1
        found = path.with_stem(f"{path.stem}-{count}")
    return found


def made_as(path: str | Path, made: dict[str, Any], *also: str) -> bool:
    """Return whether the picture at ``path`` was made as the record ``made`` says.

    Recipe, inputs and moves are compared, and the entries ``also``.
    """
    try:
        found = read_record(path) if os.path.isfile(path) else {}
    except InputError:  # no picture of nst, or a damaged one
        return False
    return bool(found) and all(
        _plain(found.get(key)) == _plain(made.get(key)) for key in (*SAME, *also)
    )


def check_ours(path: str | Path) -> None:
    """Raise `InputError` if there is a file at ``path`` that nst did not make."""
    if os.path.lexists(path) and not made_by_nst(path):
        way = "name another file, or remove it (on the command line --force)"
        raise InputError(f"{str(path)!r} is there and nst did not make it: {way}")


def made_by_nst(path: str | Path) -> bool:
    """Return whether a picture carries a record, or a film the mark of nst."""
    try:
        with Image.open(path) as picture:
            mark = picture.getexif().get(ExifTags.Base.Software)
            comment = picture.info.get("comment", b"")  # of a JPEG or GIF
            ours = (RECORD.encode(), b'{\n "format"')
            return RECORD in picture.info or mark == RECORD or comment.startswith(ours)
    except Exception:  # Pillow's decoders raise many types of error
        return False


def _plain(entry: Any) -> Any:
    """Return an entry of a record without the tiles, which do not change a picture."""
    return entry | {"tile": None} if isinstance(entry, dict) else entry
