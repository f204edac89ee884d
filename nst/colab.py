"""Colab and Google Drive, with an answer for everywhere else."""

import base64
import shutil
import sys
from html import escape
from pathlib import Path

from .images import save_image

DRIVE = Path("/content/drive")  # where Colab mounts it
OUTPUTS = Path("outputs")  # results lie here, beside the notebook


def in_colab():
    """Whether this runs in Google Colab."""
    return "google.colab" in sys.modules


def mount_drive():
    """Ask for your Google Drive; return the folder where results will be kept.

    It is MyDrive/nst. Outside Colab, or if you refuse, it is the local folder
    ``outputs``; a line says which.
    """
    place, why = None, "this is not Colab"
    if in_colab():
        from google.colab import drive

        try:
            drive.mount(str(DRIVE))
            place, why = drive_folder(), "Drive was not mounted"
        except Exception as error:  # a refusal comes as one of several kinds
            why = f"Drive was not mounted ({str(error) or type(error).__name__})"
    if place is None:
        OUTPUTS.mkdir(exist_ok=True)
        print(f"{why}: results stay in the folder {OUTPUTS.resolve()}")
        return OUTPUTS
    print(f"results will be copied to {place}")
    return place


def drive_folder():
    """MyDrive/nst if Drive is mounted, else None."""
    if not (DRIVE / "MyDrive").is_dir():
        return None
    (DRIVE / "MyDrive" / "nst").mkdir(exist_ok=True)
    return DRIVE / "MyDrive" / "nst"


def upload():
    """Ask for files with Colab's dialogue; return their paths, [] elsewhere."""
    if in_colab():
        from google.colab import files

        return [Path(name) for name in files.upload()]
    here = Path.cwd()
    print(f"this is not Colab: put your pictures into {here} and give their names")
    return []


def save(image, name, record=None):
    """Save a result in ``outputs``, copy it to Drive if mounted, link to it.

    ``name`` ends in .png or .jpg; ``record`` is as in `save_image`. Returns a link to
    download it, to be shown as a cell's last expression.
    """
    path = OUTPUTS / name
    save_image(image, path, record)
    share(path)
    return download(path)


def share(path):
    """Copy a result to Drive if it is mounted; returns where it is, in words."""
    folder = drive_folder()
    if not folder:
        return f"Saved {path}."
    shutil.copy(path, folder / path.name)
    return f"Saved {path}, and a copy in {folder}."


def download(path):
    """A link that holds the file itself: it works in Colab and in JupyterLab."""
    from IPython.display import HTML

    path = Path(path)
    size = f"{path.stat().st_size / 1e3:.0f} kB, also in {escape(str(path))}"
    return HTML(f"{link(path)} ({size})")


def link(path):
    """The HTML of `download`'s link."""
    name, address = escape(path.name), data(path.read_bytes(), path.suffix)
    return f'<a download="{name}" href="{address}">Download {name}</a>'


def data(content, ending):
    """An address that holds the bytes of an image file themselves."""
    kind = {".jpg": "jpeg"}.get(ending, ending[1:])
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
