"""What to do where a run would need more memory than there is."""

from collections.abc import Callable, Sequence

from ..errors import InputError
from ..recipe import SIZES, Recipe


class TooLarge(InputError):
    """An error: the run would not fit into memory.

    ``size`` is the largest of `SIZES` that would fit, None if none does.
    """

    def __init__(self, message: str, size: int | None) -> None:
        super().__init__(message)
        self.size = size


def too_large(
    recipe: Recipe,
    free: float,
    needed: Callable[..., float],
    tiles: Sequence[int | None],
) -> TooLarge:
    """Return the error of a recipe, with the ways out.

    ``needed`` tells the bytes for a changed recipe; ``tiles`` fit into the ``free``.
    """
    plain = {"sizes": None, "steps": None}  # levels do not matter here
    sizes = [size for size in SIZES if size < recipe.long_side]
    smaller = [size for size in sizes if needed(size=size, **plain) <= free]
    ways = [f"{smaller[-1]} px"] if smaller else []
    ways += [f"tile {tiles[0]}, which is slower"] if tiles else []
    way_out = f"choose {' or '.join(ways)}" if ways else "close other programs first"
    return TooLarge(
        f"{recipe.long_side} px would need about {needed() / 1e9:.1f} GB and "
        f"{free / 1e9:.1f} GB are free: {way_out}",
        smaller[-1] if smaller else None,
    )
