"""What the command line does once it has understood what is asked."""

import json
import signal
import sys
from contextlib import contextmanager, nullcontext
from itertools import product
from pathlib import Path

from tqdm import tqdm

from .batch import Job, pool, style_many
from .checkpoint import Checkpoint
from .device import choose_device
from .errors import InputError
from .files import check_writable
from .images import check_format, save_image
from .memory import estimate, make_room
from .provenance import check_apart, inputs, name_of, record
from .samples import load
from .transfer import iterate


def paint_one(recipe, content, style, output, mask, style_mask, every, **options):
    """One picture, with a bar; Ctrl-C keeps what there is."""
    output = Path(output)
    check_format(output)
    check_writable(output)
    given = inputs(content, style, mask, style_mask)
    kept = _checkpoint(**options)
    check_apart(output, given | _others(recipe, kept))
    names = {kind: name_of(source) for kind, source in given.items()}
    content, styles = load(content), [load(source) for source in style]
    how = {"device": choose_device(options["device"])}
    how |= {"masks": _loaded(mask), "style_masks": _loaded(style_mask)}
    recipe = make_room(recipe, content, styles, how["device"])
    steps = iterate(content, styles, recipe, checkpoint=kept, **how)
    need = max(estimate(recipe, content.shape, s.shape) for s in styles) / 1e9
    tiles = f", in tiles of {recipe.tile} px" if recipe.tile else ""
    print(f"on {how['device']}, up to {need:.1f} GB of memory{tiles}", file=sys.stderr)
    made = json.loads(record(recipe, content, styles, names=names, **how))
    total, step = sum(count for _, count in recipe.levels()), None

    def save(path):
        number = None if step.number == total else step.number
        save_image(step.best, path, json.dumps(made | {"step": number}, indent=1))

    def beside():
        return output.with_name(f"{output.stem}-{step.number:04d}{output.suffix}")

    try:
        with (
            stopping() as asked,
            tqdm(total=total, unit="step", desc="painting") as bar,
        ):
            for step in steps:
                bar.set_postfix(loss=f"{step.losses['total']:.4g}", refresh=False)
                bar.update(step.number - bar.n)
                if every and step.number % every == 0:
                    save(beside())
                if asked:
                    raise KeyboardInterrupt
    except KeyboardInterrupt:
        if step is None:
            raise InputError("stopped before the first step: nothing to save") from None
        if kept:
            kept.save()
        print(f"stopped after {step.number} of {total} steps", file=sys.stderr)
    except InputError as error:
        if step is None:
            raise
        save(beside())
        message = f"{error}; the picture as it was is in {str(beside())!r}"
        raise InputError(message) from error
    save(output)
    print(f"the result is in {output}")


@contextmanager
def stopping():
    """A list that Ctrl-C or a polite kill fills, to stop after a whole step.

    A second one raises KeyboardInterrupt at once.
    """
    asked = []

    def ask(number, frame):
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        tqdm.write("stopping after this step; once more stops at once", sys.stderr)

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, ask) for number in signals]
    try:
        yield asked
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


def _checkpoint(checkpoint, resume, checkpoint_every, device):
    if checkpoint:
        return Checkpoint(checkpoint, resume, checkpoint_every)
    if resume:
        raise InputError("--resume needs a file: name it with --checkpoint FILE")


def _others(recipe, checkpoint):
    """What else must not be written over."""
    others = {"initial picture": recipe.initial} if recipe.initial_picture else {}
    return others | ({"checkpoint": checkpoint.path} if checkpoint else {})


def _loaded(masks):
    return masks and [load(mask) for mask in masks]


def paint_many(contents, styles, folder, recipe, device, workers):
    """Every content in every style, into ``folder``; the exit status."""
    jobs = []
    for content, style in product(contents, styles):
        output = Path(folder, f"{_stem(content)}-{_stem(style)}.png")
        jobs.append(Job(content, style, str(output), recipe, device=device))
    failed = 0
    with pool(workers) if workers > 1 else nullcontext() as executor:
        results = style_many(jobs, executor)
        for result in tqdm(results, total=len(jobs), unit="picture"):
            tqdm.write(f"{result.status}: {result.job.output}", file=sys.stdout)
            if result.message:
                failed += 1
                tqdm.write(f"nst: {result.message}", file=sys.stderr)
    print(f"{len(jobs) - failed} of {len(jobs)} pictures are in {folder}")
    return 2 if failed else 0


def _stem(source):
    return Path(str(source).split("?")[0]).stem
