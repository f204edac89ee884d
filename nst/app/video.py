"""Paint a film for `nst video`, once its options are read."""

import math
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from torch import Tensor
from tqdm import tqdm

from ..control.colors import finish
from ..control.memory import make_room
from ..control.sizes import check_pictures, content_shape, crop
from ..device import Precision, choose, choose_again
from ..errors import InputError
from ..files import check_apart, check_writable
from ..images import load_image, resize
from ..inputs import Inputs, Picture, fingerprint
from ..keep.places import check_ours, free, made_as
from ..keep.record import as_text, describe, read_record
from ..keep.saving import save_image
from ..recipe import Recipe
from ..video.files import Clip, check_film, is_ours, write_film
from ..video.film import FilmPainter
from .names import expand
from .stopping import stopping

FIRST = "000001.png"  # of a folder of frames
BYTES = 2.5  # of a painted frame's PNG, for each pixel


def paint_film(
    source: str,
    styles: Sequence[str],
    output: str | None,
    recipe: Recipe,
    force: bool = False,
    mask: Sequence[str] | None = None,
    style_mask: Sequence[str] | None = None,
    device: str | None = None,
    precision: Precision = "auto",
) -> int:
    """Paint a film; return the exit status.

    Each painted frame is kept in a folder beside the output. The same command goes on
    from there: frames of the same pixels, recipe and frame before are not painted
    again; another recipe gets another folder. Ctrl-C stops after a frame, and writes
    the film as far as there is one, beside the output if there is a film already.
    """
    clip = Clip(_frames(source))
    recipe = _even(recipe, clip.shape)
    given: dict[str, Any] = {"masks": mask, "style_masks": style_mask}
    painter = FilmPainter(recipe, choose(device, precision))
    film = _Film(clip, styles, given, painter)
    first = film.describe_first()  # a mistake is told first
    stem = Path(source.rstrip("/*")).stem if clip.path is None else clip.path.stem
    usual = Path(f"{stem}-{Path(styles[0]).stem}.mp4")
    path = Path(output) if output else free(usual, partial(_goes_on, made=first))
    _check_output(path, clip, force)
    there = path.exists()
    folder = free(path.with_suffix(".frames"), partial(_holds, made=first))
    if (folder / FIRST).exists():  # go on as it was computed
        painter.compute = choose_again(read_record(folder / FIRST), device, precision)
    _check_space(folder, clip.count, recipe)
    with stopping("frame") as asked:
        for _ in tqdm(film.paint(folder), total=clip.count or None, unit="frame"):
            if asked:
                break
    whole = ""
    if asked:
        whole = f"; stopped after {len(film.seconds)} frames"
        if there:  # a film that is whole, perhaps
            path = path.with_stem(f"{path.stem}-{len(film.seconds):04d}")
    write_film(film.shown(folder), path, clip.path)
    print(f"the film is in {path}, its frames are in {folder}{whole}")
    return 2 if asked else 0


def _check_output(path: Path, clip: Clip, force: bool) -> None:
    """Raise `InputError` if ``path`` cannot be the film, or is not ours to replace."""
    check_film(path)
    check_writable(path)
    check_apart([path], [("film", str(file)) for file in clip.files])
    if path.exists() and not force and not is_ours(path):
        seen = f"{str(path)!r} is there and nst did not make it"
        raise InputError(f"{seen}: name another file, or give --force")


def _holds(folder: Path, made: dict[str, Any]) -> bool:
    """Return whether a folder holds frames of the film whose first is ``made``."""
    empty = folder.is_dir() and not any(folder.iterdir())
    return empty or made_as(folder / FIRST, made, "film")


def _goes_on(path: Path, made: dict[str, Any]) -> bool:
    """Return whether the film at ``path`` is the one whose first frame is ``made``."""
    return is_ours(path) and _holds(path.with_suffix(".frames"), made)


class _Film:
    """A film in the making: its frames are painted into a folder."""

    def __init__(
        self,
        clip: Clip,
        styles: Sequence[str],
        given: dict[str, Any],
        painter: FilmPainter,
    ) -> None:
        self.clip, self.painter = clip, painter
        recipe = painter.recipe
        self.usual = Inputs.of("cat", styles, **given, wanted=recipe.wanted)
        self.seconds: list[Fraction] = []

    def describe_first(self) -> dict[str, Any]:
        """Return the record of the first frame; raise `InputError` if it has none."""
        inputs = self._inputs(next(iter(self.clip)).picture)
        check_pictures(inputs, self.painter.recipe)
        make_room(self.painter.recipe, *inputs.images, self.painter.compute)
        return self._described(inputs, 1, None)

    def _described(
        self, inputs: Inputs, number: int, before: str | None
    ) -> dict[str, Any]:
        made = describe(inputs, self.painter.recipe, self.painter.compute)
        return made | {"film": {"frame": number, "after": before}}

    def _inputs(self, picture: Any) -> Inputs:
        wanted = self.painter.recipe.wanted
        return replace(self.usual, content=Picture.of(picture, wanted=wanted))

    def paint(self, folder: Path) -> Iterator[int]:
        """Paint, or take as kept, frame after frame; yield their numbers."""
        folder.mkdir(parents=True, exist_ok=True)
        before = None
        for number, still in enumerate(self.clip, 1):
            inputs = self._inputs(still.picture)
            made = self._described(inputs, number, before)
            file = folder / f"{number:06d}.png"
            if made_as(file, made, "film"):
                frame = self.painter.take(inputs, load_image(file))
            else:
                check_ours(file)
                frame = self.painter.paint(inputs)
                save_image(frame.painted, file, as_text(made))
            before = fingerprint(frame.painted)
            self.seconds.append(still.seconds)
            yield number

    def shown(self, folder: Path) -> Iterator[tuple[Tensor, Fraction]]:
        """Yield the painted frames, in the colours to show, and their seconds."""
        recipe, frames = self.painter.recipe, zip(self.clip, self.seconds, strict=False)
        for number, (still, seconds) in enumerate(frames, 1):
            painted = load_image(folder / f"{number:06d}.png")
            if recipe.color == "content":
                content = crop(self._inputs(still.picture).content.image, recipe)
                content = resize(content, tuple(painted.shape[-2:]))
                painted = finish(painted, content, recipe)
            yield painted, seconds


def _frames(source: str) -> str | list:
    """Return a folder's or a pattern's files, or the one file as it is."""
    path = Path(source)
    if path.is_dir() or (not path.exists() and any(c in source for c in "*?[")):
        return expand([source])
    return source


def _even(recipe: Recipe, shape: tuple[int, int]) -> Recipe:
    """Return the recipe with an exact size of even sides, as H.264 wants them."""
    height, width = content_shape(shape, recipe.long_side, recipe)
    even = tuple(max(16, side // 2 * 2) for side in (height, width))
    return recipe.replace(size=even, sizes=recipe.sizes)


def _check_space(folder: Path, count: int, recipe: Recipe) -> None:
    """Tell how much disk the frames take; raise `InputError` if there is less."""
    height, width = recipe.size if isinstance(recipe.size, tuple) else (0, 0)
    need = count * height * width * BYTES
    where = folder
    while not where.exists():
        where = where.parent
    free = shutil.disk_usage(where).free
    told = f"{count or 'some'} frames of {width}x{height}"
    if need > free:
        raise InputError(
            f"{told} take {need / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free in "
            f"{str(where)!r}: choose a smaller --size or another disk"
        )
    print(f"{told}, up to {math.ceil(need / 1e6)} MB in {folder}", file=sys.stderr)
