"""What happens when a person touches a control, and when the clock ticks."""

import logging
import time
from functools import partial

from .. import colab
from ..errors import InputError
from ..memory import TooLarge, ran_out
from ..recipe import Recipe
from .jupyter import PLAYING

BURST = 0.15  # seconds of steps in one tick of the clock
KEEP = 60.0  # seconds between two checkpoints while it paints
log = logging.getLogger(__name__)


class Actions:
    """Lets the controls of ``studio.panel`` act on ``studio``."""

    def __init__(self, studio):
        self.studio, self.panel = studio, studio.panel
        self._wish = {}  # what would have needed too much memory
        self._kept = time.monotonic()
        for kind, chooser in self.panel.chooser.items():
            chooser.chosen = partial(self._choose, kind)
        self.panel.dials.moved = partial(self._attempt, self._set)
        self.panel.strip.chosen = partial(self._attempt, studio.restore)
        for name, dropdown in self.panel.setting.items():
            self._observe(dropdown, partial(self._setting, name))
        self._observe(self.panel.compare, lambda on: None)
        self._observe(self.panel.steps, self._pause_after)
        self.panel.play.observe(self._start, PLAYING)
        self.panel.play.observe(self._tick, "value")
        for name, button in self.panel.button.items():
            action = getattr(self, f"_{name}", None) or getattr(studio, name)
            button.on_click(lambda _, action=action: self._attempt(action))

    def _attempt(self, action, *args, **kwargs):
        """Do it. A mistake is told in one sentence and leaves all as it was."""
        with self.studio.lock:
            self.panel.offer(None)
            try:
                text, error = action(*args, **kwargs), False
            except InputError as mistake:
                text, error = str(mistake), True
            except Exception as fault:
                text, error = self._fault(fault), True
            self.panel.show(self.studio.session, self.studio.until)
            self.panel.say(text or "", error)

    def _observe(self, widget, action):
        """Attempt ``action(value)`` when a person sets the widget."""

        def hear(change):
            if not self.panel.showing:
                self._attempt(action, change["new"])

        widget.observe(hear, "value")

    def _set(self, **changes):
        try:
            return self.studio.set(**changes)
        except TooLarge as mistake:
            self._wish = {**changes, "size": mistake.size}
            self.panel.offer(mistake.size)
            raise

    def _smaller(self):
        return self._set(**self._wish)

    def _choose(self, kind, read):
        self._attempt(lambda: self._set(**{kind: read()}))

    def _setting(self, name, value):
        if name == "preset":
            size = self.studio.recipe.size
            return self._set(recipe=Recipe.preset(value, size=size))
        return self._set(**{name: value})

    def _step(self):
        self.studio.run(1)

    def _save(self):
        return self._file(self.studio.save())

    def _film(self):
        return self._file(self.studio.film())

    def _file(self, path):
        self.panel.text["files"].value = colab.link(path)
        return colab.share(path)

    def _pause_after(self, steps):
        self.studio.until = self.studio.session.state.number + steps
        return f"Pauses after step {self.studio.until}."

    def _start(self, change):
        number = self.studio.session.state.number
        if change["new"] and number >= self.studio.until:
            self.studio.until = number + self.panel.steps.value

    def _tick(self, change):
        studio = self.studio
        with studio.lock:
            if not studio.playing:
                return  # a tick that was on its way
            began, session = time.perf_counter(), studio.session
            try:
                while session.state.number < studio.until:
                    session.step()
                    if time.perf_counter() - began > BURST:
                        break
                if time.monotonic() - self._kept > KEEP:
                    self._kept = time.monotonic()
                    colab.share(studio.keep())
            except Exception as fault:
                self.panel.say(self._fault(fault), error=True)
            if session.state.number >= studio.until:
                studio.playing = False
                self.panel.say("Done. Start goes on; a slider gives it a new turn.")
            self.panel.show_progress(session, studio.until)

    def _fault(self, fault):
        """One sentence for what should not happen; it is logged in full."""
        self.studio.playing = False
        log.error("the Studio paused", exc_info=fault)
        if ran_out(fault):
            return "Out of memory: choose a smaller size. The picture is still here."
        first = (str(fault) or type(fault).__name__).splitlines()[0]
        return f"Paused, because something went wrong: {first}"
