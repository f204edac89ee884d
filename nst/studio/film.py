"""The run as an animated picture."""

import io

from PIL import Image, features

from ..errors import InputError, one_of
from ..files import write_atomically
from ..images import load_image, resize, to_pil

LONG_SIDE = 320  # pixels of a frame
KINDS = {".webp": "WEBP", ".gif": "GIF"}
ENDING = ".webp" if features.check("webp") else ".gif"


def frame(image):
    """(1, 3, H, W) as a small JPEG."""
    return jpeg(resize(image, LONG_SIDE, enlarge=False))


def jpeg(image, quality=85):
    """(1, 3, H, W) as JPEG bytes: a seventh of a PNG's size and time."""
    buffer = io.BytesIO()
    to_pil(image).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def save_film(frames, path, colored=lambda image: image):
    """Write ((number, JPEG), ...) as animated WebP or GIF, ``colored`` each."""
    kind = KINDS[one_of("ending", path.suffix.lower(), KINDS)]
    if len(frames) < 2:
        raise InputError("a time-lapse needs two steps: press Start first")
    images = [load_image(Image.open(io.BytesIO(data))) for _, data in frames]
    shape = tuple(images[-1].shape[-2:])
    first, *others = (to_pil(colored(resize(image, shape))) for image in images)
    buffer = io.BytesIO()
    first.save(
        buffer,
        kind,
        save_all=True,
        append_images=others,
        duration=[80] * len(others) + [1500],  # milliseconds; rest on the last
        loop=0,
    )
    write_atomically(path, buffer.getvalue())
