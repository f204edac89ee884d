"""Sheets: one pair of pictures by several recipes, side by side under labels."""

import json
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from ..device import Precision
from ..errors import InputError, one_of
from ..images import Source, load_image, to_pil
from ..keep.record import read_record
from ..recipe import FIELDS, Recipe, as_recipe
from ..transfer import Sources
from .batch import Job, style_many

GAP, TEXT = 8, 18  # pixels between cells; the height of a label


def sheet(
    content: Source,
    style: Sources,
    recipe: Recipe | None = None,
    *,
    folder: str | Path | None = None,
    executor: Executor | None = None,
    device: str | None = None,
    precision: Precision = "auto",
    **fields: Any,
) -> Tensor:
    """Paint a grid of pictures; return it with its labels as one: (1, 3, H, W).

    ``fields`` are fields of the recipe. One or two of them are lists: the grid has a
    row for each value of the first and a column for each of the second, or a single row
    if there is only one list. Each cell is a picture of its own, with its record, in
    ``folder``; what is there already is not painted again. ``executor`` is as in
    `style_many`, ``device`` and ``precision`` as in `style_transfer`. Raise
    `InputError` if a cell cannot be painted.

    Example:
        >>> how = {"size": 32, "steps": 1, "style_loss": ["gram", "cmd"]}
        >>> nst.sheet("cat", "ink", style_weight=[3, 15, 60], **how).shape
        torch.Size([1, 3, 97, 306])
    """
    plan = Plan(recipe, fields)
    how: dict[str, Any] = {"device": device, "precision": precision}
    with TemporaryDirectory() as spare:
        jobs = plan.jobs(content, style, folder or spare, **how)
        outputs = []
        for result in style_many(jobs, executor):
            if result.status == "failed":
                raise InputError(result.message)
            outputs.append(result.job.output)
        return plan.draw(outputs)


class Plan:
    """What varies in a sheet: at most two fields, each with a list of values."""

    def __init__(self, recipe: Recipe | None, fields: dict[str, Any]) -> None:
        for name in fields:
            one_of("recipe field", name, tuple(FIELDS))
        lists = {name: given for name, given in fields.items() if _varies(given)}
        if not 1 <= len(lists) <= 2:
            seen = f"a sheet that varies {', '.join(lists) or 'nothing'}"
            raise InputError(f"{seen}: give one or two fields a list of values")
        fixed = {name: fields[name] for name in fields if name not in lists}
        self.recipe = as_recipe(recipe, **fixed)
        first, *second = lists.items()
        self.columns = _named(*(second[0] if second else first))
        self.rows = _named(*first) if second else [("", {})]

    def recipes(self) -> dict[str, Recipe]:
        """Return the cells' names and recipes, row by row."""
        return {
            ", ".join(filter(None, (row, column))): self.recipe.replace(**one, **other)
            for row, one in self.rows
            for column, other in self.columns
        }

    def jobs(
        self, content: Source, style: Sources, folder: str | Path, **how: Any
    ) -> list[Job]:
        """Return the jobs that paint the cells into ``folder``."""
        return [
            Job(content, style, Path(folder, f"{name}.png"), cell, numbered=True, **how)
            for name, cell in self.recipes().items()
        ]

    def draw(self, cells: Sequence[str | Path]) -> Tensor:
        """Return the sheet of the cells' files, row by row."""
        pictures = [to_pil(load_image(cell)) for cell in cells]
        font = ImageFont.load_default(TEXT * 0.75)
        left = round(max(font.getlength(row) for row, _ in self.rows))
        left += GAP if left else 0
        width = max(
            *(picture.width for picture in pictures),
            *(round(font.getlength(column)) for column, _ in self.columns),
        )
        height = max(TEXT, *(picture.height for picture in pictures))
        across, down = len(self.columns), len(self.rows)
        extent = left + across * (width + GAP) - GAP, TEXT + down * (height + GAP) - GAP
        grid = Image.new("RGB", extent, "white")
        pen = ImageDraw.Draw(grid)
        for index, (column, _) in enumerate(self.columns):
            middle = left + index * (width + GAP) + width / 2
            pen.text((middle, 1), column, "black", font, anchor="ma")
        for index, (row, _) in enumerate(self.rows):
            middle = TEXT + index * (height + GAP) + height / 2
            pen.text((0, middle), row, "black", font, anchor="lm")
        for index, picture in enumerate(pictures):
            down, right = divmod(index, across)
            x = left + right * (width + GAP) + (width - picture.width) // 2
            grid.paste(picture, (x, TEXT + down * (height + GAP)))
        return load_image(grid)

    def record(self, cells: Sequence[str | Path]) -> str:
        """Return the records of all cells as one text."""
        records = dict(zip(self.recipes(), map(read_record, cells), strict=True))
        return json.dumps({"sheet": records}, indent=1)


def _varies(given: Any) -> bool:
    return isinstance(given, list) and bool(given)


def _named(name: str, values: list) -> list[tuple[str, dict[str, Any]]]:
    """Return (label, changes of the recipe) for each value of a field."""
    found = {}
    for value in values:
        told = getattr(value, "__name__", value)
        told = f"{told:g}" if isinstance(told, float) else str(told)
        found[f"{name} {told}".replace("/", "-")] = {name: value}
    return list(found.items())
