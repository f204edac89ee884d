"""The Studio: a session, shown and changed by widgets."""

import threading
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.display import display
from torch import Tensor

from ...control.sizes import crop
from ...device import Device, Precision
from ...errors import within
from ...fields import lists_fields
from ...files import check_apart
from ...images import Source
from ...inputs import Inputs
from ...keep.places import check_ours
from ...keep.saving import save_image
from ...notebook.live import pick
from ...optimize import Step
from ...recipe import Recipe, as_recipe
from ...transfer import Sources
from ..engine import keep
from ..engine.film import ENDING, save_film
from ..engine.replay import record
from ..engine.session import Session
from ..engine.state import Closed, State
from . import views
from .actions import Actions
from .chooser import KINDS
from .jupyter import PLAYING, close_earlier, close_tree
from .layout import Layout
from .shelf import place, standing, stem_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ...changes import Changes


class Studio:
    """A panel of sliders that act while the picture is being painted.

    ``content`` and ``style`` are as in `nst.iterate`, ``changes`` are fields of the
    recipe; ``resume`` is the path of a checkpoint from which to go on instead, bit for
    bit. Messages from the browser trigger the steps; without a browser, call `run`.

    Example:
        >>> studio = nst.Studio("cat", "ink", size=32)
        >>> studio.run(2).number
        2
    """

    session: Session

    @lists_fields(Recipe)
    def __init__(
        self,
        content: Source = "cat",
        style: Sources = "brush_strokes",
        recipe: Recipe | None = None,
        *,
        device: Device = None,
        precision: Precision = "auto",
        resume: str | Path | None = None,
        **changes: "Unpack[Changes]",
    ) -> None:
        if recipe is None and "size" not in changes:
            changes["size"] = pick(cpu=256, gpu=512, fast=64)
        recipe = as_recipe(recipe, **changes)
        self._kept: dict[str, Path] = {}  # the paths of checkpoints, by their pictures
        if resume:
            self.session = keep.read(resume, device, precision)
            self._kept[stem_of(self.session.state)] = Path(resume)
        else:
            inputs = Inputs.of(content, style)
            self.session = Session(inputs, recipe, device, precision)
        self.panel = Layout()
        self.lock = threading.RLock()  # newer kernels read messages in a thread
        with keep.usable(resume) if resume else nullcontext():
            self._jumped()
        self.panel.say("Press Start. The sliders act while it paints.")
        Actions(self)
        close_earlier(self)

    @property
    def image(self) -> Tensor:
        """The image as it is now: (1, 3, H, W) on the CPU."""
        return self.session.picture

    @property
    def recipe(self) -> Recipe:
        """The recipe as it is now."""
        return self.session.state.recipe

    def run(self, steps: int = 1) -> Step:
        """Take some steps now; return the last one."""
        within("steps", steps, 1)
        with self.lock:
            step = self.session.run(self.session.state.number + steps)
            self.panel.show(self.session, self.until)
        assert step  # there was at least one
        return step

    def set(self, **changes: Any) -> str:
        """Change weights from the next step on, or begin a new run; return a sentence.

        ``changes`` are fields of the recipe, ``content``, ``style``, ``second`` (a
        style to blend with the first, or None) or ``recipe``.
        """
        with self.lock:
            state, what = self.session.state, views.words(changes)
            if not self.session.fixed(changes):
                self.session.change(**changes)
                self.panel.show(self.session, self.until)
                return f"{what}: from step {state.number + 1} on."
            content, *styles = (changes.pop(k, getattr(state, k)) for k in KINDS)
            inputs = Inputs.of(
                content, [style for style in styles if style is not None]
            )
            recipe = as_recipe(changes.pop("recipe", state.recipe), **changes)
            if len(recipe.blend or inputs.styles) != len(inputs.styles):
                recipe = recipe.replace(blend=None)
            self.session.begin(inputs, recipe)
            self._jumped()
            return f"New run: {what}. Undo brings the last one back."

    def enlarge(self, size: int) -> str:
        """Go on from the present picture to a larger ``size`` in pixels.

        Return what that needs; `run` or Start then paints it.
        """
        with self.lock:
            self.session.enlarge(size)
            self._jumped()
            memory = f"up to {self.session.need() / 1e9:.1f} GB"
            left = self.session.seconds_left(self.until)
            time = f"about {views.seconds(left)}" if left else "some time"
            return f"From here to {size} px: {memory} and {time}. Press Start."

    def restart(self) -> str:
        """Begin again at step 0 with the same pictures and recipe."""
        with self.lock:
            state = self.session.state
            self.session.begin(state.inputs, state.recipe)
            self._jumped()
            return "From the start. Undo brings the last run back."

    def undo(self) -> str:
        """Go back to before the last change, the picture as well."""
        with self.lock:
            self.session.undo()
            return self._jumped()

    def snapshot(self) -> str:
        """Keep the present picture and weights in the strip."""
        with self.lock:
            self.panel.strip.add(self.session.state, self.image)
            return "Kept. Click a snapshot to go back to it."

    def restore(self, state: State) -> str:
        """Go back to a snapshot's state."""
        with self.lock:
            self.session.restore(state)
            return self._jumped()

    def save(self, path: str | Path | None = None) -> Path:
        """Save the picture with its recipe and moves; return the path.

        Raise `InputError` if that of an input, or of a file that nst did not make.
        """
        with self.lock:
            path = self._place(path, ".png")
            alpha = crop(self.session.state.content.alpha, self.recipe)
            save_image(self.image, path, record(self.session), alpha=alpha)
        return path

    def film(self, path: str | Path | None = None) -> Path:
        """Save the run as an animated picture (.webp or .gif); return the path."""
        path = self._place(path, ENDING)
        save_film(self.session.state.frames, path, self.session.colored)
        return path

    def keep(self, path: str | Path | None = None) -> Path:
        """Save the session as a checkpoint, for ``resume``; return the path."""
        with self.lock:
            state = self.session.state
            return keep.write(self.session, path or standing(state, self._kept))

    def close(self) -> None:
        """Stop, close the widgets and free the memory."""
        with self.lock:
            self.playing = False
            close_tree(self.panel)
            self.session.close()
            self.session = Closed()  # type: ignore[assignment]

    @property
    def playing(self) -> bool:
        return getattr(self.panel.play, PLAYING)

    @playing.setter
    def playing(self, value: bool) -> None:
        setattr(self.panel.play, PLAYING, value)

    def _place(self, path: str | Path | None, ending: str) -> Path:
        """Return ``path``, or a new one; raise `InputError` if it must not be."""
        state = self.session.state
        path = Path(path or place(state, ending))
        check_apart([path], state.inputs.files())
        check_ours(path)
        return path

    def _jumped(self) -> str:
        """Show the session after its state was replaced; return a sentence.

        Start then runs to the end of the recipe; the link to a picture of before goes.
        """
        self.panel.text["files"].value = ""
        state = self.session.state
        steps = sum(count for _, count in state.levels)
        self.until = max(steps, state.number)
        self.panel.plan(steps)
        self.panel.show(self.session, self.until)
        return f"Back at {views.weights(state)}."

    def _ipython_display_(self) -> None:
        display(self.panel)
