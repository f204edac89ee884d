"""Tiles of an image, with features that equal those of the whole image."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

GRID = 16  # relu5_1 comes after four poolings: tiles begin at multiples of 16
# A position of relu5_1 sees 156 pixels, of which it owns 16: it reaches 70 beyond them
# on each side, rounded up to the grid. (relu4_1 sees 68, owns 8, reaches 30.)
HALO = 80


@dataclass(frozen=True)
class Tile:
    """A tile: a rectangle of an image that owns its pixels.

    It owns rows [top, bottom) and columns [left, right), and also sees a halo around
    them. Convolutions pad with zeros at the halo's edges, which is wrong inside an
    image, but this error does not reach the pixels that the tile owns.
    """

    top: int
    bottom: int
    left: int
    right: int
    height: int  # height and width of the whole image
    width: int

    @property
    def seen(self) -> Any:
        """The index of the pixels that the tile sees, halo included."""
        return ..., *(
            slice(max(0, start - HALO), min(end + HALO, length))
            for start, end, length in self._sides()
        )

    def owned(self, stride: int) -> Any:
        """Return the index of the tile's own features in a layer of this stride."""
        sides = self._sides()
        return ..., *(slice(start // stride, end // stride) for start, end, _ in sides)

    def inner(self, stride: int) -> Any:
        """Return the index of the tile's own features among those it sees."""
        return ..., *(
            slice(own.start - seen.start // stride, own.stop - seen.start // stride)
            for own, seen in zip(self.owned(stride)[1:], self.seen[1:], strict=True)
        )

    def own(self, features: Any, stride: int) -> tuple[Any, Any, int]:
        """Return its own of the ``features`` it sees, their index, and the positions.

        The positions are those of the whole layer.
        """
        positions = (self.height // stride) * (self.width // stride)
        return features[self.inner(stride)], self.owned(stride), positions

    def _sides(self) -> Iterator[tuple[int, int, int]]:
        yield self.top, self.bottom, self.height
        yield self.left, self.right, self.width


def cut(height: int, width: int, size: int | None = None) -> list[Tile]:
    """Return tiles with sides of about ``size`` that own all pixels; None: one tile."""
    if size is None or max(height, width) <= size:
        return [Tile(0, height, 0, width, height, width)]
    step = max(GRID, size // GRID * GRID)
    rows, columns = _stretches(height, step), _stretches(width, step)
    return [Tile(*r, *c, height, width) for r, c in itertools.product(rows, columns)]


def _stretches(length: int, step: int) -> list[tuple[int, int]]:
    """Return (start, end) of each tile; a rest too short for relu5_1 joins the last."""
    starts = range(0, max(1, length - GRID + 1), step)
    return list(zip(starts, (*starts[1:], length), strict=True))
