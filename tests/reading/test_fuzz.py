"""Damaged EXIF, profiles and containers: a picture or one sentence, never a fault.

NST_FUZZ=5000 sets how many files there are; a few hundred by default.
"""

import io
import os
import random
import struct
import warnings
import zlib

import pytest
import torch
from made_pictures import exif, file, grey_profile, matrix_profile, press_profile
from PIL import Image

import nst

FILES = int(os.environ.get("NST_FUZZ", "700"))
NOISE = Image.effect_noise((24, 18), 80).convert("RGB")
EXIF = exif(
    (0x10F, 2, 4, b"nst\0"),
    (0x112, 3, 1, b"\6\0\0\0"),
    (0x11A, 5, 1, b"\x08\0\0\0"),
    (0x8769, 4, 1, b"\x1a\0\0\0"),
)
PROFILES = matrix_profile("P3"), matrix_profile("ProPhoto"), press_profile()
MORE = {"save_all": True, "append_images": [NOISE.rotate(90)]}


def split(data):
    """The parts of a JPEG, PNG, WebP or HEIC: what a container consists of."""
    parts, at = [], 0
    if data[:2] == b"\xff\xd8":
        parts, at = [data[:2]], 2
        while data[at : at + 1] == b"\xff" and data[at + 1] != 0xDA:
            end = at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
            parts.append(data[at:end])
            at = end
        return [*parts, data[at:]]
    form, first, more = (">I4s", 8, 12) if data[:4] == b"\x89PNG" else ("<4sI", 12, 8)
    if data[4:8] == b"ftyp":
        form, first, more = ">I4s", 0, 0
    parts, at = [data[:first]], first
    while at < len(data):
        length = next(x for x in struct.unpack_from(form, data, at) if type(x) is int)
        end = at + max(8, length + more + (length % 2 if form[0] == "<" else 0))
        parts.append(data[at:end])
        at = end
    return parts


def scrambled(data, dice):
    """The parts of a container dropped, doubled, swapped, cut, or damaged inside."""
    parts = split(data)
    for _ in range(dice.randint(1, 2)):
        at, other = (dice.randrange(len(parts)) for _ in range(2))
        action, part = dice.randrange(5), parts[at]
        if action == 0 and len(parts) > 1:
            del parts[at]
        elif action == 1:
            parts.insert(other, part)
        elif action == 2:
            parts[at], parts[other] = parts[other], part
        elif action == 3:
            parts[at] = part[: dice.randrange(len(part) + 1)]
        else:
            parts[at] = damaged(part, dice)
    return b"".join(map(checked, parts))


def checked(part):
    """A PNG's part with its check sum made right, so that its damage is read."""
    if len(part) > 12 and part[4:8].isalpha() and part[:2] == b"\0\0":
        return part[:-4] + struct.pack(">I", zlib.crc32(part[4:-4]))
    return part


def damaged(data, dice):
    data = bytearray(data)
    for _ in range(dice.randint(1, 6)):
        if data:
            at = dice.randrange(len(data))
            change = (dice.randrange(256), data[at] ^ 1 << dice.randrange(8), 0, 255)
            data[at] = dice.choice(change)
    return bytes(data[: dice.randrange(len(data) + 1)] if dice.random() < 0.1 else data)


def heic(tags, icc):
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(NOISE).save(buffer, exif=tags, icc_profile=icc)
    return buffer.getvalue()


def made(kind, dice):
    """One damaged file: its EXIF, its profile, or its container."""
    tags, icc, part = EXIF, dice.choice(PROFILES), dice.choice(("exif", "icc", "file"))
    mode = "CMYK" if icc is PROFILES[2] and kind in ("JPEG", "TIFF") else "RGB"
    if dice.random() < 0.2 and kind != "WEBP" and kind != "AVIF":
        mode, icc = "L", grey_profile(1.4)
    tags = damaged(tags, dice) if part == "exif" else tags
    icc = damaged(icc, dice) if part == "icc" else icc
    if kind == "HEIC":
        data = heic(EXIF, PROFILES[0])  # its writer refuses what is damaged
        for whole, spoilt in ((EXIF[6:], tags[6:]), (PROFILES[0], icc)):
            assert whole in data
            if part != "file":
                data = data.replace(whole, spoilt[: len(whole)].ljust(len(whole)))
    elif kind == "TIFF":
        info = {274: dice.choice((6, 99, 1)), 330: 8, 254: dice.randrange(2)}
        data = file(NOISE.convert(mode), kind, icc_profile=icc, tiffinfo=info, **MORE)
        data = damaged(data, dice) if part != "icc" else data
    elif kind == "GIF":
        data, part = file(NOISE, kind, **MORE), "file"
    else:
        more = MORE if dice.random() < 0.3 and kind != "JPEG" else {}
        data = file(NOISE.convert(mode), kind, icc_profile=icc, **more)
        if kind == "JPEG":
            marker = b"\xff\xe1" + struct.pack(">H", len(tags) + 2) + tags
            data = data[:2] + marker + data[2:]
        elif kind == "PNG":
            chunk = struct.pack(">I", len(tags)) + b"eXIf" + tags[6:] + bytes(10)
            data = data[:33] + checked(chunk) + data[33:]
    if part == "file":
        tough = kind in ("TIFF", "GIF")
        data = damaged(data, dice) if tough else scrambled(data, dice)
    return data


@pytest.mark.parametrize("kind", "JPEG PNG WEBP TIFF GIF AVIF HEIC".split())
def test_damage_is_a_picture_or_one_sentence(kind):
    dice, seen = random.Random(kind), {"picture": 0, "told": 0}
    for _ in range(FILES // 7 + 1):
        data = made(kind, dice)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", nst.InputWarning)
            try:
                image = nst.load_image({"damaged": data})
            except nst.InputError as error:
                assert len(str(error)) <= 300 and "\n" not in str(error), error
                seen["told"] += 1
            else:
                assert image.shape[:2] == (1, 3) and torch.isfinite(image).all()
                assert 0 <= image.min() and image.max() <= 1
                seen["picture"] += 1
    assert min(seen.values()) > 0, seen
