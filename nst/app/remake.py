"""Make a picture again from the record that it carries."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from ..control.sizes import crop
from ..device import choose_device
from ..errors import InputError
from ..files import check_apart, check_writable
from ..images import Source, is_address
from ..inputs import Inputs, Picture, as_list, numbered
from ..keep.record import about, describe, known_inputs, read_record
from ..keep.saving import check_format, save_image
from ..recipe import Recipe
from ..samples import PAINTINGS, SAMPLES, load
from ..transfer import Masks, Sources, paint


def remake(
    path: str | Path,
    output: str | Path,
    *,
    content: Source | None = None,
    style: Sources = (),
    mask: Masks = (),
    style_mask: Masks = (),
    initial: Source | None = None,
    device: str | torch.device | None = None,
) -> Tensor:
    """Make the picture at ``path`` again and save it as ``output``; return its image.

    Samples, paintings and addresses are found by name; other inputs must be given,
    several styles or masks as lists. Raise `InputError` if an input is missing or is
    not the picture that was used.
    """
    made = read_record(path)
    check_format(output)
    check_writable(output)
    given = {"content": content, "style": style, "mask": mask}
    given |= {"style mask": style_mask, "initial": initial}
    pictures = _pictures(made, {k: as_list(v) for k, v in given.items()}, path, output)
    one, styles, masks, style_masks, first = pictures.values()
    inputs = Inputs.of(one[0], styles, masks, style_masks, first[0])
    recipe = Recipe().replace(**made["recipe"])
    if inputs.initial:
        recipe = recipe.replace(initial=inputs.initial.path or inputs.initial.name)
    where, studio = choose_device(device or made["device"]), made.get("studio")
    if studio:
        from ..studio.engine.replay import replay

        best = replay(inputs, recipe, made["step"], device=where, **studio)
    else:
        for step in islice(paint(inputs, recipe, where), made["step"]):
            best = step.best
    text = describe(inputs, recipe, step=made["step"], device=where, studio=studio)
    save_image(best, output, text, alpha=crop(inputs.content.alpha, recipe))
    return best.cpu()


def _pictures(
    made: dict, given: dict[str, list], path: str | Path, output: str | Path
) -> dict[str, list[Picture | None]]:
    """Return the picture's inputs by kind: as given, the others found by name."""
    known = known_inputs(made)
    sources = {
        (kind, index): _as_kind(Picture.of(source), kind)
        for kind, several in given.items()
        for index, source in enumerate(several)
        if source is not None
    }
    files = [(numbered(*key), picture.path) for key, picture in sources.items()]
    check_apart([output], [*files, ("picture that was made", path)])
    for kind, index in sources:
        if index >= len(known[kind]) or known[kind][index] is None:
            what = numbered(kind, index)
            raise InputError(f"the picture was made without a {what}: leave it out")
    return {
        kind: [
            _find(kind, index, sources.get((kind, index)), entry) if entry else None
            for index, entry in enumerate(entries)
        ]
        for kind, entries in known.items()
    }


def _as_kind(picture: Picture, kind: str) -> Picture:
    return replace(picture, mask="mask" in kind)


def _same(picture: Picture, known: dict) -> bool:
    seen = about(picture)
    return all(seen.get(key) == known.get(key) for key in ("sha256", "alpha"))


def _find(kind: str, index: int, given: Picture | None, known: dict) -> Picture:
    """Return the input that a record describes: as given, or found by its name."""
    name, what = known["name"], numbered(kind, index)
    option = f"--{kind.replace(' ', '-')} FILE"
    if given is None and not (name in (*SAMPLES, *PAINTINGS) or is_address(name)):
        raise InputError(f"the {what} picture was {name!r}: give it with {option}")
    picture = given or _as_kind(Picture.of(name), kind)
    if not _same(picture, known):  # before format 3, transparent was white
        image = load(picture.source, backdrop=1.0)
        picture = Picture(image, picture.name, picture.path)
    if not _same(picture, known):
        raise InputError(
            f"{picture.name!r} is not the {what} picture that was used, "
            f"{name!r}: give that one with {option}"
        )
    return picture
