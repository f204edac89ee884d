"""Colour profiles: bring a picture into sRGB, and say of one that it is sRGB."""

import io
import struct
from functools import cache
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageCms

MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # {a profile's space: PIL's mode}
INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION  # both as photographers' programs do
SRGB: Any = ImageCms.createProfile("sRGB")
LAB: Any = (ImageCms.createProfile("LAB"), "LAB")
ADOBE_RGB = {  # the primaries' X, Y, Z under D50, as Adobe RGB (1998) defines them
    b"rXYZ": (0.60974, 0.31111, 0.01947),
    b"gXYZ": (0.20528, 0.62567, 0.06087),
    b"bXYZ": (0.14919, 0.06322, 0.74457),
}
ADOBE_GAMMA = 563  # of 256
NOTICEABLE = 2  # levels of 255; profiles that say sRGB in their own way differ by less


def to_srgb(picture: Image.Image, icc: bytes | None, grey: bool) -> Image.Image:
    """Return an L, RGB, RGBA, CMYK or LAB picture in sRGB, its alpha kept.

    ``icc`` is its profile; one that is damaged, or is of another kind of picture, is
    ignored. ``grey`` says that an RGB or RGBA picture was grey. A picture whose profile
    is sRGB itself is returned as it is.
    """
    lab, cmyk = picture.mode == "LAB", picture.mode == "CMYK"
    try:
        profile, mode = _profile(icc) if icc and not lab else LAB
        fits = lab or (cmyk if mode == "CMYK" else not cmyk)
        if not fits or (mode == "L" and not grey):
            return picture
        how = ImageCms.buildTransform(profile, SRGB, mode, "RGB", INTENT, FLAGS)
        if mode in ("RGB", "L") and _is_srgb(how, mode):
            return picture
        color: Any = picture if lab or cmyk else picture.convert("RGB").convert(mode)
        color = ImageCms.applyTransform(color, how)
    except Exception:  # a damaged profile raises one of many types of error
        return picture
    if picture.mode == "RGBA":
        color.putalpha(picture.getchannel("A"))
    return color


def _profile(icc: bytes) -> tuple[Any, str]:
    """Return an ICC profile and the mode of the pictures that it is for."""
    profile: Any = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    return profile, MODES[profile.profile.xcolor_space.strip()]


def camera_profile(picture: Image.Image) -> bytes | None:
    """Return Adobe RGB's profile if a camera's EXIF says that the colours are so.

    Cameras embed none. They name the space by ColorSpace 2 or, if that is neither 1,
    which is sRGB, nor 2, by the interoperability index R03.
    """
    if "srgb" in picture.info:  # a PNG that says more
        return None
    try:
        exif = picture.getexif()
        space = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.ColorSpace)
        if space not in (1, 2):
            marks = exif.get_ifd(ExifTags.IFD.Interop)
            index = str(marks.get(ExifTags.Interop.InteropIndex))
            space = 2 if index.startswith("R03") else 1
        return _adobe_rgb() if space == 2 else None
    except Exception:  # Pillow's reader of EXIF raises many types of error
        return None


@cache
def _adobe_rgb() -> bytes:
    """Return an ICC profile, version 2: a head of 128 bytes, a table, the entries."""
    gamma = struct.pack(">4s4xIH2x", b"curv", 1, ADOBE_GAMMA)
    entries = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), gamma)
    for name, xyz in ADOBE_RGB.items():
        fixed = (round(n * 2**16) for n in xyz)
        entries[name] = struct.pack(">4s4x3i", b"XYZ ", *fixed)
    table, data, start = struct.pack(">I", len(entries)), b"", 132 + 12 * len(entries)
    for name, entry in entries.items():
        table += struct.pack(">4sII", name, start + len(data), len(entry))
        data += entry
    head = struct.pack(">I4xI", start + len(data), 0x02100000) + b"mntrRGB XYZ "
    return head.ljust(36, b"\0") + b"acsp".ljust(92, b"\0") + table + data


def curve(icc: bytes) -> np.ndarray | None:
    """Return what a grey profile makes of the greys: (256, 3) in [0, 1]; None if sRGB.

    It is for greys of more than 8 bits, which `to_srgb` does not take.
    """
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    shown = to_srgb(ramp, icc, True)
    return None if shown is ramp else np.asarray(shown)[0] / 255


def srgb() -> bytes:
    """Return the sRGB profile for a file: always the same bytes, so without a date."""
    data = ImageCms.ImageCmsProfile(SRGB).tobytes()
    return data[:24] + bytes(12) + data[36:]


def _is_srgb(how: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Return whether a transform leaves a few hundred colours as they are."""
    levels = np.linspace(0, 255, 6 if mode == "RGB" else 256).astype(np.uint8)
    colors = np.stack(np.meshgrid(*[levels] * len(mode)), -1).reshape(1, -1, len(mode))
    before = Image.fromarray(colors.squeeze(2) if mode == "L" else colors)
    after = ImageCms.applyTransform(before, how)
    change = np.asarray(before.convert("RGB"), int) - np.asarray(after, int)
    return abs(change).max() <= NOTICEABLE
