"""Save a run as an animated picture."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import ExifTags, Image, features
from torch import Tensor

from ...errors import InputError, one_of
from ...files import write_atomically
from ...images import load_image, resize, to_pil
from ...keep.saving import RECORD

LONG_SIDE = 320  # pixels of a frame
KINDS = {".webp": "WEBP", ".gif": "GIF"}
ENDING = ".webp" if features.check("webp") else ".gif"


def frame(image: Tensor) -> bytes:
    """Return a (1, 3, H, W) image as a small JPEG."""
    return jpeg(resize(image.cpu(), LONG_SIDE, enlarge=False))


def jpeg(image: Tensor, quality: int = 85) -> bytes:
    """Return (1, 3, H, W) as JPEG bytes: a seventh of the size and time of a PNG."""
    buffer = io.BytesIO()
    to_pil(image).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def save_film(
    frames: Sequence[tuple[int, bytes]],
    path: Path,
    colored: Callable[[Tensor], Tensor] = lambda image: image,
) -> None:
    """Save ``frames``, ((number, JPEG), ...), as animated WebP or GIF.

    ``colored`` gives each frame its colours.
    """
    kind = KINDS[one_of("ending", path.suffix.lower(), KINDS)]
    if len(frames) < 2:
        raise InputError("a time-lapse needs two steps: press Start first")
    images = [load_image(Image.open(io.BytesIO(data))) for _, data in frames]
    shape = tuple(images[-1].shape[-2:])
    first, *others = (to_pil(colored(resize(image, shape))) for image in images)
    buffer, exif = io.BytesIO(), Image.Exif()
    exif[ExifTags.Base.Software] = RECORD  # of WebP; a GIF has a comment
    first.save(
        buffer,
        kind,
        save_all=True,
        append_images=others,
        duration=[80] * len(others) + [1500],  # milliseconds; the last stays
        loop=0,
        exif=exif,
        comment=RECORD,
    )
    write_atomically(path, buffer.getvalue())
