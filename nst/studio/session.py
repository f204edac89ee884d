"""The engine: a run that can be changed, undone and replayed, without widgets."""

import time
from collections import deque
from dataclasses import replace

import torch

from ..control import as_list, finish
from ..device import choose_device
from ..errors import InputError
from ..levels import check_inputs
from ..memory import make_room
from ..recipe import as_recipe
from .film import frame
from .painter import Painter
from .state import CURVES, LIVE, VIEWS, Picture, State, thin

UNDOS, POINTS, FRAMES = 20, 400, 100  # how many are kept


class Session:
    """A run in the making: `step` goes on from ``state``, the rest steers it.

    Whatever happens is a step or a move, and each move starts the optimiser afresh
    from the present image. With no moves the steps are those of `nst.iterate`; the
    pictures, the first recipe and the moves are enough to make any state again, see
    replay.py.
    """

    def __init__(self, content, style, recipe=None, device=None):
        self.device = choose_device(device)
        self.pace = 0.0  # seconds a step takes, divided by the square of its size
        self.state = self.steps = None
        self._past = deque(maxlen=UNDOS)
        self._painter = Painter(self.device)
        self.begin(content, style, as_recipe(recipe))

    def begin(self, content, style, recipe):
        """A new run of one style or two, at step 0. The present one is an undo away."""
        content = Picture.read(content)
        styles = tuple(map(Picture.read, as_list(style)))
        images = content.image, [style.image for style in styles]
        check_inputs(*images, recipe)
        recipe = make_room(recipe, *images, self.device)
        first = self._painter.first_image(*images, recipe)
        self._go(State(content, styles, recipe, recipe, first))

    def fixed(self, changes):
        """The names among ``changes`` that need a new run."""
        seen = {self.state.recipe.color, changes.get("color")} <= VIEWS
        return sorted(set(changes) - set(LIVE) - ({"color"} if seen else set()))

    def change(self, **changes):
        """Move weights, which act at the next step; or show it in other colours."""
        if fixed := self.fixed(changes):
            raise InputError(f"{fixed[0]} is fixed during a run: begin a new one")
        recipe = self.state.recipe.replace(**changes)
        check_inputs(*self.state.images, recipe)
        if set(changes) == {"color"}:  # no move: the optimiser goes on
            self._past.append(self.state)
            self.state = replace(self.state, recipe=recipe)
        elif recipe != self.state.recipe:
            self._go(_moved(self.state, recipe, changes))

    def restore(self, state):
        """Go on from a state kept earlier. The present one is an undo away."""
        self._go(_moved(state, state.recipe))

    def resume(self, state, descent):
        """Go on from a checkpoint as if nothing had happened."""
        self.state, self.steps = state, None
        self._past.clear()
        if descent:
            self.steps = self._painter.descent(state)
            self.steps.load_state_dict(descent)

    def undo(self):
        """Back to before the last change, restored state or new run."""
        if not self._past:
            raise InputError("nothing to undo: move a slider first")
        state = self._past.pop()
        self.state, self.steps = _moved(state, state.recipe), None

    def step(self):
        """Take one step and return it, numbered within the run."""
        (size, left), number = self.state.level(), self.state.number + 1
        under_way, started = self.steps is not None, time.perf_counter()
        try:
            self.steps = self.steps or self._painter.descent(self.state)
            step = next(self.steps)
        except BaseException:  # out of memory or interrupted: go on from here
            self.state, self.steps = _moved(self.state, self.state.recipe), None
            self._painter.forget()
            raise
        if left == 1:
            self.steps = None
        if under_way:  # the first one of an optimiser takes longer
            pace = (time.perf_counter() - started) / size**2
            self.pace = 0.8 * self.pace + 0.2 * pace if self.pace else pace
        state, losses = self.state, list(map(step.losses.get, CURVES))
        matched = self._painter.matched(step.losses)
        if state.points and not torch.equal(step.best, step.image):
            losses, matched = state.points[-1][1:], state.matched  # of what is shown
        self.state = replace(
            state,
            image=step.best,
            number=number,
            matched=matched,
            points=thin(state.points, number, POINTS, lambda: losses),
            frames=thin(state.frames, number, FRAMES, lambda: [frame(step.best)]),
        )
        return replace(step, number=number)

    def run(self, until):
        """Step until ``state.number`` is ``until``; the last step, None if none."""
        step = None
        while self.state.number < until:
            step = self.step()
        return step

    def seconds_left(self, until):
        """From now until step ``until``, at the present pace."""
        return self.state.work_left(until) * self.pace

    def close(self):
        """Let the memory go. The session is of no further use."""
        self.state = self.steps = None
        self._past.clear()
        self._painter.forget()

    @property
    def picture(self):
        """The image as it is shown and saved: (1, 3, H, W) on the CPU."""
        return self.colored(self.state.image.cpu())

    def colored(self, image):
        """``image`` in the content's colours, if so wished; the run goes on without."""
        return finish(image, self.state.content.image, self.state.recipe)

    def _go(self, state):
        if self.state:
            self._past.append(self.state)
        self.state, self.steps = state, None


def _moved(state, recipe, changes=()):
    """``state`` with another recipe, to go on from with a new optimiser."""
    move = {"step": state.number, **dict(changes)}
    return replace(state, recipe=recipe, moves=(*state.moves, move))
