"""Whether a run fits into memory, asked before it begins."""

from .. import memory
from ..errors import InputError

SIZES = (128, 192, 256, 384, 512, 768, 1024, 1536, 2048)  # offered


class TooLarge(InputError):
    """The run would not fit; one of ``size`` pixels would, None if none of `SIZES`."""

    def __init__(self, message, size):
        super().__init__(message)
        self.size = size


def check_room(recipe, content, style, device):
    """Raise `TooLarge` if a run would need more memory than is free on ``device``."""

    def needed(recipe):
        return memory.estimate(recipe, content.shape, style.shape)

    free = memory.available(device)
    if needed(recipe) <= free:
        return
    smaller = [s for s in SIZES if s < recipe.size]
    fitting = [s for s in smaller if needed(recipe.replace(size=s)) <= free]
    way_out = f"choose {fitting[-1]} px" if fitting else "close other notebooks first"
    raise TooLarge(
        f"{recipe.size} px would need about {needed(recipe) / 1e9:.1f} GB and "
        f"{free / 1e9:.1f} GB are free: {way_out}",
        fitting[-1] if fitting else None,
    )
