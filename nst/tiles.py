"""Pictures cut into tiles whose features are exactly those of the whole picture."""

import itertools
from dataclasses import dataclass

GRID = 16  # four poolings come before relu5_1: tiles begin at multiples of this
HALO = 80  # relu5_1 sees 156 pixels, so 78 to each side, rounded up to the grid


@dataclass(frozen=True)
class Tile:
    """A rectangle that owns its pixels [top, bottom) x [left, right) of a picture.

    To compute its features it also sees a halo around them: convolutions pad with
    zeros at its edges, which are wrong inside the picture, but not as far as its own.
    """

    top: int
    bottom: int
    left: int
    right: int
    height: int  # of the whole picture
    width: int

    @property
    def seen(self):
        """Index of the pixels it sees, halo included."""
        return ..., *(
            slice(max(0, start - HALO), min(end + HALO, length))
            for start, end, length in self._sides()
        )

    def owned(self, stride):
        """Index of its own features among the picture's, at a layer's stride."""
        sides = self._sides()
        return ..., *(slice(start // stride, end // stride) for start, end, _ in sides)

    def inner(self, stride):
        """Index of its own features among those it sees."""
        return ..., *(
            slice(own.start - seen.start // stride, own.stop - seen.start // stride)
            for own, seen in zip(self.owned(stride)[1:], self.seen[1:], strict=True)
        )

    def _sides(self):
        yield self.top, self.bottom, self.height
        yield self.left, self.right, self.width


def cut(height, width, size=None):
    """Tiles of about ``size`` pixels that own all of a picture; None: one tile."""
    if size is None or max(height, width) <= size:
        return [Tile(0, height, 0, width, height, width)]
    step = max(GRID, size // GRID * GRID)
    rows, columns = _stretches(height, step), _stretches(width, step)
    return [Tile(*r, *c, height, width) for r, c in itertools.product(rows, columns)]


def _stretches(length, step):
    """(start, end) of each tile; a rest too short for relu5_1 joins the last."""
    starts = range(0, max(1, length - GRID + 1), step)
    return list(zip(starts, (*starts[1:], length), strict=True))
