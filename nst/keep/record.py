"""The record: a JSON text in a picture that says how it was made."""

import json
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PIL import Image

from .. import __version__
from ..device import Compute, Device, Precision, choose
from ..errors import InputError
from ..images import Source, load_image
from ..inputs import KINDS, Inputs, Picture, fingerprint, numbered
from ..recipe import INITIALS, Recipe
from ..transfer import Masks, Sources
from .saving import RECORD

FORMAT = 3  # of the record; add 1 when an older nst would misread a new record


def record(
    recipe: Recipe,
    content: Source,
    style: Sources,
    *,
    masks: Masks | None = None,
    style_masks: Masks | None = None,
    step: int | None = None,
    device: Device = None,
    precision: Precision = "auto",
) -> str:
    """Return the record, the JSON text that a saved picture carries.

    It holds the recipe, how it was computed, the versions, the number of steps if the
    run was stopped early, and each input's name (of a file the base name only) and the
    sha256 of its pixels.

    Example:
        >>> made = json.loads(nst.record(nst.Recipe(size=64), "cat", "ink"))
        >>> made["inputs"]["style"]["name"], made["recipe"]["size"]
        ('ink', 64)
    """
    first = recipe.initial_picture
    given = content, style, masks, style_masks, first
    inputs = Inputs.of(*given, wanted=recipe.wanted)
    return as_text(describe(inputs, recipe, choose(device, precision), step=step))


def describe(
    inputs: Inputs,
    recipe: Recipe,
    compute: Compute,
    *,
    step: int | None = None,
    studio: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what the record for `Inputs` holds, as `read_record` gives it back.

    ``studio`` holds the moves of a session.
    """
    versions = {"nst": __version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in ("torch", "numpy", "pillow")}
    made = {
        "format": FORMAT,
        "recipe": described(_without_folder(recipe)),
        "step": step,
    }
    made["inputs"] = {what: about(picture) for what, picture in inputs.named()}
    made |= {"studio": studio} if studio else {}
    made |= compute.described() | {"versions": versions}
    return json.loads(as_text(made))  # with lists for tuples


def described(recipe: Recipe) -> dict[str, Any]:
    """Return the fields of a recipe as plain values: of a function its name."""
    fields = asdict(recipe)
    if callable(recipe.style_loss):
        from ..ideas.own import name_of

        fields["style_loss"] = name_of(recipe.style_loss)
    return fields


def usual() -> dict[str, Any]:
    """Return the fields of the default recipe, for those that an old record lacks."""
    return json.loads(as_text(described(Recipe())))


def as_text(made: dict[str, Any]) -> str:
    """Return the record, the JSON text, of what `describe` returned."""
    return json.dumps(made, indent=1)


def read_record(path: str | Path) -> dict[str, Any]:
    """Return a picture's record as a dict; raise `InputError` if there is none."""
    load_image(path)  # raises `InputError` if it is no picture
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
    if found["format"] < 2 and found["recipe"].get("scale") == "relative":
        found["recipe"]["scale"] = "own"  # what "relative" meant in format 1
    if (
        found["format"] < 3
        and found["recipe"].get("initial", INITIALS[0]) not in INITIALS
    ):
        _pin_levels(found)
    return found | {"recipe": usual() | found["recipe"]}


def _pin_levels(found: dict) -> None:
    """Name all levels: before format 3 an initial picture skipped none of them."""
    moves = found["studio"]["moves"] if found.get("studio") else []
    for plan in (found["recipe"], *moves[:1]):
        asked = {k: plan[k] for k in ("size", "sizes", "steps") if k in plan}
        if "size" in asked:
            sizes, steps = zip(*Recipe().replace(**asked).levels(), strict=True)
            plan |= {"sizes": sizes, "steps": steps}


def about(picture: Picture) -> dict[str, str]:
    """Return a picture's "name", its "sha256" and, unless it is opaque, its alpha's."""
    known = {"name": picture.name, "sha256": picture.sha256}
    alpha = picture.alpha
    return known if alpha is None else known | {"alpha": fingerprint(alpha)}


def _is_whole(found: dict) -> bool:
    """Return whether a record has all that is needed to make its picture again."""
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


def known_inputs(found: dict) -> dict[str, list[dict[str, str] | None]]:
    """Return {kind: [{"name", "sha256"} or None, ...]}: the inputs of a record.

    None stands for a picture that was not given, such as the mask of a style that goes
    everywhere.
    """
    known = found["inputs"]
    lists = {
        kind: [known.get(numbered(kind, index)) for index in range(len(known))]
        for kind in KINDS
    }
    styles = len(lists["style"]) - lists["style"].count(None)
    most = {"content": 1, "initial": 1}
    return {kind: entries[: most.get(kind, styles)] for kind, entries in lists.items()}


def _without_folder(recipe: Recipe) -> Recipe:
    """Return the recipe with only the file name of ``initial``."""
    return recipe.replace(initial=Path(recipe.initial).name)
