"""The Studio: a session, seen and steered through widgets."""

import threading
from pathlib import Path

from IPython.display import display

from ..errors import within
from ..images import save_image
from ..live import pick
from ..provenance import check_apart
from ..recipe import as_recipe
from . import keep, views
from .actions import Actions
from .chooser import KINDS
from .film import ENDING, save_film
from .jupyter import PLAYING, close_earlier, close_tree
from .layout import Layout
from .replay import record
from .session import Session
from .shelf import place, standing
from .state import Closed


class Studio:
    """A panel of sliders that act while the picture is being painted.

    ``content`` and ``style`` are whatever `nst.iterate` takes, ``changes`` fields of
    the recipe, ``device``, and ``resume``: a checkpoint to go on from, bit for bit,
    instead. Work is done only in messages from the browser; without one, by `run`.
    """

    def __init__(self, content="cat", style="brush_strokes", recipe=None, **changes):
        device, kept = changes.pop("device", None), changes.pop("resume", None)
        if recipe is None:
            changes = {"size": pick(cpu=256, gpu=512, fast=64), **changes}
        recipe = as_recipe(recipe, **changes)
        new = content, style, recipe, device
        self.session = keep.read(kept, device) if kept else Session(*new)
        self.panel = Layout()
        self.lock = threading.RLock()  # newer kernels hear the browser in a thread
        self._jumped()
        self.panel.say("Press Start. The sliders act while it paints.")
        Actions(self)
        close_earlier(self)

    image = property(lambda self: self.session.picture)  # (1, 3, H, W), on the CPU
    recipe = property(lambda self: self.session.state.recipe)  # as it is now

    def run(self, steps=1):
        """Take some steps now; returns the last one."""
        within("steps", steps, 1)
        with self.lock:
            step = self.session.run(self.session.state.number + steps)
            self.panel.show(self.session, self.until)
        return step

    def set(self, **changes):
        """Change weights, which act at the next step, or begin a new run.

        ``changes`` are fields of the recipe, ``content``, ``style``, ``second`` (a
        style to blend with the first, or None) or ``recipe``.
        """
        with self.lock:
            state, told = self.session.state, views.told(changes)
            if not self.session.fixed(changes):
                self.session.change(**changes)
                self.panel.show(self.session, self.until)
                return f"{told}: from step {state.number + 1} on."
            content, *styles = (changes.pop(k, getattr(state, k)) for k in KINDS)
            styles = [style for style in styles if style is not None]
            recipe = as_recipe(changes.pop("recipe", state.recipe), **changes)
            if len(recipe.blend or styles) != len(styles):
                recipe = recipe.replace(blend=None)
            self.session.begin(content, styles, recipe)
            self._jumped()
            return f"New run: {told}. Undo brings the last one back."

    def restart(self):
        """The same pictures and recipe from step 0."""
        with self.lock:
            state = self.session.state
            self.session.begin(state.content, state.styles, state.recipe)
            self._jumped()
            return "From the start. Undo brings the last run back."

    def undo(self):
        """Back to before the last change, its picture as well."""
        with self.lock:
            self.session.undo()
            return self._jumped()

    def snapshot(self):
        """Keep the present picture and weights in the strip."""
        with self.lock:
            self.panel.strip.add(self.session.state, self.image)
            return "Kept. Click a snapshot to go back to it."

    def restore(self, state):
        """Go back to a snapshot's state."""
        with self.lock:
            self.session.restore(state)
            return self._jumped()

    def save(self, path=None):
        """Save the picture with its recipe and moves; returns the path."""
        with self.lock:
            check_apart([path or ""], self.session.state.names)
            path = Path(path or place(self.session.state, ".png"))
            save_image(self.image, path, record(self.session))
        return path

    def film(self, path=None):
        """Save the run as an animated picture (.webp or .gif); returns the path."""
        path = Path(path or place(self.session.state, ENDING))
        save_film(self.session.state.frames, path, self.session.colored)
        return path

    def keep(self, path=None):
        """Keep all of it in a checkpoint, for ``resume``; returns the path."""
        with self.lock:
            return keep.write(self.session, path or standing(self.session.state))

    def close(self):
        """Stop, and let go of widgets and memory."""
        with self.lock:
            self.playing = False
            close_tree(self.panel)
            self.session.close()
            self.session = Closed()

    @property
    def playing(self):
        return getattr(self.panel.play, PLAYING)

    @playing.setter
    def playing(self, value):
        setattr(self.panel.play, PLAYING, value)

    def _jumped(self):
        """Go on from another state; the run pauses at the end of its recipe."""
        state = self.session.state
        steps = sum(count for _, count in state.recipe.levels())
        self.until = max(steps, state.number)
        self.panel.plan(steps)
        self.panel.show(self.session, self.until)
        return f"Back at {views.weights(state)}."

    def _ipython_display_(self):
        display(self.panel)
