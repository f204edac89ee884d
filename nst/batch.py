"""Many pictures: jobs for any executor, in one process, many or a cluster."""

import json
import signal
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path

from .errors import InputError, within
from .files import check_writable
from .images import check_format, save_image
from .provenance import check_apart, inputs, read_record, record
from .recipe import Recipe, as_recipe
from .transfer import style_transfer


@dataclass(frozen=True)
class Job:
    """One picture to make: inputs as in `style_transfer`, ``output`` a .png or .jpg.

    ``masks`` and ``style_masks`` are as in `iterate`.
    """

    content: object
    style: object
    output: str
    recipe: Recipe = field(default_factory=Recipe)
    masks: tuple = ()
    style_masks: tuple = ()
    device: str | None = None

    def __post_init__(self):
        as_recipe(self.recipe)

    @property
    def inputs(self):
        """{"content": …, "style": …, …}: what it is made from."""
        sources = self.content, self.style, self.masks, self.style_masks
        return inputs(*sources, self.recipe.initial_picture)


@dataclass(frozen=True)
class Result:
    """What became of a job: "made", "kept" from an earlier call, or "failed".

    ``message`` is one sentence that says why it failed, else empty.
    """

    job: Job
    status: str
    message: str = ""


def style_many(jobs, executor=None):
    """Paint every `Job`; returns an iterator of `Result`s in the jobs' order.

    ``executor`` is any `concurrent.futures` executor, such as `pool` or a dask
    client's ``get_executor(pure=False)``; None paints here, as you iterate. A picture
    that fails does not stop the rest. One that lies there already, made of the same
    pixels by the same recipe, is kept. Raises `InputError` if an output is written
    twice, or is an input.
    """
    jobs = list(jobs)
    outputs = [str(job.output) for job in jobs]
    for output in outputs:
        if outputs.count(output) > 1:
            raise InputError(f"two jobs write {output!r}: give each a name of its own")
    check_apart(outputs, *(job.inputs for job in jobs))
    if executor is None:
        return (paint(job) for job in jobs)
    return _results(jobs, [executor.submit(paint, job) for job in jobs])


def _results(jobs, futures):
    """Their results; who stops listening stops those that have not begun."""
    try:
        yield from map(_result, jobs, futures)
    finally:
        for future in futures:
            future.cancel()


def pool(workers):
    """A pool of ``workers`` processes on this machine that share its cores."""
    threads = max(1, (cpu_count() or 1) // within("workers", workers, 1))
    return ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=_begin_worker, initargs=(threads,)
    )


def paint(job):
    """Do one `Job`; returns its `Result`, and raises nothing."""
    try:
        extra = {"masks": job.masks, "style_masks": job.style_masks}
        extra["device"] = job.device
        check_format(job.output)
        text = record(job.recipe, job.content, job.style, **extra)
        if _is_there(job.output, json.loads(text)):
            return Result(job, "kept")
        check_writable(job.output)
        image = style_transfer(job.content, job.style, job.recipe, **extra)
        save_image(image, job.output, text)
        return Result(job, "made")
    except Exception as error:  # whatever it is, the other pictures go on
        return _failed(job, error)


def _is_there(path, wanted):
    """Whether the picture at ``path`` was made as the record ``wanted`` says."""
    if not Path(path).is_file():
        return False
    try:
        found = read_record(path)
    except InputError:  # another picture, or half of one
        return False
    keys = ("recipe", "inputs", "step")
    return all(found[key] == wanted[key] for key in keys)


def _result(job, future):
    try:
        return future.result()
    except Exception as error:  # its worker died, or it was cancelled
        return _failed(job, error)


def _failed(job, error):
    if isinstance(error, InputError):
        return Result(job, "failed", str(error))
    first = (str(error) or type(error).__name__).splitlines()[0]
    message = f"{job.output!s} was not made ({first}): call again, the rest is kept"
    return Result(job, "failed", message)


def _begin_worker(threads):
    import torch

    torch.set_num_threads(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C: the picture at hand is made
