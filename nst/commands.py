"""What the command line does once it has understood what is asked."""

import json
import math
import sys
import tempfile
from contextlib import nullcontext
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
from .stopping import stopping
from .transfer import iterate


def paint_one(recipe, content, style, output, mask, style_mask, every, **options):
    """One picture, with a bar; Ctrl-C keeps what there is."""
    output = Path(output)
    check_format(output)
    check_writable(output.with_stem(f"{output.stem}-0000") if every else output)
    given = inputs(content, style, mask, style_mask, recipe.initial_picture)
    kept = _checkpoint(**options)
    own = {"checkpoint": kept.path} if kept else {}
    check_apart([output], given, own)
    names = {kind: name_of(source) for kind, source in given.items()}
    content, styles = load(content), [load(source) for source in style]
    how = {"device": choose_device(options["device"])}
    how |= {"masks": _loaded(mask), "style_masks": _loaded(style_mask)}
    recipe = make_room(recipe, content, styles, how["device"])
    steps = iterate(content, styles, recipe, checkpoint=kept, **how)
    need = max(estimate(recipe, content.shape, s.shape) for s in styles)
    need = math.ceil(need / 1e8) / 10
    tiles = f", in tiles of {recipe.tile} px" if recipe.tile else ""
    print(f"on {how['device']}, up to {need:.1f} GB of memory{tiles}", file=sys.stderr)
    made = json.loads(record(recipe, content, styles, names=names, **how))
    total, step = sum(count for _, count in recipe.levels()), None

    def save(path):
        check_apart([path], given, own)
        number = None if step.number == total else step.number
        save_image(step.best, path, json.dumps(made | {"step": number}, indent=1))

    def beside():
        return output.with_name(f"{output.stem}-{step.number:04d}{output.suffix}")

    try:
        with (
            stopping("step") as asked,
            tqdm(total=total, unit="step", desc="painting") as bar,
        ):
            for step in steps:
                bar.set_postfix(loss=f"{step.losses['total']:.4g}", refresh=False)
                bar.update(step.number - bar.n)
                if every and step.number % every == 0:
                    if wrong := _mistake(save, beside()):
                        tqdm.write(f"nst: {wrong}", file=sys.stderr)
                        every = None  # it would be wrong again; the run goes on
                if asked:
                    raise KeyboardInterrupt
    except KeyboardInterrupt:
        if step is None:
            raise InputError("stopped before the first step: nothing to save") from None
        print(f"stopped after {step.number} of {total} steps", file=sys.stderr)
    except InputError as error:
        if step is None:
            raise
        _save_somewhere(save, beside())
        message = f"{error}; the picture as it was is in {str(beside())!r}"
        raise InputError(message) from error
    wrong = [_mistake(_save_somewhere, save, output), kept and _mistake(kept.save)]
    if any(wrong):
        raise InputError("; ".join(filter(None, wrong)))
    print(f"the result is in {output}")


def _mistake(action, *given):
    """Do it; the sentence of its `InputError`, if it raises one."""
    try:
        action(*given)
    except InputError as error:
        return str(error)


def _save_somewhere(save, path):
    """Save as ``path``; where that cannot be, in a folder for what is passing."""
    wrong = _mistake(save, path)
    if wrong:
        spare = Path(tempfile.mkdtemp(prefix="nst-"), path.name)
        if _mistake(save, spare):
            spare.parent.rmdir()
        else:
            wrong += f"; the picture is in {str(spare)!r}"
        raise InputError(wrong)


def _checkpoint(checkpoint, resume, checkpoint_every, device):
    if checkpoint is not None:
        return Checkpoint(checkpoint, resume, checkpoint_every)
    if resume:
        raise InputError("--resume needs a file: name it with --checkpoint FILE")


def _loaded(masks):
    return masks and [load(mask) for mask in masks]


def paint_many(contents, styles, folder, recipe, device, workers):
    """Every content in every style, into ``folder``; the exit status."""
    jobs = []
    for content, style in product(contents, styles):
        output = Path(folder, f"{_stem(content)}-{_stem(style)}.png")
        jobs.append(Job(content, style, str(output), recipe, device=device))
    failed = 0
    with (
        stopping("picture") as asked,
        pool(workers) if workers > 1 else nullcontext() as executor,
    ):
        results = style_many(jobs, executor)
        for result in tqdm(results, total=len(jobs), unit="picture"):
            tqdm.write(f"{result.status}: {result.job.output}", file=sys.stdout)
            if result.message:
                failed += 1
                tqdm.write(f"nst: {result.message}", file=sys.stderr)
            if asked:
                results.close()
                break
    there = [job for job in jobs if Path(job.output).exists()] if asked else jobs
    print(f"{len(there) - failed} of {len(jobs)} pictures are in {folder}")
    return 2 if failed or asked else 0


def _stem(source):
    return Path(str(source).split("?")[0]).stem
