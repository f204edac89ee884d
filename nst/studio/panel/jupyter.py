"""Differences between ipywidgets 7 and 8 and front ends; closing earlier panels."""

import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import IPython
import ipywidgets as widgets
from PIL import Image

from ...errors import InputError
from ...reading.decoding import opened

MOST_PIXELS = 64_000_000  # the most for an upload
PLAYING = "playing" if hasattr(widgets.Play, "playing") else "_playing"
_open: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # {panel: `_here()`}


class Showing:
    """A context in which the program sets widgets without triggering an action."""

    def __init__(self) -> None:
        self._now = False

    def __enter__(self) -> None:
        self._now = True

    def __exit__(self, *error: object) -> None:
        self._now = False

    def hear(self, widget: widgets.Widget, action: Callable[[Any], Any]) -> None:
        """Call ``action(value)`` when a person, not the program, sets the widget."""

        def heard(change: dict) -> None:
            if not self._now:
                action(change["new"])

        widget.observe(heard, "value")


def tip(widget: Any, text: str) -> Any:
    """Set the text shown when the mouse rests on a widget; return the widget."""
    named = "tooltip" if widget.has_trait("tooltip") else "description_tooltip"
    setattr(widget, named, text)
    return widget


def uploaded(value: Any) -> tuple[Image.Image, str]:
    """Return (PIL image, name) of the newest file in a FileUpload's value."""
    if isinstance(value, dict):  # ipywidgets 7
        files = [(name, file["content"]) for name, file in value.items()]
    else:
        files = [(file["name"], file["content"]) for file in value]
    name, data = files[-1]
    name = Path(name).name
    try:
        picture = opened(bytes(data), name)
        width, height = picture.size
        if width * height <= MOST_PIXELS:
            picture.load()
            return picture, name
    except InputError:
        raise
    except Exception as error:  # Pillow's decoders raise many types of error
        raise InputError(
            f"cannot read {name!r} as a picture: choose a PNG or a JPEG"
        ) from error
    raise InputError(
        f"{name!r} has {width}x{height} pixels: "
        f"make it smaller than {MOST_PIXELS // 10**6} megapixels first"
    )


def close_tree(widget: widgets.Widget) -> None:
    """Close a widget and all inside it, so that the kernel frees them."""
    for child in getattr(widget, "children", ()):
        close_tree(child)
    for part in (getattr(widget, name, None) for name in ("layout", "style")):
        if isinstance(part, widgets.Widget):
            part.close()
    widget.close()


def close_earlier(panel: Any) -> None:
    """Close the panels that an earlier run of this cell opened; note this one."""
    here = _here()
    for other, (cell, execution) in list(_open.items()):
        if here and cell == here[0] and execution != here[1]:
            other.close()
    if here:
        _open[panel] = here


def _here() -> tuple[Any, int] | None:
    """Return (cell, execution number) of the running code; None if not a notebook."""
    try:
        shell = IPython.get_ipython()
        request = shell.kernel.get_parent("shell")
        cell = request.get("metadata", {}).get("cellId") or request["content"]["code"]
        return cell, shell.execution_count
    except (AttributeError, KeyError):
        return None
