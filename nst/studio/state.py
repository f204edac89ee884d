"""One moment of a run, and what of it is worth keeping."""

from dataclasses import dataclass, field

import torch

from ..errors import InputError
from ..provenance import inputs, name_of
from ..recipe import Recipe
from ..samples import load

WEIGHTS = ("content_weight", "style_weight", "tv_weight")
LAYER_WEIGHTS = ("content_layer_weights", "style_layer_weights")
LIVE = (*WEIGHTS, *LAYER_WEIGHTS, "blend")  # may change midway
CURVES = ("total", "content", "style")
VIEWS = {"style", "content"}  # colours that differ only in what is shown


@dataclass(frozen=True, eq=False)
class Picture:
    """An input, (1, 3, H, W), and what its record calls it."""

    name: str
    image: torch.Tensor

    @classmethod
    def read(cls, source, name=None):
        """From whatever `nst.iterate` takes."""
        if isinstance(source, cls):
            return source
        return cls(name or name_of(source), load(source))


@dataclass(frozen=True, eq=False)
class State:
    """How a run got here and all that decides how it goes on. Never changes."""

    content: Picture
    styles: tuple  # of one `Picture` or two
    begun: Recipe  # at step 0; the recipe now differs from it in LIVE fields only
    recipe: Recipe
    image: torch.Tensor  # (1, 3, H, W)
    number: int = 0  # steps taken
    moves: tuple = ()  # ({"step": 12, "style_weight": 100.0}, ...)
    matched: dict = field(default_factory=dict)  # {"style/relu1_1": 0.98, ...}
    points: tuple = ()  # ((number, *CURVES), ...), the losses of the image then
    frames: tuple = ()  # ((number, JPEG), ...) for the time-lapse

    @property
    def style(self):
        return self.styles[0]

    @property
    def second(self):
        """The other style, if there are two."""
        return self.styles[1] if len(self.styles) > 1 else None

    @property
    def images(self):
        """(the content's pixels, [those of each style])."""
        return self.content.image, [style.image for style in self.styles]

    @property
    def names(self):
        """{"content": "cat", "style": "waves", "style 2": "ink"}."""
        given = inputs(self.content, self.styles)
        return {kind: picture.name for kind, picture in given.items()}

    def level(self):
        """(size, steps left) of the next step; the last level has no end: None."""
        end = 0
        for size, steps in self.recipe.levels():
            end += steps
            if self.number < end:
                return size, end - self.number
        return size, None

    def work_left(self, until):
        """Pixels to be worked through until step ``until``, up to the aspect."""
        levels, work, end = self.recipe.levels(), 0, 0
        for index, (size, steps) in enumerate(levels):
            begin, end = end, end + steps
            end = max(end, until) if index == len(levels) - 1 else end
            work += size**2 * max(0, min(end, until) - max(begin, self.number))
        return work


def thin(entries, number, most, make):
    """``entries``, ((number, ...), ...), and ``make()`` if step ``number`` is kept.

    Every one is kept up to ``most``, then every second, every fourth and so on, so
    that hours of running take no more room than minutes.
    """
    stride = 1 << (number // most).bit_length()
    kept = tuple(entry for entry in entries if entry[0] % stride == 0)
    return kept if number % stride else (*kept, (number, *make()))


class Closed:
    """What is left of a session that was closed."""

    def close(self):
        """Once is enough."""

    def __getattr__(self, name):
        raise InputError("this Studio is closed: make another one")
