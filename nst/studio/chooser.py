"""One of the two pictures: a sample, a painting, a file, an address or an upload."""

import ipywidgets as widgets

from ..samples import PAINTINGS, PHOTOS, STYLES
from . import views
from .jupyter import tip, uploaded
from .state import Picture

THUMB = 120  # pixels
KINDS = {"content": "content", "style": "style", "second": "second"}
NONE = "no second style"
NOTHING = Picture(NONE, None)


class Chooser(widgets.HBox):
    """``chosen(read)`` hears of a person's choice; ``read()`` is the `Picture`."""

    def __init__(self, kind):
        self.chosen, self._kind, self._showing = None, kind, False
        self._known, self._shown = {}, None  # what was chosen, by name, to share
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
        self.upload = widgets.FileUpload(
            accept="image/*", multiple=False, description=f"upload {kind}"
        )
        self.name.observe(lambda change: self._pick(change["new"]), "value")
        self.place.observe(lambda change: self._pick(change["new"]), "value")
        self.upload.observe(lambda change: self._take(change["new"]), "value")
        column = widgets.VBox([self.name, self.place, self.upload])
        super().__init__([self.thumb, column])
        self.add_class("nst-chooser")

    def show(self, picture):
        """Show what is chosen, which is no choice."""
        picture = picture or NOTHING
        self._showing = True
        try:
            self._known[picture.name] = picture
            own = [name for name in self._known if name not in self._names]
            if self.name.options != (*self._names, *own):
                self.name.options = (*self._names, *own)
            self.name.value = picture.name
        finally:
            self._showing = False
        if picture is not self._shown:
            self._shown, self.place.value = picture, ""
            alt = f"{self._kind}: {picture.name}"
            seen = picture.image is not None
            self.thumb.value = views.picture(picture.image, alt, THUMB) if seen else ""

    def _pick(self, source):
        if source and not self._showing:
            known = self._known.get(source, source)
            self.chosen(lambda: None if known is NOTHING else Picture.read(known))

    def _take(self, value):
        if value:
            self.chosen(lambda: Picture.read(*uploaded(value)))
