"""Make many pictures: in this process, in several, or on a cluster."""

import signal
from collections.abc import Generator, Iterable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from typing import Literal

from PIL import Image

from ..control.shapes import cropping
from ..control.sizes import crop
from ..device import Precision, choose
from ..errors import InputError, first_line, within
from ..files import check_apart, check_writable, identity
from ..images import Source
from ..inputs import Inputs
from ..keep.places import check_ours, free, made_as
from ..keep.record import as_text, describe
from ..keep.saving import check_format, save_image
from ..recipe import Recipe, as_recipe
from ..transfer import Masks, Sources, paint


@dataclass(frozen=True)
class Job:
    """A picture to make: inputs as in `style_transfer`, and a .png or .jpg ``output``.

    ``masks`` and ``style_masks`` are as in `iterate`. If nst made what has the name
    ``output`` by another recipe, it is replaced; if ``numbered``, it stays, and this
    picture gets a number.
    """

    content: Source
    style: Sources
    output: str | Path
    recipe: Recipe = field(default_factory=Recipe)
    masks: Masks | None = None
    style_masks: Masks | None = None
    device: str | None = None
    precision: Precision = "auto"
    numbered: bool = False

    def __post_init__(self) -> None:
        as_recipe(self.recipe)
        if not isinstance(self.output, str | Path):
            seen = f"output is of type {type(self.output).__name__}"
            raise InputError(f"{seen}: give the path of a .png or .jpg")

    @property
    def inputs(self) -> Inputs:
        """The pictures that the job needs."""
        sources = self.content, self.style, self.masks, self.style_masks
        first, wanted = self.recipe.initial_picture, self.recipe.wanted
        return Inputs.of(*sources, first, wanted=wanted)


@dataclass(frozen=True)
class Result:
    """The result of a job: "made", "kept" from an earlier call, or "failed".

    ``message`` says in one sentence why it failed, or how the content was cropped to an
    exact size; else it is empty. The ``output`` of a ``numbered`` job is the one that
    it got.
    """

    job: Job
    status: Literal["made", "kept", "failed"]
    message: str = ""


def style_many(
    jobs: Iterable[Job], executor: Executor | None = None
) -> Generator[Result, None, None]:
    """Paint every `Job`; return an iterator of `Result`s in the order of the jobs.

    ``executor`` is any `concurrent.futures` executor, such as `pool` or a dask client's
    ``get_executor(pure=False)``; None paints in this process, one job per iteration. A
    job that fails does not stop the rest. An output that exists and was made from the
    same pixels by the same recipe is kept; if nst did not make what is there, the job
    fails. Raise `InputError` if two jobs have one output, or an output is an input.

    Example:
        >>> jobs = [nst.Job("cat", "ink", "cat.png", nst.Recipe(size=32, steps=1))]
        >>> [result.status for result in nst.style_many(jobs)]
        ['made']
    """
    jobs, written = list(jobs) if isinstance(jobs, Iterable) else [jobs], set()
    if executor is not None and not hasattr(executor, "submit"):
        seen = f"executor is of type {type(executor).__name__}"
        raise InputError(f"{seen}: give one such as nst.pool(2)")
    for job in jobs:
        if not isinstance(job, Job):
            seen = f"a job is of type {type(job).__name__}"
            raise InputError(f"{seen}: give a list of nst.Job(content, style, output)")
        if identity(job.output) in written:
            output = str(job.output)
            raise InputError(f"two jobs write {output!r}: give each a name of its own")
        written.add(identity(job.output))
    files = (file for job in jobs for file in job.inputs.files())
    check_apart([job.output for job in jobs], files)
    if executor is None:
        return (do(job) for job in jobs)
    return _results(jobs, [executor.submit(do, job) for job in jobs])


def _results(jobs: list[Job], futures: list[Future]) -> Generator[Result, None, None]:
    """Yield the jobs' results; closing this iterator cancels jobs not yet begun."""
    try:
        yield from map(_result, jobs, futures)
    finally:
        for future in futures:
            future.cancel()


def pool(workers: int) -> ProcessPoolExecutor:
    """Return a pool of ``workers`` processes that share this machine's cores."""
    threads = max(1, (cpu_count() or 1) // within("workers", workers, 1))
    shared = threads, Image.MAX_IMAGE_PIXELS
    return ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=_begin_worker, initargs=shared
    )


def do(job: Job) -> Result:
    """Make the picture of a `Job`; return its `Result`, also if it fails."""
    try:
        inputs, compute = job.inputs, choose(job.device, job.precision)
        check_format(job.output)
        made = describe(inputs, job.recipe, compute)
        same = partial(_is_there, made=made)
        if job.numbered:
            job = replace(job, output=str(free(Path(job.output), same)))
        if same(job.output):
            return Result(job, "kept")
        check_writable(job.output)
        check_ours(job.output)
        for step in paint(inputs, job.recipe, compute):
            best = step.best
        alpha = crop(inputs.content.alpha, job.recipe)
        save_image(best, job.output, as_text(made), alpha=alpha)
        return Result(job, "made", cropping(inputs.content.image, job.recipe))
    except Exception as error:  # no error may stop the other pictures
        return _failed(job, error)


def _is_there(path: str | Path, made: dict) -> bool:
    return made_as(path, made, "step")  # one that was stopped early is not


def _result(job: Job, future: Future) -> Result:
    try:
        return future.result()
    except Exception as error:  # its worker died, or it was cancelled
        return _failed(job, error)


def _failed(job: Job, error: Exception) -> Result:
    if isinstance(error, InputError):
        return Result(job, "failed", str(error))
    why = f"{job.output!s} was not made ({first_line(error)})"
    return Result(job, "failed", f"{why}: call again, the rest is kept")


def _begin_worker(threads: int, most_pixels: int | None) -> None:
    import torch

    torch.set_num_threads(threads)
    Image.MAX_IMAGE_PIXELS = most_pixels
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C: finish the picture
