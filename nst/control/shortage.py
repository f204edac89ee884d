"""What happens when memory runs out in the middle of a run."""

from traceback import clear_frames

import torch

from ..errors import InputError
from ..recipe import Recipe
from .memory import TILES
from .sizes import tile_size

# How torch on CPUs and GPUs, Windows, oneDNN (the fifth) and cuDNN, of which no way to
# convolve fits any more (the last two), say that memory ran out.
WORDS = ["out of memory", "not enough memory", "allocate memory", "alloc_failed"]
WORDS += ["could not create a primitive", "find an engine", "valid cudnn algorithm"]


def ran_out(error: BaseException) -> bool:
    """Return whether an exception says that there was not enough memory."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or any(word in text for word in WORDS)


def release(error: BaseException) -> None:
    """Free what the frames of an exception hold, and what torch keeps of GPUs."""
    clear_frames(error.__traceback__)  # else their tensors live as long as it
    for gpu in (torch.cuda, torch.mps):
        if gpu.device_count():
            gpu.empty_cache()


def tell(error: BaseException, recipe: Recipe) -> None:
    """If memory ran out, free what the failed step holds and raise `InputError`."""
    if not ran_out(error):
        return
    release(error)
    tiles = [tile for tile in TILES if tile < (tile_size(recipe) or recipe.long_side)]
    tile = f", or tile {tiles[0]}, which is slower" if tiles else ""
    less = f"choose a size below {recipe.long_side} px{tile}"
    raise InputError(f"out of memory: {less}") from error
