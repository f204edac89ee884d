"""The pixels of a file, an address, bytes or a PIL image, of whatever kind it is."""

import io
import math
import os
import warnings
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from ..errors import InputError, InputWarning, first_line
from ..samples import PAINTINGS, SAMPLES, is_address
from .address import fetch
from .kinds import add_reader, choose_page, refuse_raw
from .paintings import painting_file
from .profiles import camera_profile, curve, to_srgb

ORDINARY = 2**24  # pixels; of larger pictures no more is decoded than is wanted
GAP = 2  # times as large as wanted is enough, as for Pillow's thumbnails
OTHERS = "give a file, an address or a sample"
GREY = ("1", "L", "LA", "La")
ORIENTATION, BITS = 0x112, 258  # tags of EXIF and TIFF
UPRIGHT = {  # {EXIF's orientation: what turns it upright}
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(source: Any, wanted: float | Sequence[int] | None = None) -> np.ndarray:
    """Return the pixels of a picture: (H, W), (H, W, 3) or with alpha (H, W, 4).

    They are upright, in sRGB, and bytes or floats in [0, 1]. A file of more than
    `ORDINARY` pixels is decoded at about `GAP` times ``wanted``, a long side or
    (height, width) in pixels. Warn by `InputWarning` if there are more pictures in it.
    Raise `InputError` if there is none.
    """
    source, name = unwrap(source)
    mine, note = isinstance(source, Image.Image), ""
    try:
        listed = isinstance(source, list | tuple)
        if listed or (hasattr(source, "__array__") and not mine):
            return np.asarray(source)
        with (
            warnings.catch_warnings(),
            nullcontext(source) if mine else opened(source, name) as picture,
        ):
            warnings.simplefilter("ignore")  # Pillow warns of unusual files
            note = choose_page(picture, name)
            pixels = _pixels(picture, None if mine else wanted)
    except InputError:
        raise
    except FileNotFoundError as error:
        near = get_close_matches(name, (*SAMPLES, *PAINTINGS), 1)
        way_out = f"did you mean {near[0]!r}?" if near else OTHERS
        raise InputError(f"no such picture {name!r}: {way_out}") from error
    except Image.DecompressionBombError as error:
        raise InputError(
            f"{name!r} is larger than Pillow reads from strangers: if it is your own, "
            "use --any-size, in Python PIL.Image.MAX_IMAGE_PIXELS = None"
        ) from error
    except MemoryError as error:
        message = f"there is not enough memory to read {name!r}: give a smaller copy"
        raise InputError(message) from error
    except Exception as error:  # Pillow's decoders raise many types of error
        reason = getattr(error, "strerror", None) or first_line(error)
        message = f"cannot read {name!r} as a picture ({reason}): give another one"
        raise InputError(message) from error
    if note:
        warnings.warn(note, InputWarning, stacklevel=4)
    return pixels


def unwrap(source: Any) -> tuple[Any, str]:
    """Return (a path, an open file, bytes or a PIL image, the name to call it by).

    An upload is unwrapped: Colab's {name: bytes}, or the value of a FileUpload.
    """
    if isinstance(source, list | tuple) and len(source) == 1:
        source = source[0] if isinstance(source[0], Mapping) else source  # ipywidgets 8
    if not isinstance(source, Mapping):
        short = isinstance(source, str | Path | int | float | None)
        return source, str(source) if short else type(source).__name__
    if {"name", "content"} <= source.keys():
        source = {source["name"]: source}
    if len(source) != 1:
        raise InputError(f"an upload of {len(source)} files: give one of them")
    ((name, data),) = source.items()
    data = data.get("content") if isinstance(data, Mapping) else data  # ipywidgets
    return data, Path(str(name)).name


def opened(source: Any, name: str) -> Image.Image:
    """Return the picture in a file, an address or bytes, not yet decoded.

    Raise `InputError` for a kind that cannot be read; Pillow raises other errors.
    """
    file = source
    if isinstance(source, bytes | bytearray | memoryview):
        file = io.BytesIO(source)
    elif isinstance(source, str | Path):
        if source in PAINTINGS:
            file = painting_file(name)
        elif is_address(name):
            file = fetch(name)
        elif os.path.exists(name) and not os.path.isfile(name):
            raise OSError("not a regular file")  # reading a pipe could wait forever
    elif not hasattr(source, "read"):
        raise OSError(f"a {type(source).__name__} is neither a file nor pixels")
    picture, kind = None, "known"
    try:
        picture = Image.open(file)
    except UnidentifiedImageError:
        kind = add_reader(_head(file), name) or kind
    refuse_raw(picture, name)
    try:
        return picture or Image.open(file)
    except UnidentifiedImageError as error:
        raise OSError(f"it is no {kind} kind of picture, or damaged") from error


def _head(file: Any) -> bytes:
    """Return the first bytes of a path or of an open file."""
    if isinstance(file, str | Path):
        with open(file, "rb") as opened:
            return opened.read(64)
    file.seek(0)
    return file.read(64)


def _pixels(picture: Image.Image, wanted: float | Sequence[int] | None) -> np.ndarray:
    """Return a PIL image of any mode as `decode` does."""
    large = wanted is not None and picture.width * picture.height > ORDINARY
    if large:
        picture.draft(None, _least(picture, wanted))  # a JPEG's half, quarter, eighth
    icc: Any = picture.info.get("icc_profile") or camera_profile(picture)
    picture.load()
    if (turn := _turn(picture)) is not None:  # FLIP_LEFT_RIGHT is 0
        picture = picture.transpose(turn)
    if picture.mode.startswith(("I", "F")):  # convert() would clip 16 bits to 8
        return _deep(picture, icc)
    grey, clear = picture.mode in GREY, picture.has_transparency_data
    if clear:
        picture = picture.convert("LA") if picture.mode == "La" else picture
        picture = picture.convert("RGBA")
    elif picture.mode not in ("L", "RGB", "CMYK", "LAB"):
        picture = picture.convert("RGB")
    if large:
        picture = _reduced(picture, _least(picture, wanted))
    if icc or picture.mode == "LAB":
        picture = to_srgb(picture, icc, grey)
    return np.asarray(picture.convert("RGBA" if clear else "RGB"))


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """Return what turns a picture upright: None if EXIF is absent or unreadable."""
    try:
        return UPRIGHT.get(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # Pillow's reader of EXIF raises many types of error
        return None


def _least(picture: Image.Image, wanted: Any) -> tuple[int, int]:
    """Return the (width, height) below which a picture must not be decoded."""
    if isinstance(wanted, Sequence):
        return (GAP * max(wanted),) * 2
    scale = min(1, GAP * wanted / max(picture.size))
    width, height = (max(1, math.ceil(side * scale)) for side in picture.size)
    return width, height


def _reduced(picture: Image.Image, least: tuple[int, int]) -> Image.Image:
    """Return a picture made smaller by a whole factor, but not below ``least``."""
    factor = min(side // low for side, low in zip(picture.size, least, strict=True))
    if factor < 2:
        return picture
    if picture.mode == "RGBA":  # what is transparent must not colour what is not
        return picture.convert("RGBa").reduce(factor).convert("RGBA")
    return picture.reduce(factor)


def _deep(picture: Image.Image, icc: bytes | None) -> np.ndarray:
    """Return a grey picture of 16 bits, of whole numbers or of floats, as floats."""
    values = np.asarray(picture)
    if picture.mode != "F":
        values = values.astype(np.float32) / np.float32(_white(picture, values))
    greys = curve(icc) if icc and values.min() >= 0 and values.max() <= 1 else None
    if greys is not None:
        levels = np.linspace(0, 1, len(greys))
        values = np.stack([np.interp(values, levels, c) for c in greys.T], -1)
    return values


def _white(picture: Image.Image, values: np.ndarray) -> int:
    """Return the number that stands for white in a grey picture's ``values``."""
    if picture.mode == "I" and picture.format not in ("PNG", "PPM"):
        return 255 if values.max() <= 255 else 65535  # the type itself says nothing
    tags: Any = getattr(picture, "tag_v2", {})
    return 2 ** min(16, *tags.get(BITS, ()), 16) - 1  # a TIFF may have 12
