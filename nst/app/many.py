"""Paint for `nst batch`, once its options are read."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import product
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ..inputs import Picture
from ..recipe import Recipe
from .batch import Job, pool, style_many
from .names import expand, told_apart
from .painting import full_size
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
    failed = 0
    with (
        stopping("picture") as asked,
        pool(workers) if workers > 1 else nullcontext() as executor,
    ):
        results = style_many(jobs, executor)
        for result in tqdm(results, total=len(jobs), unit="picture"):
            tqdm.write(f"{result.status}: {result.job.output}", file=sys.stdout)
            failed += result.status == "failed"
            if result.message:
                tqdm.write(f"nst: {result.message}", file=sys.stderr)
            if asked:
                results.close()
                break
    there = [job for job in jobs if Path(job.output).exists()] if asked else jobs
    print(f"{len(there) - failed} of {len(jobs)} pictures are in {folder}")
    return 2 if failed or asked else 0
