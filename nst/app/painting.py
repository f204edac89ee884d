"""Paint for the command line, once its options are read."""

import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ..control.memory import counted, make_room, need
from ..control.shapes import cropping
from ..control.sizes import LEAST, crop, levels_of
from ..device import Compute, Precision, choose
from ..errors import InputError
from ..files import check_apart, check_writable
from ..inputs import Inputs, Picture
from ..keep.checkpoint import Checkpoint
from ..keep.places import check_ours, free, made_as, stem
from ..keep.record import as_text, describe
from ..keep.saving import check_format, save_image
from ..optimize import Step
from ..recipe import Recipe
from ..transfer import paint
from .stopping import stopping

STATUS = "/proc/self/status"  # where Linux says what memory this process takes
LOADED = 120e6  # bytes that the first step loads: the network and torch's own code


@dataclass
class Painting:
    """A picture in the making, for the file ``output``."""

    inputs: Inputs
    recipe: Recipe
    output: Path
    compute: Compute
    checkpoint: Checkpoint | None
    force: bool = False  # replace what nst did not make
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

    def check(self, output: Path) -> None:
        """Raise `InputError` if ``output`` is an input, the checkpoint or not ours."""
        own = [("checkpoint", self.checkpoint.path if self.checkpoint else None)]
        check_apart([output], [*self.inputs.files(), *own])
        if not self.force:
            check_ours(output)

    def save(self, path: Path) -> None:
        """Save the picture as it is now, with its record."""
        self.check(path)
        assert self.step, "nothing was painted yet"
        number = None if self.step.number == self.total else self.step.number
        made = describe(self.inputs, self.recipe, self.compute, step=number)
        alpha = crop(self.inputs.content.alpha, self.recipe)
        save_image(self.step.best, path, as_text(made), alpha=alpha)

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
        self.recipe = make_room(self.recipe, *self.inputs.images, self.compute)
        steps = paint(self.inputs, self.recipe, self.compute, self.checkpoint)
        if self.checkpoint:
            self.recipe = self.checkpoint.recipe
            self.compute = self.checkpoint.compute
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

    def finish(self) -> None:
        """Save the picture and the checkpoint, and print where the picture is."""
        if self.step and self.step.number < self.total:
            taken = f"{self.step.number} of {self.total} steps"
            print(f"stopped after {taken}", file=sys.stderr)
        wrong = [_mistake(self.save_somewhere, self.output)]
        if self.checkpoint:
            wrong += [_mistake(self.checkpoint.save)]
        if any(wrong):
            raise InputError("; ".join(filter(None, wrong)))
        print(f"the result is in {self.output}")

    def _tell_memory(self) -> None:
        gigabytes = self._peak() / 1e9
        tiles = f", in tiles of {self.recipe.tile} px" if self.recipe.tile else ""
        memory = f"up to {math.ceil(10 * gigabytes) / 10:.1f} GB of memory{tiles}"
        print(f"on {self.compute.device}, {memory}", file=sys.stderr)
        if cropped := cropping(self.inputs.content.image, self.recipe):
            print(cropped, file=sys.stderr)

    def _peak(self) -> float:
        """Return the bytes that this process takes at its peak, by Linux's count.

        The peak is either behind, when pictures were decoded, or ahead, in the run. On
        a GPU, and where Linux does not count, it is that of the run alone.
        """
        ahead = need(self.recipe, *self.inputs.images, self.compute)
        if self.compute.device.type != "cpu" or not Path(STATUS).exists():
            return ahead
        taken = counted(STATUS)
        return max(taken["VmHWM"], taken["VmRSS"] + LOADED + ahead)


def paint_one(
    recipe: Recipe,
    content: str,
    style: Sequence[str],
    output: str | None,
    force: bool,
    mask: Sequence[str] | None,
    style_mask: Sequence[str] | None,
    every: int | None,
    device: str | None,
    precision: Precision,
    full: bool,
    **keeping: Any,
) -> None:
    """Paint one picture with a progress bar; Ctrl-C stops and saves it as it is.

    Without ``output`` it is named after its inputs, with a number if another recipe or
    other pictures made what has that name.
    """
    first = Picture.of(content, wanted=None if full else recipe.wanted)
    recipe = full_size(recipe, first) if full else recipe
    given = first, style, mask, style_mask, recipe.initial_picture
    inputs = Inputs.of(*given, wanted=recipe.wanted)
    names = (picture.name for picture in (inputs.content, *inputs.styles))
    path = Path(output or f"{stem(names)}.png")
    check_format(path)
    check_writable(path.with_stem(f"{path.stem}-0000") if every else path)
    how = choose(device, precision), _checkpoint(**keeping)
    painting = Painting(inputs, recipe, path, *how, force)
    if output:
        painting.check(path)
    made = describe(inputs, recipe, how[0])  # a mistake is told first
    painting.output = path if output else free(path, partial(made_as, made=made))
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
    painting.finish()


def full_size(recipe: Recipe, content: Picture) -> Recipe:
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
