"""A recipe: every number that decides what a picture looks like, defined once."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from .errors import InputError, one_of
from .fields import check, dial, field, lists_fields, live, method, option, plain
from .layers import LAYERS

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .changes import Changes

Scale = Literal["relative", "own", "paper", "mean"]
Pooling = Literal["max", "average"]
Optimizer = Literal["lbfgs", "adam"]
Idea = Literal["gram", "moments", "cmd", "wasserstein", "neighbours"]
StyleIdea = Idea | Callable[..., Any]  # or a function, or a subclass of StyleLoss
Color = Literal["style", "content", "match", "histogram"]
INITIALS = ("recolored", "content", "noise", "style")  # or a picture's path
FIRST = f"the first image: {', '.join(INITIALS)}, or the path of a picture"
IDEA = f"what style is: {', '.join(get_args(Idea))}; in Python also your function"
SIDE = "long side in pixels, or the exact (height, width): the content is cropped to it"
COLORS = "whose: style, content (only brightness is painted), or the style's after it "
COLORS += "took the content's mean and covariance (match) or histogram"
SCALES = (0.5, 0.75, 1.0, 1.5, 2.0)
LATER_STEPS = 25  # at the third level and after
SIZES = (128, 192, 256, 384, 512, 768, 1024, 1536, 2048)


@dataclass(frozen=True)
class Recipe:
    """A recipe: all settings that decide what a picture looks like. It never changes.

    Raise `InputError` for values that are not allowed. No combination of values within
    their limits overflows float32.

    Example:
        >>> nst.Recipe(size=256, style_weight=30.0).levels()
        [(128, 60), (256, 38)]
    """

    content_layers: tuple[str, ...] = method(
        ("relu3_2", "relu4_2"), "layers whose features the content loss compares"
    )
    style_layers: tuple[str, ...] = method(
        ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"),
        "layers whose Gram matrices the style loss compares",
    )
    style_loss: StyleIdea = option("gram", IDEA, label="idea", offered=get_args(Idea))
    content_layer_weights: tuple[float, ...] | None = live(
        None, "factor of each layer's loss; None: one over their number", 0.0, 1e6
    )
    style_layer_weights: tuple[float, ...] | None = live(
        None, "factor of each layer's loss; None: one over their number", 0.0, 1e6
    )
    content_weight: float = dial(
        1.0, "how much of the photograph stays", -2, 2, "content weight"
    )
    style_weight: float = dial(
        6.0, "1 is a hint of paint, 60 is paint", -1, 4, "style weight"
    )
    tv_weight: float = dial(0.0, "total variation: fewer specks", -2, 3, "smoothness")
    temporal_weight: float = live(
        200.0, "of a film: how much a frame keeps of the last", 0.0, 1e9, option=True
    )
    frame_steps: int = option(12, "of a film: steps of a shot's later frames", 1, 10**9)
    look_back: tuple[int, ...] = option(
        (1,), "of a film: the earlier frames that one follows, as 1 2 4", 1, 1000
    )
    scale: Scale = method("relative", "the unit of errors: see nst/losses.py")
    pooling: Pooling = field(
        "average", "how the network halves the image", label="pooling"
    )
    weights: str = method("bundled", "the network's: as in load_vgg19")
    normalize: bool = method(True, "give the network what it was trained on")
    activation_scale: float = method(1.0, "factor of every activation", 1e-9, 1e2)
    initial: str = option("recolored", FIRST, label="start", offered=INITIALS)
    seed: int = option(0, "of the noise", 0, 2**63 - 1)
    size: int | tuple[int, ...] = option(
        512, SIDE, 16, 10**5, label="size", offered=SIZES
    )
    sizes: tuple[int, ...] | None = option(
        None, "levels, coarse to fine; None: halvings of size down to 128", 16, 10**5
    )
    steps: int | tuple[int, ...] | None = option(
        None, "optimiser steps at each level; by default 60, 38, 25, 25, ...", 1, 10**9
    )
    square: bool = method(False, "squeeze both pictures to size x size")
    optimizer: Optimizer = method("lbfgs", "what takes the steps")
    learning_rate: float = method(1.0, "the optimiser's", 1e-9, 1e3)
    history: int | None = method(
        None, "past steps L-BFGS remembers; None: 10, or 5 for large pictures", 1, 1000
    )
    clamp_in_closure: bool = method(False, "clamp at each evaluation: shows the harm")
    color: Color = option("style", COLORS, label="colours")
    style_scale: float = option(
        1.0, "size of the strokes", 0.05, 20.0, label="strokes", offered=SCALES
    )
    blend: tuple[float | tuple[float, ...], ...] | None = live(
        None, "of several styles: a weight each, or one per layer", 0.0, 1e6
    )
    tile: int | Literal["auto"] | None = option(
        None, "side of a tile in pixels, or auto: less memory, same result", 64
    )

    @classmethod
    def preset(cls, name: str, **changes: "Unpack[Changes]") -> "Recipe":
        """Return the recipe ``name``, one of `PRESETS`, with some fields changed."""
        from .presets import PRESETS

        return cls(**PRESETS[one_of("recipe", name, PRESETS)]).replace(**changes)

    @classmethod
    def gatys(cls, **changes: "Unpack[Changes]") -> "Recipe":
        """Return the recipe of Gatys, Ecker and Bethge (2016), with ``changes``."""
        return cls.preset("gatys", **changes)

    @classmethod
    def original(cls, **changes: "Unpack[Changes]") -> "Recipe":
        """Return the recipe of the student's notebook behind nst, mistakes included."""
        return cls.preset("original", **changes)

    def replace(self, **changes: "Unpack[Changes]") -> "Recipe":
        """Return a copy with some fields changed; a new ``size`` scales its levels."""
        fields: dict[str, Any] = {**changes}
        for name in fields:
            one_of("recipe field", name, tuple(FIELDS))
        if self.sizes and "size" in fields and "sizes" not in fields:
            part = Recipe(size=fields["size"]).long_side / self.long_side
            fields["sizes"] = tuple(max(1, round(s * part)) for s in self.sizes)
        return dataclasses.replace(self, **fields)

    @property
    def long_side(self) -> int:
        """The result's long side in pixels."""
        return max(self.size) if isinstance(self.size, tuple) else self.size

    @property
    def initial_picture(self) -> str | None:
        """The path in ``initial``; None if ``initial`` is one of `INITIALS`."""
        return None if self.initial in INITIALS else self.initial

    @property
    def wanted(self) -> int | tuple[int, int]:
        """The size that a run needs of its pictures, as `nst.resize` takes it."""
        side = round(max(s for s, _ in self.levels()) * max(1, self.style_scale))
        exact = self.square or isinstance(self.size, tuple)  # perhaps cropped
        return (side, side) if exact else side

    def levels(self) -> list[tuple[int, int]]:
        """Return [(size, steps), ...] from coarse to fine.

        Coarse steps are cheap and decide the composition, so they are many: by default
        60 at the first level, 38 at the second and 25 at each one after it.
        """
        sizes = self.sizes or (self.long_side,)
        while not self.sizes and sizes[0] // 2 >= 128:
            sizes = (round(sizes[0] / 2), *sizes)
        later = [LATER_STEPS] * len(sizes)
        steps = self.steps or [60, 38, *later][: len(sizes)]
        steps = [steps] * len(sizes) if isinstance(steps, int) else steps
        if len(steps) != len(sizes):
            counts = f"{len(steps)} steps for {len(sizes)} levels"
            raise InputError(f"{counts}: give one for each level")
        return list(zip(sizes, steps, strict=True))

    def __post_init__(self) -> None:
        for name, spec in FIELDS.items():
            object.__setattr__(self, name, value := plain(getattr(self, name)))
            check(spec, value)
        for kind in ("content", "style"):
            layers = getattr(self, f"{kind}_layers")
            for layer in layers:
                one_of("layer", layer, LAYERS)
            weights = getattr(self, f"{kind}_layer_weights")
            if weights is not None and len(weights) != len(layers):
                counts = f"{len(weights)} {kind}_layer_weights for {len(layers)} layers"
                raise InputError(f"{counts}: give one for each layer")
        if not callable(self.style_loss):
            words = *get_args(Idea), "in Python also a function"
            one_of("style_loss", self.style_loss, words)
        if self.style_loss != "gram" and self.scale not in ("relative", "own"):
            seen = f"style_loss {self.style_loss!r} in the scale {self.scale!r}"
            raise InputError(f"{seen}: choose gram, or the scale relative")
        if isinstance(self.size, tuple) and [*map(type, self.size)] != [int, int]:
            raise InputError(f"size is {self.size}: give a number or (height, width)")
        for share in self.blend or ():
            if isinstance(share, tuple) and len(share) != len(self.style_layers):
                raise InputError(f"blend has {share!r}: give one for each layer")
        if self.sizes:
            size: Any = self.sizes[-1]
            if isinstance(self.size, tuple):  # its shape stays
                size = tuple(round(n * size / self.long_side) for n in self.size)
            object.__setattr__(self, "size", size)
        self.levels()


FIELDS = Recipe.__dataclass_fields__
Recipe.__doc__ = f"{Recipe.__doc__}\n    Fields:\n" + "".join(
    f"        {name} ({spec.default!r}): {spec.metadata['about']}\n"
    for name, spec in FIELDS.items()
)
for maker in ("preset", "gatys", "original"):
    lists_fields(Recipe)(vars(Recipe)[maker].__func__)
lists_fields(Recipe)(Recipe.replace)


def as_recipe(recipe: Recipe | None = None, **changes: "Unpack[Changes]") -> Recipe:
    """Return ``recipe``, or `Recipe()` if it is None, with some fields changed."""
    recipe = Recipe() if recipe is None else recipe
    if not isinstance(recipe, Recipe):
        raise InputError(f"recipe is {recipe!r}: give an nst.Recipe")
    return recipe.replace(**changes)


def mean_weight(weight: float | tuple[float, ...]) -> float:
    """Return a style's weight in ``blend``, or its mean if it is one per layer."""
    return sum(weight) / len(weight) if isinstance(weight, tuple) else weight
