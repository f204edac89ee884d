"""The fields of a recipe as options of the command line."""

import argparse
import os
from typing import Any, NoReturn

from ..errors import InputError
from ..fields import kinds_of
from ..recipe import FIELDS, PRESETS, Recipe


class Parser(argparse.ArgumentParser):
    """An argparse parser that raises `InputError` for a mistake on the command line."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}: see {self.prog} --help")


class AnySize(argparse.Action):
    """An option that lifts Pillow's limit, which is there for pictures of strangers."""

    def __call__(self, *parsed: Any) -> None:
        from PIL import Image

        Image.MAX_IMAGE_PIXELS = None


ANY_SIZE: dict[str, Any] = {
    "action": AnySize,
    "nargs": 0,
    "default": argparse.SUPPRESS,
    "help": "read also pictures of your own that Pillow finds too large to be safe",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add --recipe, --device and an option for each field marked ``option``."""
    add = parser.add_argument
    add("--recipe", default="default", help=f"{', '.join(PRESETS)}, or a saved picture")
    for name, field in FIELDS.items():
        if field.metadata.get("option"):
            kinds, words = kinds_of(field)
            kind = number if kinds and words else (kinds or [str])[0]
            about = field.metadata["about"]
            usual = field.default
            usual = f" ({usual:g})" if isinstance(usual, float) else f" ({usual})"
            usual = "" if field.default is None else usual
            add(f"--{name.replace('_', '-')}", type=kind, help=f"{about}{usual}")
    add("--any-size", **ANY_SIZE)
    add_compute(parser)


def add_compute(parser: argparse.ArgumentParser) -> None:
    """Add --device and --precision."""
    add = parser.add_argument
    add("--device", help="cuda, mps or cpu: by default the first there is")
    add("--precision", default="auto", help="float32, half or auto: half if faster")


def number(text: str) -> int | str:
    """Return ``text`` as an int if it is one, else as it is: the recipe checks it."""
    return int(text) if text.isdigit() else text


def recipe_of(options: dict[str, Any]) -> Recipe:
    """Return the `Recipe` of parsed options; remove its fields from ``options``."""
    name = options.pop("recipe")
    if name in PRESETS or not os.path.exists(name):
        recipe = Recipe.preset(name)
    else:
        from ..keep.record import read_record

        recipe = Recipe().replace(**read_record(name)["recipe"])
    changes = {name: options.pop(name) for name in FIELDS if name in options}
    return recipe.replace(**{k: v for k, v in changes.items() if v is not None})
