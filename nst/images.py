"""Read and resize pictures; an image is a (1, 3, H, W) RGB float tensor in [0, 1]."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .errors import InputError, one_of, within
from .samples import PAINTINGS, SAMPLES, pixels_of

Pixels: TypeAlias = Image.Image | np.ndarray | Tensor | list
Source: TypeAlias = str | Path | bytes | BinaryIO | Mapping[str, Any] | Pixels
Size: TypeAlias = float | Sequence[int]  # pixels: long side, or (height, width)


def load_image(
    source: Source,
    size: Size | None = None,
    *,
    enlarge: bool = False,
    backdrop: float | None = None,
) -> Tensor:
    """Return a picture as an RGB image: (1, 3, H, W) in [0, 1], contiguous float32.

    ``source`` is the name of a sample or painting, a path, an http(s) address, the
    bytes of a file, an open file, an upload such as Colab's {name: bytes}, a PIL image,
    a (1, 3, H, W) or (3, H, W) tensor, or an array or list shaped (H, W), (H, W, 1),
    (H, W, 3) or (H, W, 4). Pixels are floats in [0, 1] or integers from 0 to 255, with
    np.uint16 to 65535. EXIF rotation is applied, a colour profile turned into sRGB.
    ``backdrop`` is the brightness behind transparency, by default 1, white, or 0 if the
    picture is white itself. ``size`` and ``enlarge`` are as in `resize`.

    Raise `InputError` if ``source`` is no picture. Warn by `InputWarning` if it has
    several, as animations do.

    Example:
        >>> nst.load_image(np.zeros((30, 40, 3), np.uint8)).shape
        torch.Size([1, 3, 30, 40])
    """
    image, _ = read(source, size, backdrop)
    return image if size is None else resize(image, size, enlarge=enlarge)


load = load_image  # another name for the same


def load_alpha(source: Source, wanted: Size | None = None) -> Tensor | None:
    """Return a picture's alpha, (1, 1, H, W), 0 where nothing is; None if opaque.

    ``source`` is as in `load_image`; a very large file may be read smaller, if
    ``wanted``, a size, needs no more of it.

    Example:
        >>> nst.load_alpha(np.zeros((30, 40, 4), np.uint8)).shape
        torch.Size([1, 1, 30, 40])
    """
    return read(source, wanted)[1]


def sample(name: str, size: Size | None = None) -> Tensor:
    """Return one of `SAMPLES` as a (1, 3, H, W) image; ``size`` as in `load_image`.

    Example:
        >>> nst.sample("cat", size=64).shape
        torch.Size([1, 3, 43, 64])
    """
    return load_image(one_of("sample", name, SAMPLES), size)


def painting(name: str, size: Size | None = None) -> Tensor:
    """Return one of `PAINTINGS` as a (1, 3, H, W) image; download it only once.

    The file is checked by its sha256 and kept in the folder that the environment
    variable NST_CACHE names, by default ~/.cache/nst.
    """
    return load_image(one_of("painting", name, PAINTINGS), size)


def read(
    source: Source, wanted: Size | None = None, backdrop: float | None = None
) -> tuple[Tensor, Tensor | None]:
    """Return the image and the alpha of what `load_image` takes, at its own size.

    The alpha is as in `load_alpha`. Only a very large file is decoded smaller, if
    ``wanted`` needs no more of it.
    """
    pixels, alpha = _pixels(source, wanted), None
    if isinstance(pixels, Tensor):
        image = pixels.detach().cpu()
    else:
        image, alpha = _from_array(pixels, backdrop)
    white = 1 if image.is_floating_point() else _white(image.numpy())
    image = image.to(torch.float32) / white if white > 1 else image.to(torch.float32)
    _check_shape(image := image[None] if image.ndim == 3 else image)
    known = [image] if alpha is None else [image, alpha]
    if not all(x.min() >= 0 and x.max() <= 1 for x in known):  # NaN fails this too
        raise InputError("pixel values must be finite and in [0, 1]: rescale them")
    return image.contiguous(), alpha


def resize(image: Tensor, size: Size, *, enlarge: bool = True) -> Tensor:
    """Return an image (1, C, H, W) resized with antialiasing, clamped to [0, 1].

    The CPU computes it, because Apple's GPU lacked this interpolation for long.

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
        image.cpu(), size, mode="bicubic", antialias=True, align_corners=False
    )
    # Bicubic interpolation overshoots at edges.
    return resized.clamp(0, 1).to(image.device)


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


def _pixels(source: Source, wanted: Size | None) -> Tensor | np.ndarray:
    """Return the pixels of what `load_image` takes, as they are."""
    if isinstance(source, str) and source in SAMPLES:
        source = pixels_of(source)
    if isinstance(source, Tensor | np.ndarray):
        return source
    from .reading.decoding import decode  # samples do without

    return decode(source, wanted)


def _from_array(
    array: np.ndarray, backdrop: float | None
) -> tuple[Tensor, Tensor | None]:
    """Return (image (3, H, W), alpha (1, 1, H, W) or None) of an array of pixels."""
    array = array[..., None] if array.ndim == 2 else array
    if (
        array.ndim != 3
        or array.shape[2] not in (1, 3, 4)
        or array.dtype.kind not in "buif"
        or not array.size
    ):
        seen = f"an array of {array.dtype} shaped {array.shape}"
        raise InputError(f"{seen} is no picture: use (H, W, 3)")
    try:
        pixels = array.transpose(2, 0, 1).astype(np.float32, order="C")
        pixels /= _white(array)
        color, alpha = pixels[:3], pixels[3:]
        if len(color) < 3:
            color = np.repeat(color, 3, 0)
        if not len(alpha) or alpha.min() == 1:
            return torch.from_numpy(color), None
        shown = color * alpha
        if backdrop is None:  # a white logo, with a mean above 0.9, needs black
            backdrop = float(shown.sum() <= 0.9 * 3 * alpha.sum())
        shown += (1 - alpha) * backdrop
        return torch.from_numpy(shown), torch.from_numpy(alpha)[None]
    except MemoryError as error:
        seen = "{1}x{0} pixels do not fit into memory".format(*array.shape)
        raise InputError(f"{seen}: give a smaller copy") from error


def _white(pixels: np.ndarray) -> int:
    """Return the number that stands for white: 255 in integers of every type."""
    if pixels.dtype.kind not in "iu":
        return 1
    if pixels.dtype == np.uint8:
        return 255
    low, high = pixels.min(), pixels.max()
    if low >= 0 and high != 1 and (high <= 255 or pixels.dtype == np.uint16):
        return 255 if high <= 255 else 65535
    raise InputError(
        f"{pixels.dtype} pixels from {low} to {high}, of which white is not known: "
        "divide them by it, to give floats in [0, 1]"
    )
