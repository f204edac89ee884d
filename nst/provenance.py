"""A picture that knows how it was made, and how to make it again."""

import hashlib
import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from PIL import Image

from . import __version__
from .control import as_list
from .errors import InputError
from .images import RECORD, load_image, save_image
from .recipe import Recipe
from .samples import PAINTINGS, SAMPLES, load
from .transfer import choose_device, iterate

FORMAT = 1  # of the record; raise it when an older reader would misread a newer one


def record(
    recipe, content, style, *, masks=(), step=None, device=None, names=None, studio=None
):
    """The JSON text that a saved picture carries.

    Holds the recipe, the number of steps taken if they were cut short, the versions,
    and for each input its name (a file's base name only) and its pixels' sha256.
    ``names`` are those of inputs given as pixels, ``studio`` what a Studio picture has
    besides: its "moves".
    """
    names = names or {}
    inputs = _inputs(content, style, masks)
    if recipe.initial_picture:
        inputs["initial"] = recipe.initial
        recipe = recipe.replace(initial=Path(recipe.initial).name)
    versions = {"nst": __version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in ("torch", "numpy", "pillow")}
    made = {"format": FORMAT, "recipe": asdict(recipe), "step": step}
    made["inputs"] = {
        kind: {
            "name": name_of(names.get(kind, source)),
            "sha256": _fingerprint(load(source)),
        }
        for kind, source in inputs.items()
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
        found["recipe"], found["step"], found["device"], found["inputs"]["content"]
    except (TypeError, KeyError, ValueError) as error:
        message = f"{str(path)!r} carries no recipe: give a picture that nst saved"
        raise InputError(message) from error
    if newer:
        made = found.get("versions", {}).get("nst", "a later version")
        message = f"{str(path)!r} was made by nst {made}: upgrade nst to read it"
        raise InputError(message)
    return found


def remake(path, output, *, content=None, style=(), mask=(), initial=None, device=None):
    """Make the picture at ``path`` again from its record and save it as ``output``.

    Samples and paintings are found by name; other inputs are to be given, several
    styles or masks as lists. Raises `InputError` if one is missing or is not the
    picture that was used.
    """
    made = read_record(path)
    given = _inputs(content, style, mask) | {"initial": initial}
    sources = {
        kind: _find(kind, given.get(kind), known)
        for kind, known in made["inputs"].items()
    }
    recipe = Recipe().replace(**made["recipe"])
    if "initial" in sources:
        recipe = recipe.replace(initial=str(sources["initial"]))
    device = device or made["device"]
    content, styles, masks = sources["content"], [], []
    while (key := _numbered("style", len(styles))) in sources:
        masks.append(sources.get(_numbered("mask", len(styles))))
        styles.append(sources[key])
    studio = made.get("studio")
    if studio:
        from .studio.replay import replay

        best = replay(content, *styles, recipe, made["step"], device=device, **studio)
    else:
        steps = iterate(content, styles, recipe, masks=masks, device=device)
        for step in islice(steps, made["step"]):
            best = step.best
    extra = {"step": made["step"], "device": device, "studio": studio, "masks": masks}
    save_image(best, output, record(recipe, content, styles, **extra))
    return best.cpu()


def _inputs(content, style, masks):
    """{"content": …, "style": …, "style 2": …, "mask": …}, without what is None."""
    lists = {"content": [content], "style": as_list(style), "mask": masks or ()}
    return {
        _numbered(kind, index): source
        for kind, sources in lists.items()
        for index, source in enumerate(sources)
        if source is not None
    }


def _numbered(kind, index):
    return f"{kind} {index + 1}" if index else kind


def _find(kind, given, known):
    source, option = given or known["name"], f"--{kind.split()[0]} FILE"
    if given is None and source not in (*SAMPLES, *PAINTINGS):
        if not str(source).startswith(("http://", "https://")):
            message = f"the {kind} picture was {source!r}: give it with {option}"
            raise InputError(message)
    if _fingerprint(load(source)) != known["sha256"]:
        raise InputError(
            f"{str(source)!r} is not the {kind} picture that was used, "
            f"{known['name']!r}: give that one with {option}"
        )
    return source


def name_of(source):
    """What a record calls a picture: its address, its file's base name, its type."""
    if not isinstance(source, str | Path):
        return type(source).__name__
    address = str(source).startswith(("http://", "https://"))
    return source if address else Path(source).name


def _fingerprint(image):
    shape = repr(tuple(image.shape)).encode()
    return hashlib.sha256(shape + image.cpu().numpy().tobytes()).hexdigest()
