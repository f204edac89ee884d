"""Making a picture again from what it carries."""

from itertools import islice

from .errors import InputError
from .files import check_writable
from .images import check_format, save_image
from .provenance import check_apart, fingerprint, inputs, numbered, read_record, record
from .recipe import Recipe
from .samples import PAINTINGS, SAMPLES, load
from .transfer import iterate


def remake(
    path,
    output,
    *,
    content=None,
    style=(),
    mask=(),
    style_mask=(),
    initial=None,
    device=None,
):
    """Make the picture at ``path`` again from its record and save it as ``output``.

    Samples and paintings are found by name; other inputs are to be given, several
    styles or masks as lists. Raises `InputError` if one is missing or is not the
    picture that was used.
    """
    made = read_record(path)
    check_format(output)
    check_writable(output)
    given = inputs(content, style, mask, style_mask, initial)
    check_apart([output], given, {"picture that was made": path})
    for kind in given.keys() - made["inputs"].keys():
        raise InputError(f"the picture was made without a {kind}: leave it out")
    sources = {
        kind: _find(kind, given.get(kind), known)
        for kind, known in made["inputs"].items()
    }
    recipe = Recipe().replace(**made["recipe"])
    if "initial" in sources:
        recipe = recipe.replace(initial=str(sources["initial"]))
    device = device or made["device"]
    content, styles, extra = sources["content"], [], {"masks": [], "style_masks": []}
    while (key := numbered("style", len(styles))) in sources:
        for kind in extra:
            name = numbered(kind[:-1].replace("_", " "), len(styles))
            extra[kind].append(sources.get(name))
        styles.append(sources[key])
    studio = made.get("studio")
    if studio:
        from .studio.replay import replay

        best = replay(content, styles, recipe, made["step"], device=device, **studio)
    else:
        steps = iterate(content, styles, recipe, device=device, **extra)
        for step in islice(steps, made["step"]):
            best = step.best
    extra |= {"step": made["step"], "device": device, "studio": studio}
    save_image(best, output, record(recipe, content, styles, **extra))
    return best.cpu()


def _find(kind, given, known):
    option = "-".join(word for word in kind.split() if not word.isdigit())
    source, option = given or known["name"], f"--{option} FILE"
    if given is None and source not in (*SAMPLES, *PAINTINGS):
        if not str(source).startswith(("http://", "https://")):
            message = f"the {kind} picture was {source!r}: give it with {option}"
            raise InputError(message)
    if fingerprint(load(source)) != known["sha256"]:
        raise InputError(
            f"{str(source)!r} is not the {kind} picture that was used, "
            f"{known['name']!r}: give that one with {option}"
        )
    return source
