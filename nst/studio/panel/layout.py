"""The panel's widgets: where they are and what they show, not what they do."""

from typing import Any

import ipywidgets as widgets

from ...inputs import Picture
from ...recipe import SIZES
from ..engine.session import Session
from . import views
from .chart import chart
from .chooser import KINDS, Chooser
from .dials import Dials
from .jupyter import PLAYING, Showing, tip
from .settings import SETTINGS, offers
from .strip import Strip

HEARTBEAT = 60  # milliseconds between two ticks
BUTTONS = {
    "step": ("Step", "take one step"),
    "undo": ("Undo", "back to before the last change, the picture as well"),
    "restart": ("Reset", "the same recipe from step 0"),
    "snapshot": ("Snapshot", "keep this picture and its weights, to go back to"),
    "save": ("Save PNG", "with the recipe and every move inside"),
    "film": ("Time-lapse", "the run as an animated picture"),
    "smaller": ("", "a size that fits into memory"),
}


class Layout(widgets.VBox):
    """The panel: all controls by name.

    In the context ``showing`` the program can set them without triggering an action.
    """

    def __init__(self) -> None:
        self.showing = Showing()
        self._compared: Picture | None = None
        self.chooser = {kind: Chooser(kind) for kind in KINDS}
        self.setting = {
            name: tip(widgets.Dropdown(description=label), about)
            for name, (label, about) in SETTINGS.items()
        }
        self.dials, self.strip = Dials(), Strip()
        # Only the browser can start this clock in ipywidgets 7: it is also the button.
        self.play = widgets.Play(max=10**9, interval=HEARTBEAT, description="run")
        self.play.add_class("nst-play")
        self.steps = widgets.BoundedIntText(min=1, max=10**6, description="steps")
        tip(self.steps, "how many steps until it pauses")
        self.large = widgets.Dropdown(description="paint large")
        tip(self.large, "go on from this picture to a larger size")
        self.button = {
            name: tip(widgets.Button(description=label), about)
            for name, (label, about) in BUTTONS.items()
        }
        self.compare = widgets.ToggleButton(description="Compare")
        tip(self.compare, "lay the content over the picture")
        texts = ("picture", "cover", "status", "chart", "message", "files")
        self.text = {name: widgets.HTML() for name in texts}
        self.offer(None)
        super().__init__(self._arrange())
        self.add_class("nst-studio")

    def __repr__(self) -> str:  # a notebook without widgets shows this
        return "the Studio: run this cell in Jupyter or Colab to see it"

    def show(self, session: Session, until: int) -> None:
        """Show the session as it is now, in all widgets."""
        state = session.state
        with self.showing:
            for kind, chooser in self.chooser.items():
                chooser.show(getattr(state, kind))
            for name, (value, offered) in offers(state.recipe).items():
                if list(self.setting[name].options) != offered:
                    self.setting[name].options = offered
                self.setting[name].value = value
            present, _ = state.level()
            sizes = [(f"{size} px", size) for size in SIZES if size > present]
            self.large.options, self.large.value = [("to …", 0), *sizes], 0
            self.dials.show(state)
        covered = state.content if self.compare.value else None
        if covered is not self._compared:
            self._compared = covered
            self.text["cover"].value = covered and views.cover(covered) or ""
        self.show_progress(session, until)

    def show_progress(self, session: Session, until: int) -> None:
        """Show what a step changes: picture, status, chart and percent matched."""
        state = session.state
        styles = " and ".join(style.name for style in state.inputs.styles)
        alt = f"{state.content.name} in the style of {styles}, step {state.number}"
        self.text["picture"].value = views.picture(session.picture, alt)
        self.show_status(session, until)
        self.text["chart"].value = chart(state)
        self.dials.show_matched(state)

    def show_status(self, session: Session, until: int) -> None:
        """Show where the run is, and its pace while it plays."""
        pace = session.pace if getattr(self.play, PLAYING) else 0.0
        left = session.seconds_left(until)
        self.text["status"].value = views.status(session.state, until, pace, left)

    def plan(self, steps: int) -> None:
        """Show how many steps Start will take."""
        with self.showing:
            self.steps.value = steps

    def say(self, text: str, error: bool = False) -> None:
        """Show one sentence below the picture."""
        self.text["message"].value = views.message(text, error)

    def offer(self, size: int | None) -> None:
        """Show the button that takes a smaller size; None hides it."""
        button = self.button["smaller"]
        button.description = f"Use {size} px"
        button.layout.display = None if size else "none"

    def _arrange(self) -> list[widgets.Widget]:
        button, text = self.button, self.text
        settings = _box("nst-settings", *self.setting.values())
        sources = _box("nst-sources", *self.chooser.values(), settings)
        run = (self.play, self.steps, *(button[n] for n in ("step", "undo", "restart")))
        middle = _box(
            "nst-middle",
            _box("nst-stage", text["picture"], text["cover"]),
            _box("nst-bar", *run),
            text["status"],
            _box("nst-bar", text["message"], button["smaller"]),
            self.strip,
        )
        keep = (button["snapshot"], self.compare, button["save"], button["film"])
        keep = _box("nst-bar", *keep, self.large)
        right = _box("nst-right", self.dials, text["chart"], keep, text["files"])
        grid = _box("nst-grid", sources, middle, right)
        return [widgets.HTML(f"<style>{views.CSS}</style>{views.UPLOADS}"), grid]


def _box(name: str, *children: widgets.Widget) -> Any:
    box = widgets.Box(children)
    box.add_class(name)
    return box
