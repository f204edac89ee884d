"""Pictures to start with: samples that need no network, paintings to download."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_here = Path(__file__).parent  # data/ is inside it in a wheel, else beside it
DATA = next((p for p in (_here / "data", _here.parent / "data") if p.is_dir()), _here)
PHOTOS = ("cat", "astronaut", "coffee", "rocket", "hubble")  # from scikit-image
STYLES = ("brush_strokes", "stained_glass", "waves", "pointillism", "ink")  # in data/
SAMPLES = PHOTOS + STYLES
# {name: {"title": …, "address": …, "sha256": … of the file}}; all are public domain
PAINTINGS: dict[str, dict[str, str]] = json.loads(
    (DATA / "paintings.json").read_text(encoding="utf-8")
)


def pixels_of(name: str) -> "np.ndarray":
    """Return the pixels of one of `SAMPLES`, bytes shaped (H, W, 3)."""
    if name in STYLES:
        import numpy as np
        from PIL import Image

        return np.asarray(Image.open(DATA / f"{name}.jpg"))
    import skimage.data

    name = {"hubble": "hubble_deep_field"}.get(name, name)
    return getattr(skimage.data, name)()


def is_address(source: Any) -> bool:
    """Return whether ``source`` is an http or https address, not a file."""
    return str(source).lower().startswith(("http://", "https://"))
