"""The settings of a run: each begins a new one (but for the colours it is shown in)."""

from ..fields import CHOICES, INITIALS
from ..memory import SIZES
from ..presets import PRESETS
from ..recipe import Recipe
from .state import LIVE

SETTINGS = {
    "size": ("size", "long side in pixels"),
    "initial": ("start", "the first image"),
    "preset": ("recipe", "layers, scale and weights"),
    "pooling": ("pooling", "how the network halves the image"),
    "color": ("colours", "the style's, the content's, or the style's made to match"),
    "style_scale": ("strokes", "how large, as a multiple of the style's"),
}
SCALES = (0.5, 0.75, 1.0, 1.5, 2.0)
OWN = "your own"  # a recipe that is no preset
# What a panel may change without leaving its preset.
FREE = (*LIVE, "size", "sizes", "steps", "initial", "pooling", "seed", "color")
FREE += ("style_scale", "blend", "tile")


def offers(recipe):
    """{setting: (its value, all that can be chosen)}."""
    preset = preset_of(recipe)
    sizes = [(f"{size} px", size) for size in sorted({*SIZES, recipe.size})]
    return {
        "size": (recipe.size, sizes),
        "initial": (recipe.initial, [*dict.fromkeys((*INITIALS, recipe.initial))]),
        "preset": (preset, [*dict.fromkeys((*PRESETS, preset))]),
        "pooling": (recipe.pooling, list(CHOICES["pooling"])),
        "color": (recipe.color, list(CHOICES["color"])),
        "style_scale": (recipe.style_scale, sorted({*SCALES, recipe.style_scale})),
    }


def preset_of(recipe):
    """The preset that a recipe began as, whatever was set in the panel since."""
    same = {name: getattr(Recipe(), name) for name in FREE}
    for name in PRESETS:
        if Recipe.preset(name).replace(**same) == recipe.replace(**same):
            return name
    return OWN
