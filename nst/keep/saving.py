"""Save an image as a file that carries its record."""

import io
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from ..errors import InputError, one_of
from ..files import write_atomically
from ..images import resize, to_pil

RECORD = "nst"  # name of the PNG text chunk that holds the record
LONGEST_COMMENT = 65533  # bytes, in a JPEG
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}


def save_image(
    image: Tensor,
    path: str | Path,
    record: str | None = None,
    *,
    alpha: Tensor | None = None,
) -> None:
    """Save a (1, 3, H, W) image as PNG or JPEG, whole or not at all.

    ``record`` is the text that the file will carry, see `nst.record`. ``alpha``, as
    from `nst.load_alpha`, is resized to the image and kept in a PNG; in a JPEG, which
    has none, white stands where nothing is.
    """
    buffer, kind = io.BytesIO(), check_format(path)
    text = PngInfo()
    text.add(b"sRGB", b"\0")  # the chunk that names the colours
    if record:
        text.add_text(RECORD, record)
    comment = (record or "").encode()
    if kind == "JPEG" and len(comment) > LONGEST_COMMENT:
        raise InputError("a JPEG cannot hold a record this long: save it as .png")
    extra: dict[str, dict[str, Any]] = {
        "PNG": {"pnginfo": text},
        "JPEG": {"quality": 95, "subsampling": 0, "comment": comment},
    }
    picture = to_pil(image)
    if alpha is not None:
        alpha = resize(alpha, tuple(image.shape[-2:])).expand(-1, 3, -1, -1)
        picture.putalpha(to_pil(alpha).getchannel(0))
    if kind == "JPEG":
        from ..reading.profiles import srgb

        extra[kind]["icc_profile"] = srgb()
        white = Image.new("RGBA", picture.size, "white")
        if alpha is not None:
            picture = Image.alpha_composite(white, picture).convert("RGB")
    picture.save(buffer, kind, **extra[kind])
    write_atomically(path, buffer.getvalue())


def check_format(path: str | Path) -> str:
    """Return "PNG" or "JPEG" by the path's ending; raise `InputError` for others."""
    return FORMATS[one_of("ending", Path(path).suffix.lower(), FORMATS)]
