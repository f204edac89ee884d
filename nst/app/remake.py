"""Make a picture again from the record that it carries."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from torch import Tensor

from ..control.sizes import crop
from ..device import Device, Precision, choose_again
from ..errors import InputError
from ..files import check_apart, check_writable
from ..images import Size, Source, read
from ..inputs import KINDS, Inputs, Picture, as_list, numbered
from ..keep.places import check_ours
from ..keep.record import about, as_text, describe, known_inputs, read_record
from ..keep.saving import check_format, save_image
from ..recipe import Recipe
from ..samples import PAINTINGS, SAMPLES, is_address
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
    device: Device = None,
    precision: Precision = "auto",
    force: bool = False,
) -> Tensor:
    """Make the picture at ``path`` again and save it as ``output``; return its image.

    Samples, paintings and addresses are found by name; other inputs must be given,
    several styles or masks as lists. It is computed as it was, unless ``device`` or
    ``precision`` is given. Raise `InputError` if an input is missing or is not the
    picture that was used, or if nst did not make the file that ``output`` would
    replace, unless ``force``.
    """
    made = read_record(path)
    check_format(output)
    check_writable(output)
    given = map(as_list, (content, style, mask, style_mask, initial))
    by_kind = dict(zip(KINDS, given, strict=True))
    pictures = _pictures(made, by_kind, path, output)
    if not force:
        check_ours(output)
    one, styles, masks, style_masks, first = pictures.values()
    inputs = Inputs.of(one[0], styles, masks, style_masks, first[0])
    recipe = Recipe().replace(**made["recipe"])
    if inputs.initial:
        recipe = recipe.replace(initial=inputs.initial.path or inputs.initial.name)
    compute = choose_again(made, device, precision)
    studio = made.get("studio")
    if studio:
        from ..studio.engine.replay import replay

        best = replay(inputs, recipe, made["step"], device=compute, **studio)
    else:
        for step in islice(paint(inputs, recipe, compute), made["step"]):
            best = step.best
    again = describe(inputs, recipe, compute, step=made["step"], studio=studio)
    alpha = crop(inputs.content.alpha, recipe)
    save_image(best, output, as_text(again), alpha=alpha)
    return best.cpu()


def _pictures(
    made: dict, given: dict[str, list], path: str | Path, output: str | Path
) -> dict[str, list[Picture | None]]:
    """Return the picture's inputs by kind: as given, the others found by name."""
    known, wanted = known_inputs(made), Recipe().replace(**made["recipe"]).wanted
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
            _find(kind, index, sources.get((kind, index)), entry, wanted)
            if entry
            else None
            for index, entry in enumerate(entries)
        ]
        for kind, entries in known.items()
    }


def _as_kind(picture: Picture, kind: str) -> Picture:
    return replace(picture, mask="mask" in kind)


def _readings(picture: Picture, wanted: Size) -> Iterator[Picture]:
    """Yield a picture as it is read now, and as it was read earlier."""
    sizes = (wanted, None)  # the Studio reads large files as a whole
    for size in sizes:
        yield replace(picture, wanted=size)
    for size in sizes:  # before format 3, transparent was white
        image, _ = read(picture.source, size, backdrop=1.0)
        yield Picture(image, picture.name, picture.path)


def _find(
    kind: str, index: int, given: Picture | None, known: dict, wanted: Size
) -> Picture:
    """Return the input that a record describes: as given, or found by its name."""
    name, what = known["name"], numbered(kind, index)
    option = f"--{kind.replace(' ', '-')} FILE"
    if given is None and not (name in (*SAMPLES, *PAINTINGS) or is_address(name)):
        raise InputError(f"the {what} picture was {name!r}: give it with {option}")
    picture = given or _as_kind(Picture.of(name), kind)
    for reading in _readings(picture, wanted):
        seen = about(reading)
        if all(seen.get(key) == known.get(key) for key in ("sha256", "alpha")):
            return reading
    raise InputError(
        f"{picture.name!r} is not the {what} picture that was used, "
        f"{name!r}: give that one with {option}"
    )
