"""Paint for `nst batch` and `nst sheet`, once their options are read."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import product
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ..files import check_apart, check_writable
from ..inputs import Picture
from ..keep.places import check_ours, free
from ..keep.saving import check_format, save_image
from ..recipe import Recipe
from .batch import Job, Result, pool, style_many
from .names import expand, told_apart
from .painting import full_size
from .sheet import Plan
from .stopping import stopping


def paint_many(
    contents: Sequence[str],
    styles: Sequence[str],
    folder: str,
    recipe: Recipe,
    workers: int,
    full: bool = False,
    **how: Any,
) -> int:
    """Paint every content in every style into ``folder``; return the exit status.

    A picture there that was made otherwise stays, and the new one gets a number.
    """
    contents, styles = expand(contents), expand(styles)
    pairs = product(*(zip(s, told_apart(s), strict=True) for s in (contents, styles)))
    jobs = []
    for (content, name), (style, manner) in pairs:
        output = str(Path(folder, f"{name}-{manner}.png"))
        own = full_size(recipe, Picture.of(content)) if full else recipe
        jobs.append(Job(content, style, output, own, numbered=True, **how))
    results, stopped = paint_jobs(jobs, workers)
    failed = sum(result.status == "failed" for result in results)
    there = [job for job in jobs if Path(job.output).exists()] if stopped else jobs
    print(f"{len(there) - failed} of {len(jobs)} pictures are in {folder}")
    return 2 if failed or stopped else 0


def paint_sheet(
    content: str,
    styles: Sequence[str],
    output: str | None,
    recipe: Recipe,
    fields: dict[str, list],
    workers: int,
    full: bool = False,
    force: bool = False,
    **how: Any,
) -> int:
    """Paint a sheet, its cells into a folder beside it; return the exit status."""
    plan = Plan(full_size(recipe, Picture.of(content)) if full else recipe, fields)
    path = Path(output) if output else free(Path("sheet.png"))
    check_format(path)
    check_writable(path)
    if not force:
        check_ours(path)
    folder = path.with_suffix("")
    jobs = plan.jobs(content, styles, folder, **how)
    check_apart([path], [file for job in jobs for file in job.inputs.files()])
    results, stopped = paint_jobs(jobs, workers)
    if stopped or any(result.status == "failed" for result in results):
        there = f"; what was painted is in {folder}" if folder.exists() else ""
        print(f"no sheet was made{there}")
        return 2
    cells = [result.job.output for result in results]
    save_image(plan.draw(cells), path, plan.record(cells))
    print(f"the sheet is in {path}, its pictures are in {folder}")
    return 0


def paint_jobs(jobs: Sequence[Job], workers: int) -> tuple[list[Result], bool]:
    """Do the jobs with a progress bar; return results, and whether Ctrl-C ended it."""
    done: list[Result] = []
    with (
        stopping("picture") as asked,
        pool(workers) if workers > 1 else nullcontext() as executor,
    ):
        results = style_many(jobs, executor)
        for result in tqdm(results, total=len(jobs), unit="picture"):
            done.append(result)
            tqdm.write(f"{result.status}: {result.job.output}", file=sys.stdout)
            if result.message:
                tqdm.write(f"nst: {result.message}", file=sys.stderr)
            if asked:
                results.close()
                break
    return done, bool(asked)
