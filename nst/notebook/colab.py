"""Colab and Google Drive; the functions work in other notebooks too."""

import base64
import shutil
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from ..errors import first_line
from ..keep.saving import save_image

if TYPE_CHECKING:
    from IPython.display import HTML

DRIVE = Path("/content/drive")  # where Colab mounts it
OUTPUTS = Path("outputs")  # the folder for results, beside the notebook


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
    """Return the folder MyDrive/nst if Drive is mounted, else None."""
    if not (DRIVE / "MyDrive").is_dir():
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

    ``name`` ends in .png or .jpg; ``record`` and ``alpha`` are as in `save_image`. Make
    the call the last expression of a cell, which then shows the link to download it.
    """
    path = OUTPUTS / name
    save_image(image, path, record, alpha=alpha)
    share(path)
    return download(path)


def share(path: Path) -> str:
    """Copy a file to Drive if mounted; return a sentence that says where both are."""
    folder = drive_folder()
    if not folder:
        return f"Saved {path}."
    shutil.copy(path, folder / path.name)
    return f"Saved {path}, and a copy in {folder}."


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
