"""Paint for the command line, once its options are read."""

import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from ..control.memory import make_room, need
from ..control.sizes import LEAST, crop, levels_of
from ..device import choose_device
from ..errors import InputError
from ..files import check_apart, check_writable
from ..inputs import Inputs, Picture
from ..keep.checkpoint import Checkpoint
from ..keep.record import describe
from ..keep.saving import check_format, save_image
from ..optimize import Step
from ..recipe import Recipe
from ..transfer import paint
from .batch import Job, pool, style_many
from .stopping import stopping


@dataclass
class Painting:
    """A picture in the making, for the file ``output``."""

    inputs: Inputs
    recipe: Recipe
    output: Path
    device: torch.device
    checkpoint: Checkpoint | None
    step: Step | None = None  # the last one taken

    @property
    def total(self) -> int:
        """The number of steps of the whole run."""
        return sum(count for _, count in levels_of(self.recipe, self.inputs))

    @property
    def beside(self) -> Path:
        """A path beside ``output``, with the number of the last step in its name."""
        number = self.step.number if self.step else 0
        return self.output.with_stem(f"{self.output.stem}-{number:04d}")

    def check_apart(self, output: Path) -> None:
        """Raise `InputError` if ``output`` is an input or the checkpoint."""
        own = [("checkpoint", self.checkpoint.path if self.checkpoint else None)]
        check_apart([output], [*self.inputs.files(), *own])

    def save(self, path: Path) -> None:
        """Save the picture as it is now, with its record."""
        self.check_apart(path)
        assert self.step, "nothing was painted yet"
        number = None if self.step.number == self.total else self.step.number
        made = describe(self.inputs, self.recipe, step=number, device=self.device)
        alpha = crop(self.inputs.content.alpha, self.recipe)
        save_image(self.step.best, path, made, alpha=alpha)

    def save_somewhere(self, path: Path) -> None:
        """Save to ``path``, or if that fails to a new temporary folder.

        Raise `InputError` if ``path`` failed, with the reason and where the picture is.
        """
        if wrong := _mistake(self.save, path):
            spare = Path(tempfile.mkdtemp(prefix="nst-"), path.name)
            if _mistake(self.save, spare):
                spare.parent.rmdir()
            else:
                wrong += f"; the picture is in {str(spare)!r}"
            raise InputError(wrong)

    def take_steps(self, every: int | None) -> None:
        """Paint with a progress bar to the end, or until Ctrl-C stops it after a step.

        Every ``every`` steps save a picture beside ``output``. If one cannot be saved,
        paint on without saving more of them.
        """
        self.recipe = make_room(self.recipe, *self.inputs.images, self.device)
        steps = paint(self.inputs, self.recipe, self.device, self.checkpoint)
        self.recipe = self.checkpoint.recipe if self.checkpoint else self.recipe
        self._tell_memory()
        bar = tqdm(total=self.total, unit="step", desc="painting")
        with stopping("step") as asked, bar:
            for self.step in steps:
                bar.set_postfix(loss=f"{self.step.losses['total']:.4g}", refresh=False)
                bar.update(self.step.number - bar.n)
                if every and self.step.number % every == 0:
                    if wrong := _mistake(self.save, self.beside):
                        tqdm.write(f"nst: {wrong}", file=sys.stderr)
                        every = None  # it would fail again; the run goes on
                if asked:
                    break

    def _tell_memory(self) -> None:
        gigabytes = need(self.recipe, *self.inputs.images) / 1e9
        tiles = f", in tiles of {self.recipe.tile} px" if self.recipe.tile else ""
        memory = f"up to {math.ceil(10 * gigabytes) / 10:.1f} GB of memory{tiles}"
        print(f"on {self.device}, {memory}", file=sys.stderr)
        content = self.inputs.content.image
        height, width = content.shape[-2:]
        h, w = crop(content, self.recipe).shape[-2:]
        if (h, w) != (height, width):
            seen = f"the content's {width}x{height} pixels"
            print(f"{seen} are cropped to the middle {w}x{h}", file=sys.stderr)


def paint_one(
    recipe: Recipe,
    content: str,
    style: Sequence[str],
    output: str,
    mask: Sequence[str] | None,
    style_mask: Sequence[str] | None,
    every: int | None,
    device: str | None,
    full: bool,
    **keeping: Any,
) -> None:
    """Paint one picture with a progress bar; Ctrl-C stops and saves it as it is."""
    path = Path(output)
    check_format(path)
    check_writable(path.with_stem(f"{path.stem}-0000") if every else path)
    inputs = Inputs.of(content, style, mask, style_mask, recipe.initial_picture)
    how = choose_device(device), _checkpoint(**keeping)
    painting = Painting(inputs, recipe, path, *how)
    painting.check_apart(path)
    for _, picture in inputs.named():
        picture.image  # noqa: B018  read now, so that a mistake is told first
    painting.recipe = _full_size(recipe, inputs.content) if full else recipe
    try:
        painting.take_steps(every)
    except KeyboardInterrupt:  # the second Ctrl-C stops at once
        if painting.step is None:
            raise InputError("stopped before the first step: nothing to save") from None
    except InputError as error:
        if painting.step is None:
            raise
        painting.save_somewhere(painting.beside)
        where = f"the picture as it was is in {str(painting.beside)!r}"
        raise InputError(f"{error}; {where}") from error
    _finish(painting)


def _finish(painting: Painting) -> None:
    """Save the picture and the checkpoint, and say where."""
    path = painting.output
    if painting.step and painting.step.number < painting.total:
        taken = f"{painting.step.number} of {painting.total} steps"
        print(f"stopped after {taken}", file=sys.stderr)
    wrong = [_mistake(painting.save_somewhere, path)]
    if painting.checkpoint:
        wrong += [_mistake(painting.checkpoint.save)]
    if any(wrong):
        raise InputError("; ".join(filter(None, wrong)))
    print(f"the result is in {path}")


def paint_many(
    contents: Sequence[str],
    styles: Sequence[str],
    folder: str,
    recipe: Recipe,
    device: str | None,
    workers: int,
    full: bool = False,
) -> int:
    """Paint every content in every style into ``folder``; return the exit status."""
    jobs = []
    for content, style in product(contents, styles):
        output = Path(folder, f"{_stem(content)}-{_stem(style)}.png")
        own = _full_size(recipe, Picture.of(content)) if full else recipe
        jobs.append(Job(content, style, str(output), own, device=device))
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


def _full_size(recipe: Recipe, content: Picture) -> Recipe:
    """Return the recipe with the content's own size."""
    try:
        return recipe.replace(size=max(LEAST, *content.image.shape[-2:]))
    except InputError:  # it cannot be read, as painting it will tell
        return recipe


def _mistake(action: Callable[..., Any], *given: Any) -> str | None:
    """Call ``action``; return the sentence of its `InputError`, or None."""
    try:
        action(*given)
    except InputError as error:
        return str(error)
    return None


def _checkpoint(
    checkpoint: str | None, resume: bool, checkpoint_every: float
) -> Checkpoint | None:
    if checkpoint is not None:
        return Checkpoint(checkpoint, resume, checkpoint_every)
    if resume:
        raise InputError("--resume needs a file: name it with --checkpoint FILE")
    return None


def _stem(source: str) -> str:
    return Path(source.split("?")[0]).stem
