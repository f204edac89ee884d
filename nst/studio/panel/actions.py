"""What happens when a person uses a control, and at each tick of the clock."""

import logging
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...control.refusal import TooLarge
from ...control.shortage import ran_out
from ...errors import InputError, InputWarning, first_line
from ...notebook import colab
from ...recipe import Recipe
from .jupyter import PLAYING

if TYPE_CHECKING:
    from .studio import Studio

BURST = 0.15  # seconds of steps in one tick of the clock
KEEP = 60.0  # seconds from one checkpoint to the next while painting
log = logging.getLogger(__name__)


class Actions:
    """The actions of a Studio: they connect its controls to its methods."""

    def __init__(self, studio: "Studio") -> None:
        self.studio, self.panel = studio, studio.panel
        self._wish: dict[str, Any] = {}  # refused for memory, with a size that fits
        self._kept, self._fault_told = time.monotonic(), ""  # of the last checkpoint
        for kind, chooser in self.panel.chooser.items():
            chooser.chosen = partial(self._choose, kind)
        self.panel.dials.moved = partial(self._attempt, self._set)
        self.panel.strip.chosen = partial(self._attempt, studio.restore)
        for name, dropdown in self.panel.setting.items():
            self._observe(dropdown, partial(self._setting, name))
        self._observe(self.panel.compare, lambda on: None)
        self._observe(self.panel.steps, self._pause_after)
        self._observe(self.panel.large, lambda s: studio.enlarge(s) if s else None)
        self.panel.play.observe(self._start, PLAYING)
        self.panel.play.observe(self._tick, "value")
        for name, button in self.panel.button.items():
            action = getattr(self, f"_{name}", None) or getattr(studio, name)
            button.on_click(lambda _, action=action: self._attempt(action))

    def _attempt(self, action: Callable, *args: Any, **kwargs: Any) -> None:
        """Call ``action``; show its sentence, or that of the error it raises."""
        with self.studio.lock:
            self.panel.offer(None)
            try:
                text, error = _with_notes(action, *args, **kwargs), False
            except InputError as mistake:
                text, error = str(mistake), True
            except Exception as fault:
                text, error = self._fault(fault), True
            self.panel.show(self.studio.session, self.studio.until)
            self.panel.say(text or "", error)

    def _observe(self, widget: Any, action: Callable) -> None:
        """Call ``action(value)``, by `_attempt`, when a person sets the widget."""
        self.panel.showing.hear(widget, lambda value: self._attempt(action, value))

    def _set(self, **changes: Any) -> str:
        try:
            return self.studio.set(**changes)
        except TooLarge as mistake:
            self._wish = {**changes, "size": mistake.size}
            self.panel.offer(mistake.size)
            raise

    def _smaller(self) -> str:
        return self._set(**self._wish)

    def _choose(self, kind: str, read: Callable) -> None:
        self._attempt(lambda: self._set(**{kind: read()}))

    def _setting(self, name: str, value: Any) -> str:
        if name == "preset":
            size = self.studio.recipe.size
            return self._set(recipe=Recipe.preset(value, size=size))
        return self._set(**{name: value})

    def _step(self) -> None:
        self.studio.run(1)

    def _save(self) -> str:
        return self._file(self.studio.save())

    def _film(self) -> str:
        return self._file(self.studio.film())

    def _file(self, path: Path) -> str:
        self.panel.text["files"].value = colab.link(path)
        return colab.share(path)

    def _pause_after(self, steps: int) -> str:
        self.studio.until = self.studio.session.state.number + steps
        return f"Pauses after step {self.studio.until}."

    def _start(self, change: dict) -> None:
        number = self.studio.session.state.number
        self.panel.show_status(self.studio.session, self.studio.until)
        if change["new"] and number >= self.studio.until:
            self.studio.until = number + self.panel.steps.value

    def _tick(self, change: dict) -> None:
        studio = self.studio
        with studio.lock:
            if not studio.playing:
                return  # a tick sent before the pause
            began, session = time.perf_counter(), studio.session
            try:
                while session.state.number < studio.until:
                    session.step()
                    if time.perf_counter() - began > BURST:
                        break
                if time.monotonic() - self._kept > KEEP:
                    self._keep()
            except Exception as fault:
                self.panel.say(self._fault(fault), error=True)
            if session.state.number >= studio.until:
                studio.playing = False
                self.panel.say("Done. Start goes on; a slider gives it a new turn.")
            self.panel.show_progress(session, studio.until)

    def _keep(self) -> None:
        """Keep the session; say once, not at each time, that this cannot be done."""
        self._kept, path, told = time.monotonic(), None, ""
        try:
            path = self.studio.keep()
            colab.copy(path)
        except InputError as mistake:
            told = str(mistake)
        if told and told != self._fault_told:
            self.panel.say(told, error=path is None)
        self._fault_told = told

    def _fault(self, fault: Exception) -> str:
        """Pause, log an unexpected error in full and return one sentence for it."""
        self.studio.playing = False
        log.error("the Studio paused", exc_info=fault)
        if ran_out(fault):
            return "Out of memory: choose a smaller size. The picture is still here."
        return f"Paused, because something went wrong: {first_line(fault)}"


def _with_notes(action: Callable, *args: Any, **kwargs: Any) -> str:
    """Call ``action``; return its sentence, and what there is to know of an input."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", InputWarning)
        text = action(*args, **kwargs)
    notes = [str(w.message) for w in told if issubclass(w.category, InputWarning)]
    return " ".join(filter(None, [text, *(f"{note}." for note in notes)]))
