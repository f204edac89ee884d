"""Where ipywidgets 7 and 8 and the front ends differ, and what a cell leaves behind."""

import io
import weakref
from pathlib import Path

import ipywidgets as widgets
from PIL import Image

from ..errors import InputError

MOST_PIXELS = 64_000_000  # of an upload
PLAYING = "playing" if hasattr(widgets.Play, "playing") else "_playing"
_open = weakref.WeakKeyDictionary()  # {panel: (cell, execution)}


def tip(widget, text):
    """Say more about a widget when the mouse rests on it; returns the widget."""
    named = "tooltip" if widget.has_trait("tooltip") else "description_tooltip"
    setattr(widget, named, text)
    return widget


def uploaded(value):
    """(PIL image, name) of the newest file in a FileUpload's value."""
    if isinstance(value, dict):  # version 7
        files = [(name, file["content"]) for name, file in value.items()]
    else:
        files = [(file["name"], file["content"]) for file in value]
    name, data = files[-1]
    name = Path(name).name
    try:
        picture = Image.open(io.BytesIO(bytes(data)))
        width, height = picture.size
        if width * height <= MOST_PIXELS:
            picture.load()
            return picture, name
    except Exception as error:  # Pillow's decoders raise what they like
        raise InputError(
            f"cannot read {name!r} as a picture: choose a PNG or a JPEG"
        ) from error
    raise InputError(
        f"{name!r} has {width}x{height} pixels: "
        f"make it smaller than {MOST_PIXELS // 10**6} megapixels first"
    )


def close_tree(widget):
    """Close a widget and all inside it: the kernel keeps no trace of them."""
    for child in getattr(widget, "children", ()):
        close_tree(child)
    for part in (getattr(widget, name, None) for name in ("layout", "style")):
        if isinstance(part, widgets.Widget):
            part.close()
    widget.close()


def close_earlier(panel):
    """Close the panels that an earlier run of this cell has opened."""
    here = _here()
    for other, (cell, execution) in list(_open.items()):
        if here and cell == here[0] and execution != here[1]:
            other.close()
    if here:
        _open[panel] = here


def _here():
    """(cell, execution) of the code that is running; None outside a notebook."""
    try:
        shell = get_ipython()  # noqa: F821  IPython puts it among the builtins
        request = shell.kernel.get_parent("shell")
        cell = request.get("metadata", {}).get("cellId") or request["content"]["code"]
        return cell, shell.execution_count
    except (NameError, AttributeError, KeyError):
        return None
