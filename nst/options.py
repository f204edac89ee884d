"""The fields of a recipe as options of the command line."""

import argparse
import os

from .errors import InputError
from .presets import PRESETS
from .recipe import Recipe


class Parser(argparse.ArgumentParser):
    """argparse's, but a mistake is one sentence, told as every other one."""

    def error(self, message):
        raise InputError(f"{message}: see {self.prog} --help")


def add_options(parser):
    """Add an option for each field of a recipe that people change, and the device."""
    add = parser.add_argument
    add("--recipe", default="default", help=f"{', '.join(PRESETS)}, or a saved picture")
    add("--size", type=int, help="long side of the result in pixels (512)")
    add("--steps", type=int, help="optimiser steps at each size (60, 38, 25, 25, ...)")
    add("--style-weight", type=float, help="more paint, less photograph (15)")
    add("--content-weight", type=float, help="the other way round (1)")
    add("--tv-weight", type=float, help="smoothness (0)")
    add("--initial", help="recolored, content, noise, style, or a picture")
    add("--seed", type=int, help="of the noise (0)")
    add("--color", help="style, content, match or histogram: whose colours (style)")
    add("--style-scale", type=float, help="larger or smaller strokes (1)")
    add("--tile", type=tile, help="side of a tile, or auto: less memory, same result")
    add("--device", help="cuda, mps or cpu: by default the first there is")


def tile(text):
    """A number, or the word as it is: the recipe says what it takes."""
    return int(text) if text.isdigit() else text


def recipe_of(options):
    """The `Recipe` that parsed options ask for; takes its fields out of the dict."""
    name = options.pop("recipe")
    if name in PRESETS or not os.path.exists(name):
        recipe = Recipe.preset(name)
    else:
        from .provenance import read_record

        recipe = Recipe().replace(**read_record(name)["recipe"])
    names = [name for name in options if name in Recipe.__dataclass_fields__]
    changes = {name: options.pop(name) for name in names}
    return recipe.replace(**{k: v for k, v in changes.items() if v is not None})
