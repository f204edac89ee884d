"""Read and resize pictures; an image is a (1, 3, H, W) RGB float tensor in [0, 1]."""

import io
import os
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from .errors import InputError, within

Source: TypeAlias = str | Path | Image.Image | np.ndarray | Tensor
Size: TypeAlias = float | Sequence[int]  # pixels: long side, or (height, width)


def load_image(
    source: Source,
    size: Size | None = None,
    *,
    enlarge: bool = False,
    backdrop: float | None = None,
) -> Tensor:
    """Return a picture as an RGB image: (1, 3, H, W) in [0, 1], contiguous float32.

    ``source`` is a path, an http(s) address, a PIL image, a (1, 3, H, W) or
    (3, H, W) tensor, or an array shaped (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)
    of floats in [0, 1] or of integers, which are divided by the largest value of their
    type. EXIF rotation is applied. ``backdrop`` is the brightness behind transparency,
    by default 1, white, or 0 if the picture is white itself. ``size`` and ``enlarge``
    are as in `resize`. Raise `InputError` if ``source`` is no picture.

    Example:
        >>> nst.load_image(np.zeros((30, 40, 3), np.uint8)).shape
        torch.Size([1, 3, 30, 40])
    """
    if not isinstance(source, Tensor | np.ndarray | Image.Image):
        source = _open(source)
    if isinstance(source, Image.Image):
        source = _pixels(source)
    if isinstance(source, np.ndarray):
        source = _from_array(source, backdrop)
    image = source.detach().to(torch.float32)
    _check_shape(image := image[None] if image.ndim == 3 else image)
    if not (image.min() >= 0 and image.max() <= 1):  # NaN fails this too
        raise InputError("pixel values must be finite and in [0, 1]: rescale them")
    image = image if size is None else resize(image, size, enlarge=enlarge)
    return image.contiguous()


def load_alpha(source: Source) -> Tensor | None:
    """Return a picture's alpha, (1, 1, H, W), 0 where nothing is; None if opaque.

    ``source`` is as in `load_image`.

    Example:
        >>> nst.load_alpha(np.zeros((30, 40, 4), np.uint8)).shape
        torch.Size([1, 1, 30, 40])
    """
    if not isinstance(source, Tensor | np.ndarray | Image.Image):
        source = _open(source, alpha_only=True)
    if isinstance(source, Image.Image):
        source = _pixels(source) if source.has_transparency_data else np.empty(0)
    if isinstance(source, Tensor) or source.ndim != 3 or source.shape[2] != 4:
        return None
    alpha = _from_array(source[..., 3])[None, :1].contiguous()
    return alpha if alpha.min() < 1 else None


def resize(image: Tensor, size: Size, *, enlarge: bool = True) -> Tensor:
    """Return an image (1, C, H, W) resized with antialiasing, clamped to [0, 1].

    ``size`` is the long side in pixels (the aspect ratio is kept) or (height, width).
    With ``enlarge=False`` an image whose long side is below ``size`` stays as it is.

    Example:
        >>> nst.resize(torch.zeros(1, 3, 30, 40), 20).shape
        torch.Size([1, 3, 15, 20])
    """
    size = fitted(image.shape, size, enlarge=enlarge)
    if size == tuple(image.shape[-2:]):
        return image
    resized = torch.nn.functional.interpolate(
        image, size, mode="bicubic", antialias=True, align_corners=False
    )
    return resized.clamp(0, 1)  # bicubic interpolation overshoots at edges


def fitted(
    shape: Sequence[int], size: Size, *, enlarge: bool = True
) -> tuple[int, int]:
    """Return the (height, width) of `resize`'s result; ``shape`` ends in (H, W)."""
    if isinstance(size, Sequence):
        height, width = (within("size", side, 1) for side in size)
        return height, width
    scale = within("size", size, 1.0) / max(shape[-2:])
    scale = scale if enlarge else min(1, scale)
    height, width = (max(1, round(side * scale)) for side in shape[-2:])
    return height, width


def to_pil(image: Tensor) -> Image.Image:
    """Return a (1, 3, H, W) image as an 8-bit RGB PIL image, clamped to [0, 1]."""
    _check_shape(image)
    pixels = image.detach()[0].clamp(0, 1).mul(255).round().byte()
    return Image.fromarray(pixels.permute(1, 2, 0).cpu().numpy())


def _check_shape(image: Tensor) -> None:
    kind, shape = type(image).__name__, tuple(getattr(image, "shape", ()))
    right = len(shape) == 4 and shape[:2] == (1, 3) and 0 not in shape
    if not (right and isinstance(image, Tensor)):
        raise InputError(f"a {kind} shaped {shape} is no picture: use (1, 3, H, W)")


def is_address(source: Any) -> bool:
    """Return whether ``source`` is an http or https address."""
    return str(source).startswith(("http://", "https://"))


def _open(source: str | Path, alpha_only: bool = False) -> Image.Image:
    """Return the picture at a path or an address as a fully decoded PIL image.

    With ``alpha_only`` it is decoded only if it can be transparent.
    """
    name = str(source)
    try:
        if is_address(name):
            request = urllib.request.Request(name, headers={"User-Agent": "nst"})
            with urllib.request.urlopen(request, timeout=30) as answer:
                file: Any = io.BytesIO(answer.read())
        elif os.path.exists(name) and not os.path.isfile(name):
            raise OSError("not a regular file")  # reading a pipe could wait forever
        else:
            file = source
        with Image.open(file) as picture:
            if picture.has_transparency_data or not alpha_only:
                picture.load()
        return picture
    except FileNotFoundError as error:
        message = f"no such picture {name!r}: give a file, an address or a sample"
        raise InputError(message) from error
    except Exception as error:  # Pillow's decoders raise many types of error
        reason = getattr(error, "reason", None) or error
        message = f"cannot read {name!r} as a picture ({reason}): give another one"
        raise InputError(message) from error


def _pixels(picture: Image.Image) -> np.ndarray:
    """Return a PIL image of any mode as an array that `_from_array` takes."""
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith(("I", "F")):  # convert() would clip 16 bits to 8
        return np.asarray(picture, np.float64) / (1 if picture.mode == "F" else 65535)
    transparent = picture.has_transparency_data
    return np.asarray(picture.convert("RGBA" if transparent else "RGB"))


def _from_array(array: np.ndarray, backdrop: float | None = None) -> Tensor:
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
    if not len(alpha):
        return color
    if backdrop is None:  # on white a white logo, with a mean above 0.9, would vanish
        backdrop = float((color * alpha).sum() <= 0.9 * 3 * alpha.sum())
    return color * alpha + (1 - alpha) * backdrop
