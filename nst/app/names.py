"""The pictures that a batch is given, and a name for each."""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from glob import glob, has_magic
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image

from ..errors import InputError
from ..samples import PAINTINGS, SAMPLES, is_address

LATER = (".heic", ".heif", ".avif")  # not every Pillow reads them, but nst says so


def expand(sources: Iterable[str]) -> list[str]:
    """Return ``sources`` with folders and patterns replaced by their pictures.

    Numbers within names count, so frame_2.png comes before frame_10.png. A file that
    is named twice is there once.
    """
    found = [each for source in sources for each in _named(source)]
    return list({_full(each): each for each in reversed(found)}.values())[::-1]


def told_apart(sources: Sequence[str]) -> list[str]:
    """Return a name for each of different sources: the stem of its file.

    Where two have one stem, as many folders come before it as tell it from the others,
    or the ending comes after it.

    Example:
        >>> told_apart(["a/1.jpg", "b/1.jpg", "b/2.jpg", "b/2.png"])
        ['a-1', 'b-1', '2-jpg', '2-png']
    """
    trails = [_trail(source) for source in sources]
    alike = Counter(map(_folded, trails))
    for trail, source in zip(trails, sources, strict=True):
        if alike[_folded(trail)] > 1:
            trail[-1] += Path(source).suffix.replace(".", "-")
    tails = [[trail[at:] for at in reversed(range(len(trail)))] for trail in trails]
    count = Counter(_folded(tail) for several in tails for tail in several)
    shortest = (
        next((tail for tail in several if count[_folded(tail)] == 1), several[-1])
        for several in tails
    )
    return ["-".join(tail) for tail in shortest]


def _named(source: str) -> list[str]:
    """Return the pictures that ``source`` stands for."""
    if source in SAMPLES or source in PAINTINGS or is_address(source):
        return [source]
    if os.path.isdir(source):
        return _inside(source)
    if os.path.lexists(source) or not has_magic(source):
        return [source]
    fits = sorted(glob(source, recursive=True), key=_order)
    if not fits:
        raise InputError(f"no file fits {source!r}: give other names, or a folder")
    return [each for fit in fits for each in _named(fit)]


def _inside(folder: str) -> list[str]:
    """Return the pictures in a folder; say how much of what is there is none."""
    try:
        names = [name for name in os.listdir(folder) if not name.startswith(".")]
    except OSError as error:
        reason = f"cannot read the folder {folder!r} ({error.strerror})"
        raise InputError(f"{reason}: give another one") from error
    Image.init()
    kinds = Image.registered_extensions().items()
    endings = [end for end, kind in kinds if Image.MIME.get(kind, "")[:6] == "image/"]
    pictures = [n for n in names if n.lower().endswith((*endings, *LATER))]
    if not pictures:
        raise InputError(f"no picture is in the folder {folder!r}: give another one")
    if left := len(names) - len(pictures):
        print(f"{folder}: {left} of {len(names)} are no pictures", file=sys.stderr)
    return [os.path.join(folder, name) for name in sorted(pictures, key=_order)]


def _order(name: str) -> list[str | int]:
    parts = re.split(r"(\d+)", name)
    return [int(part) if part.isdecimal() else part.casefold() for part in parts]


def _full(source: str) -> str:
    return os.path.abspath(source) if os.path.isfile(source) else source


def _trail(source: str) -> list[str]:
    """Return the folders of a picture and its stem, ["photos", "a", "IMG_1"]."""
    if is_address(source):
        host, path = urlsplit(source)[1:3]
        *folders, name = [host, *filter(None, path.split("/"))]
        trail = [*folders, Path(name).stem]
        return [re.sub(r"[^\w.-]+", "-", part) for part in trail]
    if source in SAMPLES or source in PAINTINGS:
        return [source]
    file = Path(os.path.abspath(source))
    return [*file.parts[1:-1], file.stem]


def _folded(trail: list[str]) -> str:
    """Return a text that is the same for trails whose files some systems confuse."""
    return "/".join(trail).casefold()
