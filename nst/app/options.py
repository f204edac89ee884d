"""The fields of a recipe as options of the command line."""

import argparse
import os
import re
from typing import Any, NoReturn

from ..errors import InputError
from ..fields import kinds_of
from ..presets import PRESETS
from ..recipe import FIELDS, Recipe

FULL = "full"  # a --size: the content's own


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


def add_options(parser: argparse.ArgumentParser, several: bool = False) -> None:
    """Add --recipe, --device and an option for each field marked ``option``.

    With ``several`` an option that is one value takes any number of them.
    """
    add = parser.add_argument
    add("--recipe", default="default", help=f"{', '.join(PRESETS)}, or a saved picture")
    for name, field in FIELDS.items():
        if field.metadata.get("option"):
            kinds, words = kinds_of(field)
            kind = number if kinds and words else (kinds or [str])[0]
            how: dict[str, Any] = {"type": kind, "nargs": "+" if several else None}
            if kind is tuple:
                how = {"type": int, "nargs": "+"}
            elif name == "size":
                how |= {"type": extent, "metavar": "N|WxH|full"}
            about = field.metadata["about"]
            usual = field.default
            usual = f" ({usual:g})" if isinstance(usual, float) else f" ({usual})"
            usual = "" if field.default is None else usual
            add(f"--{name.replace('_', '-')}", help=f"{about}{usual}", **how)
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


def extent(text: str) -> int | tuple[int, ...] | str:
    """Return a size: "512" as 512, "128x96" as (96, 128), "full" as it is."""
    if text == FULL:
        return text
    if not re.fullmatch(r"-?\d+|\d+x\d+", text.lower()):
        wrong = f"{text!r} is no size, such as 512, 640x480 or {FULL}"
        raise argparse.ArgumentTypeError(wrong)
    *width, height = map(int, text.lower().split("x"))
    return (height, *width) if width else height


def lists_of(options: dict[str, Any]) -> dict[str, list]:
    """Return the fields that have several values; leave None or the one value."""
    lists: dict[str, list] = {}
    for name in FIELDS:
        given = options.get(name)
        if isinstance(given, list) and name != "sizes":
            options[name] = given[0] if len(given) == 1 else None
            lists |= {name: given} if len(given) > 1 else {}
    return lists


def recipe_of(options: dict[str, Any]) -> Recipe:
    """Return the `Recipe` of parsed options; remove its fields from ``options``.

    ``options["full"]`` then says whether the size shall be the content's own.
    """
    options["full"] = options["size"] == FULL
    if options["full"]:
        del options["size"]
    elif options["size"] and options["sizes"]:
        raise InputError("--size and --sizes both name the size: give one of them")
    name = options.pop("recipe")
    if name in PRESETS or not os.path.exists(name):
        recipe = Recipe.preset(name)
    else:
        from ..keep.record import read_record

        recipe = Recipe().replace(**read_record(name)["recipe"])
    changes = {name: options.pop(name) for name in FIELDS if name in options}
    return recipe.replace(**{k: v for k, v in changes.items() if v is not None})
