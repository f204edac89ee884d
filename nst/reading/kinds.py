"""Kinds of files that need a word or a help: HEIC, RAW, many pages, animations."""

from pathlib import Path
from typing import Any

from PIL import Image

from ..errors import InputError

RAW = (
    ".3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .fff .iiq .kdc .mef .mos .mrw .nef .nrw "
    ".orf .pef .raf .raw .rw2 .rwl .sr2 .srf .srw .x3f".split()
)
ANIMATED = ("GIF", "WEBP", "AVIF", "PNG", "FLI")  # not MPO, PSD: their first is whole
PAGES = 100  # that are looked at, the first ones
KIND, SUBFILES, DNG = 254, 330, 50706  # TIFF's tags; KIND is odd for a small preview


def refuse_raw(picture: Image.Image | None, name: str) -> None:
    """Raise `InputError` for a camera's RAW file; ``picture`` is what Pillow found."""
    tags: Any = getattr(picture, "tag_v2", {})
    preview = tags.get(KIND) in (1, 3) and SUBFILES in tags
    if Path(name.split("?")[0]).suffix.lower() in RAW or DNG in tags or preview:
        raise InputError(
            f"{name!r} is a camera's RAW file, of which only a preview could be read: "
            "export it as a JPEG or TIFF first"
        )


def add_reader(head: bytes, name: str) -> str:
    """Add the reader that a file's first bytes ask for; return the kind's name or "".

    Raise `InputError` if the reader is not installed.
    """
    if head[4:8] != b"ftyp":
        return ""
    if head[8:12] in (b"avif", b"avis"):
        raise InputError(
            f"{name!r} is an AVIF picture, damaged or too new for this Pillow: "
            "upgrade it by pip install -U pillow, or save the picture as PNG"
        )
    if not any(brand in head[8:] for brand in (b"hei", b"hev", b"mif1", b"msf1")):
        return ""
    try:
        import pillow_heif
    except ImportError as error:
        raise InputError(
            f"{name!r} is a HEIC picture, as phones make them: install the extra by "
            "pip install 'nst[heic]', or export the picture as JPEG"
        ) from error
    pillow_heif.register_heif_opener()
    return "HEIC"


def choose_page(picture: Image.Image, name: str) -> str:
    """Go to the page of a file that is its picture; return a sentence about the rest.

    Of a TIFF it is the largest page, so never a thumbnail; of others the first one.
    The sentence is "" if there is nothing to tell.
    """
    count = _count(picture)
    if count < 2 or picture.tell():  # or somebody has chosen a page already
        return ""
    if picture.format == "TIFF":
        largest = _largest(picture, min(count, PAGES))
        picture.seek(largest)
        which = f"page {largest + 1}, the first of the largest ones, is used"
        return f"{name!r} has {count} pages: {which}"
    if picture.format in ANIMATED:
        return f"{name!r} is animated: the first of its {count} pictures is used"
    return ""


def _count(picture: Image.Image) -> int:
    try:
        return getattr(picture, "n_frames", 1)
    except Exception:  # what follows the first page is damaged
        return 1


def _largest(picture: Image.Image, count: int) -> int:
    """Return the index of the first page that no other exceeds in pixels."""
    pixels = []
    try:
        for index in range(count):
            picture.seek(index)
            pixels.append(picture.width * picture.height)
    except Exception:  # the pages before the damaged one are left
        pass
    return pixels.index(max(pixels))
