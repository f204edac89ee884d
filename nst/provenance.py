"""A picture that knows how it was made."""

import hashlib
import json
import os
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from PIL import Image

from . import __version__
from .control import as_list
from .device import choose_device
from .errors import InputError
from .images import RECORD, load_image
from .samples import load

FORMAT = 1  # of the record; raise it when an older reader would misread a newer one


def record(
    recipe,
    content,
    style,
    *,
    masks=(),
    style_masks=(),
    step=None,
    device=None,
    names=None,
    studio=None,
):
    """The JSON text that a saved picture carries.

    Holds the recipe, the number of steps taken if they were cut short, the versions,
    and for each input its name (a file's base name only) and its pixels' sha256.
    ``names`` are those of inputs given as pixels, as in `inputs`, ``studio`` what a
    Studio picture has besides: its "moves".
    """
    given = inputs(content, style, masks, style_masks, recipe.initial_picture)
    names, recipe = names or {}, recipe.replace(initial=Path(recipe.initial).name)
    versions = {"nst": __version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in ("torch", "numpy", "pillow")}
    made = {"format": FORMAT, "recipe": asdict(recipe), "step": step}
    made["inputs"] = {
        kind: {
            "name": name_of(names.get(kind, source)),
            "sha256": fingerprint(load(source)),
        }
        for kind, source in given.items()
    }
    made |= {"studio": studio} if studio else {}
    made |= {"device": choose_device(device).type, "versions": versions}
    return json.dumps(made, indent=1)


def read_record(path):
    """The record of a picture as a dict; raises `InputError` if there is none."""
    load_image(path)  # says what is wrong with the file
    with Image.open(path) as picture:
        text = picture.info.get(RECORD) or picture.info.get("comment") or "null"
    try:
        found = json.loads(text)
        newer = found["format"] > FORMAT
        whole = newer or _is_whole(found)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        whole = False
    if not whole:
        message = f"{str(path)!r} carries no recipe: give a picture that nst saved"
        raise InputError(message)
    if newer:
        message = f"{str(path)!r} was made by a later nst: upgrade nst to read it"
        raise InputError(message)
    return found


def _is_whole(found):
    """Whether a record has all that it takes to make its picture again."""
    known, step, moves = found["inputs"], found["step"], []
    if found.get("studio"):
        moves = found["studio"]["moves"]
    texts = [entry[key] for entry in known.values() for key in ("name", "sha256")]
    steps = [move["step"] + 1 for move in moves] + ([] if step is None else [step])
    return (
        isinstance(found["recipe"], dict)
        and {"content", "style"} <= known.keys()
        and all(isinstance(text, str) for text in [*texts, found["device"]])
        and all(isinstance(number, int) and number > 0 for number in steps)
    )


def inputs(content, style, masks=(), style_masks=(), initial=None):
    """{"content": …, "style": …, "style 2": …, "mask": …}, without what is None."""
    lists = {"content": [content], "style": as_list(style)}
    lists |= {"mask": as_list(masks), "style mask": as_list(style_masks)}
    lists |= {"initial": [initial]}
    return {
        numbered(kind, index): source
        for kind, sources in lists.items()
        for index, source in enumerate(sources)
        if source is not None
    }


def check_apart(outputs, *inputs):
    """Raise `InputError` if a result would replace an input.

    ``outputs`` are paths, each of ``inputs`` is {what it is: its path}.
    """
    taken = {
        os.path.realpath(source): kind
        for given in inputs
        for kind, source in given.items()
        if isinstance(source, str | Path)
    }
    for output in outputs:
        if kind := taken.get(os.path.realpath(output)):
            what = f"{str(output)!r} is the {kind}"
            raise InputError(f"{what} as well: name another file for the result")


def numbered(kind, index):
    """The key of the first, second, … of a kind: "style", "style 2", …"""
    return f"{kind} {index + 1}" if index else kind


def name_of(source):
    """What a record calls a picture: its address, its file's base name, its type."""
    if not isinstance(source, str | Path):
        return type(source).__name__
    address = str(source).startswith(("http://", "https://"))
    return source if address else Path(source).name


def fingerprint(image):
    """The sha256 of an image's shape and pixels."""
    shape = repr(tuple(image.shape)).encode()
    return hashlib.sha256(shape + image.cpu().numpy().tobytes()).hexdigest()
