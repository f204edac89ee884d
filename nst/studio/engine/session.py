"""The engine: a run that can be changed, undone and replayed, without widgets."""

import time
from collections import deque
from dataclasses import replace
from typing import Any

from torch import Tensor

from ...control.colors import finish
from ...control.memory import make_room, need
from ...control.shortage import tell
from ...control.sizes import check_pictures, crop
from ...device import Device, Precision, choose
from ...errors import InputError
from ...inputs import Inputs
from ...optimize import Descent, Step
from ...recipe import Recipe, as_recipe
from .film import frame
from .painter import Painter
from .state import CURVES, LIVE, VIEWS, State, enlarged, thin

UNDOS, POINTS, FRAMES = 20, 400, 100  # how many of each are kept


class Session:
    """A session: a run whose `step` goes on from ``state``, and that can be changed.

    It consists of steps and moves. A move changes the state; the optimiser then starts
    afresh from its image. Without moves the steps are those of `nst.iterate`. Inputs,
    first recipe and moves are enough to make any state again, see replay.py.
    """

    state: State

    def __init__(
        self,
        inputs: Inputs,
        recipe: Recipe | None = None,
        device: Device = None,
        precision: Precision = "auto",
    ) -> None:
        self._prepare(device, precision)
        self.begin(inputs, as_recipe(recipe))

    @classmethod
    def resumed(
        cls,
        state: State,
        descent: dict[str, Any] | None,
        device: Device = None,
        precision: Precision = "auto",
    ) -> "Session":
        """Return the session of a checkpoint; it goes on as if it had not stopped."""
        session = cls.__new__(cls)
        session._prepare(device, precision)
        session.state = state
        if descent:
            try:
                session.descent = session._painter.descent(state)
                session.descent.load_state_dict(descent)
            except (RuntimeError, MemoryError) as error:
                session.close()
                tell(error, state.recipe)
                raise
        return session

    def _prepare(self, device: Device, precision: Precision) -> None:
        self.compute = choose(device, precision)
        self.pace = 0.0  # seconds per step, divided by the square of the size
        self.descent: Descent | None = None  # None if a new one must begin
        self._past: deque[State] = deque(maxlen=UNDOS)
        self._painter = Painter(self.compute)

    def begin(self, inputs: Inputs, recipe: Recipe) -> None:
        """Begin a new run of one or two styles; `undo` brings back the present one."""
        initial = recipe.initial_picture
        inputs = Inputs.of(inputs.content, inputs.styles, initial=initial)
        check_pictures(inputs, recipe)
        recipe = make_room(recipe, *inputs.images, self.compute)
        first = self._painter.first_image(inputs, recipe)
        self._go(State(inputs, recipe, recipe, first))

    def fixed(self, changes: dict[str, Any]) -> list[str]:
        """Return the names among ``changes`` that need a new run."""
        seen = {self.state.recipe.color, changes.get("color")} <= VIEWS
        return sorted(set(changes) - set(LIVE) - ({"color"} if seen else set()))

    def change(self, **changes: Any) -> None:
        """Change weights from the next step on, or the colours that are shown."""
        if fixed := self.fixed(changes):
            raise InputError(f"{fixed[0]} is fixed during a run: begin a new one")
        recipe = self.state.recipe.replace(**changes)
        check_pictures(self.state.inputs, recipe)
        if set(changes) == {"color"}:  # not a move: the optimiser goes on
            self._past.append(self.state)
            self.state = replace(self.state, recipe=recipe)
        elif recipe != self.state.recipe:
            self._go(_moved(self.state, recipe, **changes))

    def enlarge(self, size: int) -> None:
        """Go on from the present picture to a larger ``size``, level by level."""
        state = self.state
        recipe = enlarged(state.recipe, state.levels, state.number, size)
        recipe = make_room(recipe, *state.images, self.compute)
        self._go(_moved(self.state, recipe, size=size))

    def need(self) -> float:
        """Return the bytes of memory that the rest of the run needs at its peak."""
        return need(self.state.recipe, *self.state.images, self.compute)

    def restore(self, state: State) -> None:
        """Go on from an earlier state; `undo` brings back the present one."""
        self._go(_moved(state, state.recipe))

    def undo(self) -> None:
        """Go back to before the last change, restored state or new run."""
        if not self._past:
            raise InputError("nothing to undo: move a slider first")
        state = self._past.pop()
        self.state, self.descent = _moved(state, state.recipe), None

    def step(self) -> Step:
        """Take one step and return it, numbered within the run."""
        (size, left), number = self.state.level(), self.state.number + 1
        under_way, started = self.descent is not None, time.perf_counter()
        try:
            step = self._next()
        except (RuntimeError, MemoryError) as error:
            tell(error, self.state.recipe)
            raise
        if left == 1:
            self.descent = None
        if under_way:  # an optimiser's first step takes longer
            pace = (time.perf_counter() - started) / size**2
            self.pace = 0.8 * self.pace + 0.2 * pace if self.pace else pace
        state, losses = self.state, tuple(map(step.losses.get, CURVES))
        matched = self._painter.matched(step.losses)
        if state.points and step.best is not step.image:
            losses, matched = state.points[-1][1:], state.matched  # of the best image
        self.state = replace(
            state,
            image=step.best,
            number=number,
            matched=matched,
            points=thin(state.points, number, POINTS, lambda: losses),
            frames=thin(state.frames, number, FRAMES, lambda: [frame(step.best)]),
        )
        return replace(step, number=number)

    def _next(self) -> Step:
        try:
            self.descent = self.descent or self._painter.descent(self.state)
            return next(self.descent)
        except BaseException:  # out of memory or interrupted: stay in this state
            self.state, self.descent = _moved(self.state, self.state.recipe), None
            self._painter.forget()
            raise

    def run(self, until: int) -> Step | None:
        """Take steps up to number ``until``; return the last one, or None if none."""
        step = None
        while self.state.number < until:
            step = self.step()
        return step

    def seconds_left(self, until: int) -> float:
        """Return the seconds from now until step ``until``, at the present pace."""
        return self.state.work_left(until) * self.pace

    def close(self) -> None:
        """Free the memory; the session cannot be used any more."""
        del self.state
        self.descent = None
        self._past.clear()
        self._painter.forget()

    @property
    def picture(self) -> Tensor:
        """The image as it is shown and saved: (1, 3, H, W) on the CPU."""
        return self.colored(self.state.image.cpu())

    def colored(self, image: Tensor) -> Tensor:
        """Return ``image`` as shown: in the content's colours if ``color`` says so."""
        content = crop(self.state.content.image, self.state.recipe)
        return finish(image, content, self.state.recipe)

    def _go(self, state: State) -> None:
        if hasattr(self, "state"):
            self._past.append(self.state)
        self.state, self.descent = state, None


def _moved(state: State, recipe: Recipe, **changes: Any) -> State:
    """Return ``state`` with another recipe and one more move."""
    move = {"step": state.number, **changes}
    return replace(state, recipe=recipe, moves=(*state.moves, move))
