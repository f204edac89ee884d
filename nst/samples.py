"""Pictures to start with: samples that need no network, paintings to download."""

import json
import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import InputError, one_of

if TYPE_CHECKING:
    from torch import Tensor

    from .images import Size, Source

_here = Path(__file__).parent  # data/ is inside it in a wheel, else beside it
DATA = next((p for p in (_here / "data", _here.parent / "data") if p.is_dir()), _here)
PHOTOS = ("cat", "astronaut", "coffee", "rocket", "hubble")  # from scikit-image
STYLES = ("brush_strokes", "stained_glass", "waves", "pointillism", "ink")  # in data/
SAMPLES = PHOTOS + STYLES
# {name: {"title": …, "address": …, "sha256": … of the file}}; all are public domain
PAINTINGS: dict[str, dict[str, str]] = json.loads(
    (DATA / "paintings.json").read_text(encoding="utf-8")
)


def sample(name: str, size: "Size | None" = None) -> "Tensor":
    """Return one of `SAMPLES` as a (1, 3, H, W) image; ``size`` as in `load_image`.

    Example:
        >>> nst.sample("cat", size=64).shape
        torch.Size([1, 3, 43, 64])
    """
    from .images import load_image

    if one_of("sample", name, SAMPLES) in STYLES:
        return load_image(DATA / f"{name}.jpg", size)
    import skimage.data

    name = {"hubble": "hubble_deep_field"}.get(name, name)
    return load_image(getattr(skimage.data, name)(), size)


def painting(name: str, size: "Size | None" = None) -> "Tensor":
    """Return one of `PAINTINGS` as a (1, 3, H, W) image; download it only once.

    The file is checked by its sha256 and kept in the folder that the environment
    variable NST_CACHE names, by default ~/.cache/nst.
    """
    from .files import downloaded
    from .images import load_image

    entry = PAINTINGS[one_of("painting", name, PAINTINGS)]
    cache = Path(os.environ.get("NST_CACHE") or Path.home() / ".cache" / "nst")
    other = f"use a style that needs no network, {', '.join(STYLES)}"
    path = downloaded(entry["address"], cache / f"{name}.jpg", entry["sha256"], other)
    return load_image(path, size)


def load(
    source: "Source", size: "Size | None" = None, backdrop: float | None = None
) -> "Tensor":
    """Return the image of a sample, a painting, or anything that `load_image` takes."""
    from .images import load_image

    if isinstance(source, str) and source in SAMPLES:
        return sample(source, size)
    if isinstance(source, str) and source in PAINTINGS:
        return painting(source, size)
    if isinstance(source, str) and not os.path.exists(source):
        for meant in get_close_matches(source, (*SAMPLES, *PAINTINGS), 1):
            raise InputError(f"no such picture {source!r}: did you mean {meant!r}?")
    return load_image(source, size, backdrop=backdrop)
