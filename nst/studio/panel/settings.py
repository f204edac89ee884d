"""The settings of a run; most of them begin a new run when they change."""

from typing import Any

from ...fields import kinds_of
from ...presets import PRESETS
from ...recipe import FIELDS, Recipe
from ..engine.state import fields_that

FIRST = ("size", "initial")  # shown first; then the recipe, then the others
OWN = "your own"  # a recipe that is no preset
METHOD = fields_that("method")  # these tell which preset a recipe is


def _settings() -> dict[str, tuple[str, str]]:
    """Return {field: (label, meaning)}, and "preset", in the order of the panel."""
    shown = {
        name: (field.metadata["label"], field.metadata["about"])
        for name, field in FIELDS.items()
        if "label" in field.metadata and "dial" not in field.metadata
    }
    first = {name: shown.pop(name) for name in FIRST}
    return {**first, "preset": ("recipe", "layers, scale and weights"), **shown}


SETTINGS = _settings()


def offers(recipe: Recipe) -> dict[str, tuple[Any, list]]:
    """Return {setting: (its value, all values to choose from)}."""
    offered = {}
    for name in SETTINGS:
        if name == "preset":
            value: Any = preset_of(recipe)
            choices: list = list(PRESETS)
        else:
            field, value = FIELDS[name], getattr(recipe, name)
            value = recipe.long_side if name == "size" else value
            choices = list(field.metadata.get("offered") or kinds_of(field)[1])
        choices = list(dict.fromkeys([*choices, value]))
        if isinstance(value, int | float):
            choices = sorted(choices)
        if name == "size":
            choices = [(f"{size} px", size) for size in choices]
        if callable(value):  # a style loss of one's own
            choices = [(getattr(c, "__name__", str(c)), c) for c in choices]
        offered[name] = value, choices
    return offered


def preset_of(recipe: Recipe) -> str:
    """Return the preset with the same `METHOD` fields as the recipe, else `OWN`."""
    for name in PRESETS:
        preset = Recipe.preset(name)
        if all(getattr(preset, field) == getattr(recipe, field) for field in METHOD):
            return name
    return OWN
