"""The whole algorithm: two pictures and a recipe in, one picture out."""

import dataclasses
import time

from .control import as_list, finish
from .device import choose_device
from .errors import InputError
from .images import resize
from .levels import begin_level, check_inputs, improve, load_network
from .masks import load_masks
from .memory import make_room, ran_out
from .provenance import record
from .recipe import as_recipe
from .samples import load


def style_transfer(content, style, recipe=None, *, device=None, **changes):
    """Paint ``content`` in the manner of ``style``: a (1, 3, H, W) image on the CPU.

    ``content`` and ``style`` are whatever `load_image` takes, or the names of samples
    or paintings; they need not have the same size. ``style`` may be a list of them,
    blended by the recipe's ``blend``, or each in its region of `iterate`'s ``masks``.
    ``changes`` are fields of the `Recipe` or arguments of `iterate`. ``device`` is
    "cuda", "mps" or "cpu", by default the first there is.
    """
    for step in iterate(content, style, recipe, device=device, **changes):
        best = step.best
    return best.cpu()


def iterate(
    content,
    style,
    recipe=None,
    *,
    start=None,
    masks=None,
    style_masks=None,
    checkpoint=None,
    device=None,
    **changes,
):
    """`style_transfer` one step at a time: an iterator of `Step`s, coarse to fine.

    It is a for loop: break, plot or count as you like; ``step.best`` is the picture
    to keep. ``start`` is an image to begin from instead of the recipe's ``initial``.
    ``masks`` are pictures, one a style, white where in the content that style goes;
    ``style_masks`` likewise, white where in the style it is taken from. None is
    everywhere, and styles of one mask are blended there. ``checkpoint`` is a
    `Checkpoint` that keeps the run and may let it go on. Raises `InputError` at once
    if the pictures or the recipe cannot be used, or would need too much memory.
    """
    recipe = as_recipe(recipe, **changes)
    device = choose_device(device)
    content, styles = load(content).to(device), as_list(style)
    styles = [load(style).to(device) for style in styles]
    check_inputs(content, styles, recipe)
    masks = load_masks("masks", masks, [content] * len(styles))
    style_masks = load_masks("style masks", style_masks, styles)
    start = recipe.initial_picture if start is None else start
    if start is not None:
        start = load(start).to(device)
    recipe = make_room(recipe, content, styles, device)
    if checkpoint:
        given = {"masks": masks, "style_masks": style_masks, "device": device}
        checkpoint.open(record(recipe, content, styles, **given), start)
    masks = masks, style_masks
    return _levels(content, styles, masks, start, recipe, device, checkpoint)


def _levels(content, styles, masks, image, recipe, device, checkpoint):
    started, number = time.perf_counter(), 0
    kept = checkpoint.kept if checkpoint else None
    try:
        vgg = load_network(recipe, device)
        for level, (size, steps) in enumerate(recipe.levels()):
            if kept and level < kept["level"]:
                number += steps
                continue
            image, objective = begin_level(
                vgg, content, styles, image, size, recipe, *masks
            )
            small = resize(content, tuple(image.shape[-2:]))
            descent = improve(image, objective)
            if kept and level == kept["level"]:
                descent.load_state_dict(kept["descent"])
                yield _shown(descent.step(), number, started, small, recipe)
            while descent.number < steps:
                step = next(descent)
                if checkpoint:
                    checkpoint.note(level, descent, step)
                yield _shown(step, number, started, small, recipe)
            number, image = number + steps, descent.step().best
    except (RuntimeError, MemoryError) as error:
        if not ran_out(error):
            raise
        less = f"choose a size below {recipe.size} px, or a smaller tile"
        raise InputError(f"out of memory: {less}") from error


def _shown(step, before, started, content, recipe):
    """A level's step as one of the whole run, in the colours that it is shown in."""
    return dataclasses.replace(
        step,
        number=before + step.number,
        image=finish(step.image, content, recipe),
        best=finish(step.best, content, recipe),
        seconds=time.perf_counter() - started,
    )
