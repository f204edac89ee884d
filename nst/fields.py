"""What the fields of a recipe may be."""

import reprlib

from .errors import InputError, one_of, within
from .layers import LAYERS

CHOICES = {
    "scale": ("relative", "paper", "mean"),
    "pooling": ("max", "average"),
    "optimizer": ("lbfgs", "adam"),
    "color": ("style", "content", "match", "histogram"),
}
INITIALS = ("recolored", "content", "noise", "style")  # or a picture
RANGES = {  # of a number, or of each in a list: the smallest and the largest
    **dict.fromkeys(("content_weight", "style_weight", "tv_weight"), (0.0, 1e9)),
    **dict.fromkeys(("content_layer_weights", "style_layer_weights"), (0.0, 1e6)),
    **{"activation_scale": (1e-9, 1e2), "learning_rate": (1e-9, 1e3)},
    **{"blend": (0.0, 1e6), "style_scale": (0.05, 20.0)},
    **dict.fromkeys(("size", "sizes"), (16, 10**5)),
    **{"steps": (1, 10**9), "history": (1, 1000), "seed": (0, 2**63 - 1)},
}  # any of them together are far from what float32 holds
LISTS = "content_layers style_layers content_layer_weights style_layer_weights"
KINDS = (
    (f"{LISTS} sizes blend", tuple, "a list"),
    ("normalize square clamp_in_closure", bool, "a bool"),
    ("initial weights", str, "a name or a path"),
)


def check_fields(recipe):
    """Raise `InputError` for the first field that cannot be."""
    for names, kind, told in KINDS:
        for name in names.split():
            value, usual = getattr(recipe, name), getattr(type(recipe), name)
            if not (isinstance(value, kind) or value is usual is None):
                seen = " ".join(reprlib.repr(value).split())
                raise InputError(f"{name} is {seen}: give {told}")
    for name, allowed in CHOICES.items():
        one_of(name, getattr(recipe, name), allowed)
    for name, limits in RANGES.items():
        for number in _flat(getattr(recipe, name)):
            if number is not None or getattr(type(recipe), name) is not None:
                within(name, number, *limits)
    if recipe.tile not in (None, "auto"):
        within("tile", recipe.tile, 64)
    for kind in ("content", "style"):
        layers = getattr(recipe, f"{kind}_layers")
        for layer in layers:
            one_of("layer", layer, LAYERS)
        weights = getattr(recipe, f"{kind}_layer_weights")
        if weights is not None and len(weights) != len(layers):
            counts = f"{len(weights)} {kind}_layer_weights for {len(layers)} layers"
            raise InputError(f"{counts}: give one for each layer")
    for weights in recipe.blend or ():
        if isinstance(weights, tuple) and len(weights) != len(recipe.style_layers):
            raise InputError(f"blend has {weights!r}: give one for each layer")


def _flat(value):
    return sum(map(_flat, value), []) if isinstance(value, tuple) else [value]
