"""Pictures to start with: samples that need no network, paintings to download."""

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import InputError

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


def named(name: str) -> "np.ndarray | Path":
    """Return the pixels of one of `SAMPLES`, or the file of one of `PAINTINGS`.

    A painting is downloaded once, checked and kept, see `nst.painting`.
    """
    if name in PAINTINGS:
        entry = PAINTINGS[name]
        cache = Path(os.environ.get("NST_CACHE") or Path.home() / ".cache" / "nst")
        path = cache / f"{name}.jpg"
        if not path.is_file() or _sha256(path) != entry["sha256"]:
            _download(entry["address"], path, entry["sha256"])
        return path
    if name in STYLES:
        import numpy as np
        from PIL import Image

        return np.asarray(Image.open(DATA / f"{name}.jpg"))
    import skimage.data

    name = {"hubble": "hubble_deep_field"}.get(name, name)
    return getattr(skimage.data, name)()


def _download(address: str, path: Path, sha256: str) -> None:
    from torch.hub import download_url_to_file

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        download_url_to_file(address, str(path), hash_prefix=sha256, progress=True)
    except (OSError, RuntimeError) as error:  # no network, or a wrong sha256
        raise InputError(
            f"could not download the painting {path.stem!r} ({error}): "
            f"use a style that needs no network, {', '.join(STYLES)}"
        ) from error


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
