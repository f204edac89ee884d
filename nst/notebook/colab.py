"""Colab and Google Drive; the functions work in other notebooks too."""

import base64
import os
import sys
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from ..errors import InputError, first_line
from ..files import write_atomically
from ..keep.places import free
from ..keep.saving import save_image

if TYPE_CHECKING:
    from IPython.display import HTML

DRIVE = Path("/content/drive")  # where Colab mounts it
OUTPUTS = Path("outputs")  # the folder for results, beside the notebook
_copies: dict[Path, Path | None] = {}  # {a result: its copy on Drive, None: it failed}


def in_colab() -> bool:
    """Return whether this runs in Google Colab."""
    return "google.colab" in sys.modules


def mount_drive() -> Path:
    """Ask for access to your Google Drive; return the folder for results.

    It is MyDrive/nst, or the local folder ``outputs`` if this is not Colab or you
    refuse. A printed line says which.
    """
    place, why = None, "this is not Colab"
    if in_colab():
        from google.colab import drive

        try:
            drive.mount(str(DRIVE))
            place, why = drive_folder(), "Drive was not mounted"
        except Exception as error:  # a refusal raises one of several types
            why = f"Drive was not mounted ({first_line(error)})"
    if place is None:
        OUTPUTS.mkdir(exist_ok=True)
        print(f"{why}: results stay in the folder {OUTPUTS.resolve()}")
        return OUTPUTS
    print(f"results will be copied to {place}")
    return place


def drive_folder() -> Path | None:
    """Return the folder MyDrive/nst if Drive is mounted, else None.

    Raise `OSError` if it was, and the connection is lost.
    """
    try:
        os.stat(DRIVE / "MyDrive")
    except FileNotFoundError:
        return None
    (DRIVE / "MyDrive" / "nst").mkdir(exist_ok=True)
    return DRIVE / "MyDrive" / "nst"


def upload() -> list[Path]:
    """Ask for files with Colab's dialogue; return their paths, [] outside Colab."""
    if in_colab():
        from google.colab import files

        return [Path(name) for name in files.upload()]
    here = Path.cwd()
    print(f"this is not Colab: put your pictures into {here} and give their names")
    return []


def save(
    image: Tensor,
    name: str,
    record: str | None = None,
    alpha: Tensor | None = None,
) -> "HTML":
    """Save an image in ``outputs``, and on Drive if mounted; return a link.

    ``name`` ends in .png or .jpg, and gets a number if another result has it;
    ``record`` and ``alpha`` are as in `save_image`. Make the call the last expression
    of a cell, which then shows the link to download the file.
    """
    new = free(OUTPUTS / name)
    save_image(image, new, record, alpha=alpha)
    path = free(OUTPUTS / name, partial(_holds, new.read_bytes()))
    os.replace(new, path)  # the same picture, if it was saved before
    try:
        copy(path)
    except InputError as mistake:
        print(mistake)
    return download(path)


def share(path: Path) -> str:
    """Copy a file to Drive if mounted; return a sentence that says where both are."""
    try:
        folder = copy(path)
    except InputError as mistake:
        return str(mistake)
    return f"Saved {path}, and a copy in {folder}." if folder else f"Saved {path}."


def copy(path: Path) -> Path | None:
    """Copy a file to Drive; return the folder, or None if Drive is not mounted.

    Another result of that name stays there: the copy gets a number. Raise `InputError`
    if the copy failed; the next call makes it.
    """
    file = path.resolve()
    _copies.setdefault(file)
    try:
        folder = drive_folder()
        for other, there in list(_copies.items()):
            if folder is None or not other.is_file():
                del _copies[other]
            elif other == file or there is None:
                data = other.read_bytes()
                there = there or free(folder / other.name, partial(_holds, data))
                write_atomically(there, data)
                _copies[other] = there
        return folder
    except (InputError, OSError) as error:
        fault = error.__cause__ or error
        reason = getattr(fault, "strerror", None) or fault
        why = f"Saved {path}, but no copy on Drive ({reason})"
        raise InputError(f"{why}: the next save tries it again.") from error


def _holds(data: bytes, path: Path) -> bool:
    return path.is_file() and path.read_bytes() == data


def download(path: str | Path) -> "HTML":
    """Return a link that contains the file: it works in Colab and in JupyterLab."""
    from IPython.display import HTML

    path = Path(path)
    size = f"{path.stat().st_size / 1e3:.0f} kB, also in {escape(str(path))}"
    return HTML(f"{link(path)} ({size})")


def link(path: Path) -> str:
    """Return the HTML of `download`'s link."""
    name, address = escape(path.name), data(path.read_bytes(), path.suffix)
    return f'<a download="{name}" href="{address}">Download {name}</a>'


def data(content: bytes, ending: str) -> str:
    """Return a data: address that contains the bytes of an image file."""
    kind = {".jpg": "jpeg"}.get(ending, ending[1:])
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
