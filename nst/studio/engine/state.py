"""The state of a run at one moment, and which of its frames are kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from torch import Tensor

from ...control.sizes import levels_of
from ...errors import InputError, within
from ...inputs import Inputs, Picture
from ...recipe import FIELDS, LATER_STEPS, Recipe


def fields_that(change: str) -> tuple[str, ...]:
    """Return the fields whose ``change``, see `field`, is "live", "run" or "method"."""
    return tuple(k for k, f in FIELDS.items() if f.metadata["change"] == change)


# Fields that may change during a run; the dials first, as in records.
LIVE = tuple(
    sorted(fields_that("live"), key=lambda n: "dial" not in FIELDS[n].metadata)
)
CURVES = ("total", "content", "style")
VIEWS = {"style", "content"}  # colours that change only what is shown


@dataclass(frozen=True, eq=False)
class State:
    """A state: how a run got here and all that decides how it goes on. Frozen."""

    inputs: Inputs  # one or two styles
    begun: Recipe  # at step 0; ``recipe`` differs from it in LIVE fields and color
    recipe: Recipe
    image: Tensor  # (1, 3, H, W)
    number: int = 0  # steps taken
    moves: tuple[dict, ...] = ()  # ({"step": 12, "style_weight": 100.0}, ...)
    matched: dict[str, float] = field(default_factory=dict)  # {"style/relu1_1": 0.98}
    points: tuple[tuple, ...] = ()  # ((number, *CURVES), ...), losses at that step
    frames: tuple[tuple, ...] = ()  # ((number, JPEG), ...) for the time-lapse

    @property
    def content(self) -> Picture:
        return self.inputs.content

    @property
    def style(self) -> Picture:
        return self.inputs.styles[0]

    @property
    def second(self) -> Picture | None:
        """The second style, or None."""
        return self.inputs.styles[1] if len(self.inputs.styles) > 1 else None

    @property
    def images(self) -> tuple[Tensor, list[Tensor]]:
        """The content's image, and a list of the styles' images."""
        return self.inputs.images

    @property
    def levels(self) -> list[tuple[int, int]]:
        """The run's [(size, steps), ...]."""
        return levels_of(self.recipe, self.inputs)

    def level(self) -> tuple[int, int | None]:
        """Return (size, steps left) of the next step's level.

        After the recipe's last step the last level goes on without end: left is None.
        """
        end = 0
        for size, steps in self.levels:
            end += steps
            if self.number < end:
                return size, end - self.number
        return size, None

    def work_left(self, until: int) -> int:
        """Return the work until step ``until``: the sum of size² over the steps."""
        levels, work, end = self.levels, 0, 0
        for index, (size, steps) in enumerate(levels):
            begin, end = end, end + steps
            end = max(end, until) if index == len(levels) - 1 else end
            work += size**2 * max(0, min(end, until) - max(begin, self.number))
        return work


def thin(
    entries: tuple[tuple, ...], number: int, most: int, make: Callable[[], Sequence]
) -> tuple[tuple, ...]:
    """Return ``entries``, thinned, and (number, *make()) if step ``number`` is kept.

    Entries are ((number, ...), ...). All are kept up to step ``most``, then every
    second, every fourth and so on, so that hours of running take no more room than
    minutes.
    """
    stride = 1 << (number // most).bit_length()
    kept = tuple(entry for entry in entries if entry[0] % stride == 0)
    return kept if number % stride else (*kept, (number, *make()))


def enlarged(
    recipe: Recipe, levels: Sequence[tuple[int, int]], number: int, size: int
) -> Recipe:
    """Return a recipe with the same first ``number`` steps that then grows to ``size``.

    ``levels`` are those of the run. From the present size on, each level is at most
    twice as large as the one before.
    """
    sizes: list[int] = []
    steps: list[int] = []
    *levels, (last, _) = levels
    for level, count in [*levels, (last, number)]:  # the last level may go on for ever
        if taken := min(count, number - sum(steps)):
            sizes.append(level)
            steps.append(taken)
    if not sizes:
        raise InputError("nothing is painted yet: choose a size, or press Start first")
    within("size", size, sizes[-1] + 1)  # the present one, and more
    above = [size]
    while round(above[0] / 2) > sizes[-1]:
        above.insert(0, round(above[0] / 2))
    more = [LATER_STEPS] * len(above)
    return recipe.replace(sizes=[*sizes, *above], steps=[*steps, *more])


class Closed:
    """A closed session: any use but `close` raises `InputError`."""

    def close(self) -> None:
        """Do nothing: it is closed already."""

    def __getattr__(self, name: str) -> NoReturn:
        raise InputError("this Studio is closed: make another one")
