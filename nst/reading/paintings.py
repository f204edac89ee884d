"""The files of paintings: each is downloaded once, checked and kept."""

import hashlib
import os
from pathlib import Path

from ..errors import InputError
from ..samples import PAINTINGS, STYLES


def painting_file(name: str) -> Path:
    """Return the file of one of `PAINTINGS`; download it if it is not in the cache.

    Raise `InputError` if it cannot be downloaded or its sha256 is another.
    """
    entry = PAINTINGS[name]
    cache = Path(os.environ.get("NST_CACHE") or Path.home() / ".cache" / "nst")
    path = cache / f"{name}.jpg"
    if not path.is_file() or _sha256(path) != entry["sha256"]:
        _download(entry["address"], path, entry["sha256"])
    return path


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
