"""Pixels in and out: everything becomes a (1, 3, H, W) RGB float tensor in [0, 1]."""

import io
import os
import urllib.request
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, PngImagePlugin

from .errors import InputError, one_of, within
from .files import write_atomically

RECORD = "nst"  # the PNG text chunk that holds how a picture was made
LONGEST_COMMENT = 65533  # bytes, of a JPEG
FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}


def load_image(source, size=None, *, enlarge=False):
    """Read any picture as RGB in [0, 1], shaped (1, 3, H, W), contiguous float32.

    ``source`` is a path, an http(s) address, a PIL image, a (1, 3, H, W) or
    (3, H, W) tensor, or an array shaped (H, W), (H, W, 1), (H, W, 3) or (H, W, 4),
    of integers in their type's range or floats in [0, 1]. EXIF rotation is applied
    and transparency put on white. ``size`` and ``enlarge`` are as in `resize`.
    Raises `InputError` for what is no picture.
    """
    if not isinstance(source, torch.Tensor | np.ndarray | Image.Image):
        source = _open(source)
    if isinstance(source, Image.Image):
        source = _pixels(source)
    image = _from_array(source) if isinstance(source, np.ndarray) else source
    image = image.detach().to(torch.float32)
    _check_shape(image := image[None] if image.ndim == 3 else image)
    if not (image.min() >= 0 and image.max() <= 1):  # false for NaN as well
        raise InputError("pixel values must be finite and in [0, 1]: rescale them")
    image = image if size is None else resize(image, size, enlarge=enlarge)
    return image.contiguous()


def resize(image, size, *, enlarge=True):
    """Resize (1, 3, H, W), antialiased and kept in [0, 1].

    ``size`` is the long side in pixels (the aspect is kept) or a (height, width).
    With ``enlarge=False`` a smaller image is returned as it is.
    """
    size = fitted(image.shape, size, enlarge=enlarge)
    if size == tuple(image.shape[-2:]):
        return image
    resized = torch.nn.functional.interpolate(
        image, size, mode="bicubic", antialias=True, align_corners=False
    )
    return resized.clamp(0, 1)  # bicubic overshoots at edges


def fitted(shape, size, *, enlarge=True):
    """The (height, width) that `resize` gives to a picture whose shape ends in both."""
    if isinstance(size, tuple):
        return tuple(within("size", side, 1) for side in size)
    size = within("size", size, 1.0)
    scale = size / max(shape[-2:])
    scale = scale if enlarge else min(1, scale)
    return tuple(max(1, round(side * scale)) for side in shape[-2:])


def to_pil(image):
    """(1, 3, H, W) in [0, 1] -> 8-bit RGB PIL image, clamped and rounded."""
    _check_shape(image)
    pixels = image.detach()[0].clamp(0, 1).mul(255).round().byte()
    return Image.fromarray(pixels.permute(1, 2, 0).cpu().numpy())


def _check_shape(image):
    kind, shape = type(image).__name__, tuple(getattr(image, "shape", ()))
    right = len(shape) == 4 and shape[:2] == (1, 3) and 0 not in shape
    if not (right and isinstance(image, torch.Tensor)):
        raise InputError(f"a {kind} shaped {shape} is no picture: use (1, 3, H, W)")


def save_image(image, path, record=None):
    """Write (1, 3, H, W) as PNG or JPEG, whole or not at all.

    ``record`` is a text that the file carries (see `nst.record`).
    """
    buffer, kind = io.BytesIO(), check_format(path)
    text = PngImagePlugin.PngInfo()
    text.add_text(RECORD, record or "")
    extra = {
        "PNG": {"pnginfo": text if record else None},
        "JPEG": {"quality": 95, "subsampling": 0, "comment": (record or "").encode()},
    }[kind]
    if kind == "JPEG" and len(extra["comment"]) > LONGEST_COMMENT:
        raise InputError("a JPEG cannot hold a record this long: save it as .png")
    to_pil(image).save(buffer, kind, **extra)
    write_atomically(path, buffer.getvalue())


def check_format(path):
    """ "PNG" or "JPEG", as the name ends; raises `InputError` for others."""
    return FORMATS[one_of("ending", Path(path).suffix.lower(), FORMATS)]


def _open(source):
    """A path or an address as a PIL image, fully decoded."""
    name = str(source)
    try:
        if name.startswith(("http://", "https://")):
            request = urllib.request.Request(name, headers={"User-Agent": "nst"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                source = io.BytesIO(answer.read())
        elif os.path.exists(name) and not os.path.isfile(name):
            raise OSError("not a regular file")  # a pipe would wait for ever
        with Image.open(source) as picture:
            picture.load()
        return picture
    except FileNotFoundError as error:
        message = f"no such picture {name!r}: give a file, an address or a sample"
        raise InputError(message) from error
    except Exception as error:  # Pillow's decoders raise what they like
        reason = getattr(error, "reason", None) or error
        message = f"cannot read {name!r} as a picture ({reason}): give another one"
        raise InputError(message) from error


def _pixels(picture):
    """A PIL image of any mode -> an array that `_from_array` takes."""
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith(("I", "F")):  # Pillow would clip 16 bits to 8
        return np.asarray(picture, np.float64) / (1 if picture.mode == "F" else 65535)
    transparent = picture.has_transparency_data
    return np.asarray(picture.convert("RGBA" if transparent else "RGB"))


def _from_array(array):
    array = array[..., None] if array.ndim == 2 else array
    if (
        array.ndim != 3
        or array.shape[2] not in (1, 3, 4)
        or array.dtype.kind not in "buif"
    ):
        seen = f"an array of {array.dtype} shaped {array.shape}"
        raise InputError(f"{seen} is no picture: use (H, W, 3)")
    top = np.iinfo(array.dtype).max if array.dtype.kind in "iu" else 1
    pixels = torch.from_numpy(array.astype(np.float32) / top).permute(2, 0, 1)
    color, alpha = pixels[:3].expand(3, -1, -1), pixels[3:]
    return color * alpha + (1 - alpha) if len(alpha) else color
