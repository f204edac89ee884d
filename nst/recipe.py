"""A recipe: every number that decides what a picture will look like."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

from .errors import InputError, one_of
from .fields import INITIALS, check_fields
from .presets import PRESETS


@dataclass(frozen=True)
class Recipe:
    """What to compute. Raises `InputError` for what cannot be (fields.py has ranges).

    ``size`` is the result's long side in pixels. ``sizes`` are the levels of coarse
    to fine (None: halvings of ``size`` down to 128). ``steps`` is the number of
    optimiser steps at each level: an int, one per level, or None for our choice.
    Layer weights multiply each layer's loss (None: one over the number of layers).
    ``initial`` is "recolored" (the content in the style's colours), "content",
    "noise", "style", or the path of a picture. ``weights`` are as in `load_vgg19`.
    ``color`` is the "style"'s, the "content"'s (only brightness is painted), or the
    style's after it took the content's mean and covariance ("match") or "histogram".
    ``tile`` is the side of a tile in pixels, or "auto": tiles where memory needs them.
    """

    content_layers: tuple = ("relu3_2", "relu4_2")
    style_layers: tuple = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
    content_layer_weights: tuple | None = None
    style_layer_weights: tuple | None = None
    content_weight: float = 1.0
    style_weight: float = 15.0  # 1 is a hint of paint, 1000 is paint alone
    tv_weight: float = 0.0
    scale: str = "relative"
    pooling: str = "max"
    weights: str = "bundled"
    normalize: bool = True
    activation_scale: float = 1.0
    initial: str = "recolored"
    seed: int = 0
    size: int = 512
    sizes: tuple | None = None
    steps: int | tuple | None = None
    square: bool = False  # squeeze both pictures to size x size
    optimizer: str = "lbfgs"
    learning_rate: float = 1.0
    history: int | None = None  # of L-BFGS; None: 10, or 5 for large pictures
    clamp_in_closure: bool = False
    color: str = "style"
    style_scale: float = 1.0  # of the style's size: strokes grow with it
    blend: tuple | None = None  # of several styles: a weight each, or one per layer
    tile: int | str | None = None  # evaluate in tiles: less memory, the same result

    @classmethod
    def preset(cls, name, **changes):
        """The recipe called ``name``, one of `PRESETS`, with some fields changed."""
        return cls(**PRESETS[one_of("recipe", name, PRESETS)]).replace(**changes)

    @classmethod
    def gatys(cls, **changes):
        """The recipe of Gatys, Ecker and Bethge (2016)."""
        return cls.preset("gatys", **changes)

    @classmethod
    def original(cls, **changes):
        """The recipe of the student's notebook that this grew from, traps included."""
        return cls.preset("original", **changes)

    def replace(self, **changes):
        """This recipe with some fields changed; a new ``size`` scales its levels."""
        for name in changes:
            one_of("recipe field", name, tuple(self.__dataclass_fields__))
        if self.sizes and changes.get("size") and "sizes" not in changes:
            sizes = (round(s * changes["size"] / self.size) for s in self.sizes)
            changes["sizes"] = tuple(max(1, size) for size in sizes)
        return dataclasses.replace(self, **changes)

    @property
    def initial_picture(self):
        """The path in ``initial``, None if it is one of `INITIALS`."""
        return None if self.initial in INITIALS else self.initial

    def levels(self):
        """[(size, steps), ...] from coarse to fine.

        Coarse steps are cheap and set the composition, so they are many: by default
        60 at the first level, 38 at the second and 25 at each one after it.
        """
        sizes = self.sizes or (self.size,)
        while not self.sizes and sizes[0] // 2 >= 128:
            sizes = (round(sizes[0] / 2), *sizes)
        steps = self.steps or [60, 38, *[25] * len(sizes)][: len(sizes)]
        steps = [steps] * len(sizes) if isinstance(steps, int) else steps
        if len(steps) != len(sizes):
            counts = f"{len(steps)} steps for {len(sizes)} levels"
            raise InputError(f"{counts}: give one for each level")
        return list(zip(sizes, steps, strict=True))

    def __post_init__(self):
        for name, value in vars(self).items():
            object.__setattr__(self, name, _plain(value))
        check_fields(self)
        if self.sizes:
            object.__setattr__(self, "size", self.sizes[-1])
        self.levels()


def as_recipe(recipe=None, **changes):
    """A recipe, ours if it is None, with some fields changed."""
    recipe = Recipe() if recipe is None else recipe
    if not isinstance(recipe, Recipe):
        raise InputError(f"recipe is {recipe!r}: give an nst.Recipe")
    return recipe.replace(**changes)


def _plain(value):
    """As JSON gives it back, but for lists: no paths, no numbers of numpy's."""
    if isinstance(value, list | tuple):
        return tuple(map(_plain, value))
    if getattr(value, "shape", None) == ():
        return value.item()
    return str(value) if isinstance(value, Path) else value
