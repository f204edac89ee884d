"""Differences between ipywidgets 7 and 8 and front ends; closing earlier panels."""

import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import IPython
import ipywidgets as widgets

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


def take(upload: widgets.FileUpload) -> tuple[str, bytes]:
    """Return (name, content) of the file that was uploaded, and empty the widget.

    Else the same file could not come again, and a notebook that is saved with the state
    of its widgets would hold it.
    """
    if isinstance(upload.value, dict):  # ipywidgets 7
        ((name, file),) = upload.value.items()
        upload.metadata, upload.data, upload._counter = [], [], 0
    else:
        (file,) = upload.value
        name, upload.value = file["name"], ()
    return Path(name).name, bytes(file["content"])


def check_pixels(name: str, content: bytes) -> None:
    """Raise `InputError` if an uploaded picture has more than `MOST_PIXELS`."""
    width = height = 0
    with suppress(Exception):  # reading its pixels will tell what is wrong
        width, height = opened(content, name).size
    if width * height > MOST_PIXELS:
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
