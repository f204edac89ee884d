"""Paint a film for `nst video`, once its options are read."""

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from torch import Tensor
from tqdm import tqdm

from ..control.colors import finish
from ..control.memory import make_room
from ..control.sizes import content_shape, crop
from ..device import Precision, choose
from ..errors import InputError
from ..files import check_apart, check_writable
from ..images import load_image, resize
from ..inputs import Inputs, fingerprint
from ..keep.places import made_as
from ..keep.record import as_text, describe
from ..keep.saving import save_image
from ..recipe import Recipe
from ..video.files import Clip, check_film, is_ours, write_film
from ..video.film import FilmPainter
from .names import expand
from .stopping import stopping

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
    again. Ctrl-C stops after a frame, and writes the film as far as there is one.
    """
    clip = Clip(_frames(source))
    stem = Path(source.rstrip("/*")).stem if clip.path is None else clip.path.stem
    path = Path(output or f"{stem}-{Path(styles[0]).stem}.mp4")
    check_film(path)
    check_writable(path)
    check_apart([path], [("film", str(file)) for file in clip.files])
    if path.exists() and not force and not is_ours(path):
        seen = f"{str(path)!r} is there and nst did not make it"
        raise InputError(f"{seen}: name another file, or give --force")
    recipe = _even(recipe, clip.shape)
    folder = path.with_suffix(".frames")
    _check_space(folder, clip.count, recipe)
    given: dict[str, Any] = {"masks": mask, "style_masks": style_mask}
    film = _Film(
        clip, styles, given, folder, FilmPainter(recipe, choose(device, precision))
    )
    with stopping("frame") as asked:
        for _ in tqdm(film.paint(), total=clip.count or None, unit="frame"):
            if asked:
                break
    write_film(film.shown(), path, clip.path)
    whole = "" if not asked else f"; stopped after {len(film.seconds)} frames"
    print(f"the film is in {path}, its frames are in {folder}{whole}")
    return 2 if asked else 0


class _Film:
    """A film in the making: its frames are painted into a folder."""

    def __init__(
        self,
        clip: Clip,
        styles: Sequence[str],
        given: dict[str, Any],
        folder: Path,
        painter: FilmPainter,
    ) -> None:
        self.clip, self.folder, self.painter = clip, folder, painter
        recipe = painter.recipe
        self.usual = Inputs.of("cat", styles, **given, wanted=recipe.wanted)
        self.seconds: list[Fraction] = []

    def _inputs(self, picture: Any) -> Inputs:
        parts = self.usual
        return Inputs.of(
            picture,
            parts.styles,
            parts.masks or None,
            parts.style_masks or None,
            wanted=self.painter.recipe.wanted,
        )

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:06d}.png"

    def paint(self) -> Iterator[int]:
        """Paint, or take as kept, frame after frame; yield their numbers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        recipe, compute, before = self.painter.recipe, self.painter.compute, None
        for number, still in enumerate(self.clip, 1):
            inputs = self._inputs(still.picture)
            if number == 1:
                make_room(recipe, *inputs.images, compute)
            made = describe(inputs, recipe, compute)
            made["film"] = {"frame": number, "after": before}
            file = self._file(number)
            if made_as(file, json.loads(as_text(made)), "film"):
                frame = self.painter.take(inputs, load_image(file))
            else:
                frame = self.painter.paint(inputs)
                save_image(frame.painted, file, as_text(made))
            before = fingerprint(frame.painted)
            self.seconds.append(still.seconds)
            yield number

    def shown(self) -> Iterator[tuple[Tensor, Fraction]]:
        """Yield the painted frames, in the colours to show, and their seconds."""
        recipe = self.painter.recipe
        for number, (still, seconds) in enumerate(
            zip(self.clip, self.seconds, strict=False), 1
        ):
            painted = load_image(self._file(number))
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
    if recipe.sizes:
        return recipe.replace(size=even, sizes=recipe.sizes)
    return recipe.replace(size=even)


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
    print(f"{told}, up to {need / 1e6:.0f} MB in {folder}", file=sys.stderr)
