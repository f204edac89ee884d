"""Choose a picture: a sample, a painting, a file, an address or an upload."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from ...inputs import Picture
from ...samples import PAINTINGS, PHOTOS, STYLES
from . import views
from .jupyter import Showing, check_pixels, take, tip

THUMB = 120  # pixels, long side
KINDS = {"content": "content", "style": "style", "second": "second"}
NONE = "no second style"


class Chooser(widgets.HBox):
    """A chooser: the widgets to choose the content or one of the styles.

    ``chosen(read)`` is called when a person chooses; ``read()`` returns the `Picture`.
    """

    chosen: Callable[[Callable[[], Picture | None]], None]

    def __init__(self, kind: str) -> None:
        self._kind, self._showing = kind, Showing()
        self._known: dict[str, Picture | None] = {}  # chosen pictures, by name
        self._shown: Picture | None = None
        names = PHOTOS + STYLES if kind == "content" else STYLES + PHOTOS
        self._names = (*names, *PAINTINGS)
        if kind == "second":
            self._names = (NONE, *self._names)
        self.thumb = widgets.HTML()
        self.name = tip(
            widgets.Dropdown(options=self._names, description=KINDS[kind]),
            "a sample, or a painting that is downloaded once",
        )
        self.place = widgets.Text(
            placeholder="or file, address",
            description="",
            continuous_update=False,
        )
        tip(self.place, f"path or http address of the {kind} picture")
        self.upload = tip(
            widgets.FileUpload(
                accept="image/*,.heic,.heif", description=f"upload {kind}"
            ),
            views.UPLOAD,
        )
        self._showing.hear(self.name, self._pick)
        self._showing.hear(self.place, self._pick)
        self._showing.hear(self.upload, self._take)
        column = widgets.VBox([self.name, self.place, self.upload])
        super().__init__([self.thumb, column])
        self.add_class("nst-chooser")

    def show(self, picture: Picture | None) -> None:
        """Show which picture is used, without calling ``chosen``."""
        name = picture.name if picture else NONE
        with self._showing:
            self._known[name] = picture
            own = [name for name in self._known if name not in self._names]
            if self.name.options != (*self._names, *own):
                self.name.options = (*self._names, *own)
            self.name.value, self.place.value = name, ""
        if picture is self._shown:
            return
        self._shown = picture
        alt = f"{self._kind}: {name}"
        self.thumb.value = views.picture(picture.image, alt, THUMB) if picture else ""

    def _pick(self, source: str) -> None:
        if source == NONE:
            self.chosen(lambda: None)
        elif source:
            self.chosen(lambda: _read(self._known.get(source, source)))

    def _take(self, value: Any) -> None:
        if value:
            name, content = take(self.upload)
            self.chosen(lambda: _uploaded(name, content))


def _uploaded(name: str, content: bytes) -> Picture:
    check_pixels(name, content)
    return _read({name: content})


def _read(source: Any) -> Picture:
    """Return a `Picture` with its pixels already read, so that errors come now."""
    picture = Picture.of(source)
    picture.image  # noqa: B018  reads the pixels
    return picture
