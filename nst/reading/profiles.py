"""Colour profiles: bring a picture into sRGB, and say of one that it is sRGB."""

import io
from typing import Any

import numpy as np
from PIL import Image, ImageCms

MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # {a profile's space: PIL's mode}
INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION  # both as photographers' programs do
SRGB: Any = ImageCms.createProfile("sRGB")
LAB: Any = (ImageCms.createProfile("LAB"), "LAB")
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
