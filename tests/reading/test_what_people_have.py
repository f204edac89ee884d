"""A picture of every kind is read right: each row has the right value."""

import io
import warnings

import numpy as np
import pytest
import torch
from made_pictures import (
    COLORS,
    RED,
    encoded,
    exif,
    file,
    grey_profile,
    in_space,
    matrix_profile,
    press_profile,
    quarters,
    twelve_bits,
    with_exif,
)
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

import nst
from nst.reading.profiles import srgb

STORED = {  # {EXIF's orientation: how its camera stores an upright picture}
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a, -1),
}
GREY = 160


def centres(image):
    """The colours of the four quarters, (2, 2, 3) in 0 to 255."""
    height, width = image.shape[2:]
    rows, columns = [height // 4, height * 3 // 4], [width // 4, width * 3 // 4]
    return 255 * image[0][:, rows][:, :, columns].permute(1, 2, 0).numpy()


def whole(colors=COLORS, mode="RGB"):
    return Image.fromarray(np.ascontiguousarray(quarters(colors))).convert(mode)


def clear(picture):
    """The picture with a right half that is transparent."""
    alpha = np.full((32, 48), 255, np.uint8)
    alpha[:, 24:] = 0
    picture = picture.copy()
    picture.putalpha(Image.fromarray(alpha))
    return picture


def orientations():
    for number, stored in STORED.items():
        picture = Image.fromarray(np.ascontiguousarray(stored(quarters())))
        tags = Image.Exif()
        tags[0x112] = number
        for kind in ("JPEG", "PNG", "TIFF", "WEBP", "AVIF", "HEIF"):
            if kind == "HEIF":
                import pillow_heif

                buffer = io.BytesIO()
                made = pillow_heif.from_pillow(whole())  # it turns by itself
                made.save(buffer, quality=90, chroma=444)
                if number == 1:
                    yield "HEIC", buffer.getvalue(), COLORS
                continue
            yield f"{kind} turned {number}", file(picture, kind, exif=tags), COLORS


def odd_exif():
    """A 6 stands where it can be read; text, no number, too many, too large."""
    turned = (0x112, 3, 1, b"\6\0\0\0")
    ways = {
        "text elsewhere": ((turned, (0x11A, 2, 4, b"72\0\0")), 6),
        "a huge count elsewhere": ((turned, (0x11A, 5, 2**31, b"\xff\xff\xff\x7f")), 6),
        "no such type": ((turned, (0x11A, 99, 1, bytes(4))), 6),
        "text": (((0x112, 2, 2, b"6\0\0\0"),), 1),
        "no count": (((0x112, 3, 0, b"\6\0\0\0"),), 1),
        "a huge count": (((0x112, 3, 2**31, b"\6\0\0\0"),), 1),
        "99": (((0x112, 3, 1, b"\x63\0\0\0"),), 1),
        "zero": (((0x112, 3, 1, bytes(4)),), 1),
        "a fraction by zero": (((0x112, 5, 1, b"\xff\0\0\0"),), 1),
    }
    for name, (tags, number) in ways.items():
        picture = Image.fromarray(np.ascontiguousarray(STORED[number](quarters())))
        for kind in ("JPEG", "PNG", "WEBP"):
            data = with_exif(file(picture, kind), kind, exif(*tags))
            yield f"{kind} with EXIF of {name}", data, COLORS
    for kind in ("JPEG", "PNG", "WEBP"):
        data = with_exif(file(whole(), kind), kind, b"Exif\0\0II*\0\xff\xff\xff\xff")
        yield f"{kind} with EXIF that is cut", data, COLORS


def profiles():
    lossy = {"JPEG", "AVIF"}
    for space in ("P3", "Adobe", "ProPhoto"):
        profile, theirs = matrix_profile(space), whole(in_space(COLORS, space))
        for kind in ("JPEG", "PNG", "TIFF", "WEBP", "AVIF"):
            data = file(theirs, kind, icc_profile=profile)
            yield f"{space} {kind}", data, COLORS
            if kind in lossy - {"AVIF"}:
                continue
            white = COLORS.copy()
            white[:, 1] = 255
            data = file(clear(theirs), kind, icc_profile=profile, exact=True)
            yield f"{space} {kind} with alpha", data, white
        few = theirs.quantize(4)
        for kind in ("PNG", "TIFF"):
            data = file(few, kind, icc_profile=profile)
            yield f"{space} {kind} with a palette", data, COLORS
        few.info["transparency"] = few.getpixel((40, 4))
        data = file(few, "PNG", icc_profile=profile)
        white = COLORS.copy()
        white[0, 1] = 255
        yield f"{space} PNG with a palette and a clear colour", data, white
    ink = Image.new("CMYK", (48, 32), (0, 255, 255, 0))
    for kind in ("JPEG", "TIFF"):
        profile = press_profile()
        yield f"press {kind}", file(ink, kind, icc_profile=profile), RED
        yield f"{kind} of inks without", file(ink, kind), (255, 0, 0)
        yield (
            f"{kind} of inks with a screen's profile",
            file(ink, kind, icc_profile=matrix_profile("P3")),
            (255, 0, 0),
        )
    level = np.rint(255 * encoded((GREY / 255) ** 1.4))
    grey = Image.new("L", (48, 32), GREY)
    for kind in ("JPEG", "PNG", "TIFF"):
        data = file(grey, kind, icc_profile=grey_profile(1.4))
        yield f"grey {kind}", data, level
        data = file(whole(), kind, icc_profile=grey_profile(1.4))
        yield f"{kind} of colours with a profile for greys", data, COLORS
    deep = Image.fromarray(np.full((32, 48), GREY * 257, np.uint16))
    for kind in ("PNG", "TIFF"):
        data = file(deep, kind, icc_profile=grey_profile(1.4))
        yield f"grey {kind} of 16 bits", data, level
    both = Image.merge("LA", (grey, Image.new("L", (48, 32), 255)))
    yield (
        "grey PNG with alpha",
        file(both, "PNG", icc_profile=grey_profile(1.4)),
        level,
    )
    bright = np.rint(255 * encoded((GREY / 255) ** 2.2))
    data = file(grey, "PNG", icc_profile=matrix_profile("P3"))
    yield "grey PNG with a screen's profile", data, bright
    damaged = bytes(dice % 256 for dice in range(7, 3000, 7))
    for kind in ("JPEG", "PNG", "TIFF", "WEBP"):
        for name, profile in {
            "random": damaged,
            "half a": matrix_profile("P3")[:200],
            "an empty": b"",
            "a press's": press_profile(),
        }.items():
            data = file(whole(), kind, icc_profile=profile)
            yield f"{kind} with {name} profile", data, COLORS


def cameras():
    """Adobe RGB that only EXIF names: ColorSpace, InteropIndex, is it Adobe RGB?"""
    ways = {
        "ColorSpace 2": (2, None, True),
        "ColorSpace 2 and R98": (2, "R98", True),
        "index R03": (65535, "R03", True),
        "index R03 alone": (None, "R03", True),
        "ColorSpace 1": (1, "R03", False),
        "index R98": (65535, "R98", False),
        "ColorSpace of text": ("2", None, False),
        "another index": (65535, "\xff", False),
    }
    for name, (space, index, adobe) in ways.items():
        tags = Image.Exif()
        ifd = tags.get_ifd(ExifTags.IFD.Exif)
        ifd |= {} if space is None else {ExifTags.Base.ColorSpace: space}
        ifd |= {} if index is None else {ExifTags.IFD.Interop: {1: index}}
        picture = whole(in_space(COLORS, "Adobe") if adobe else COLORS)
        how = {"exif": tags.tobytes()}
        for kind in ("JPEG", "PNG", "WEBP", "TIFF")[: 3 if index else 4]:
            data = file(picture, kind, **how)  # Pillow writes no index into a TIFF
            yield f"{'Adobe' if adobe else 'sRGB'} {kind} by {name}", data, COLORS
    how = {"exif": tags_of_adobe()}
    data = file(clear(whole(in_space(COLORS, "Adobe"))), "PNG", **how)
    white = COLORS.copy()
    white[:, 1] = 255
    yield "Adobe PNG with alpha by ColorSpace", data, white
    data = file(whole(), "PNG", icc_profile=srgb(), **how)
    yield "sRGB PNG by its profile", data, COLORS
    says_srgb = PngInfo()
    says_srgb.add(b"sRGB", b"\0")
    data = file(whole(), "PNG", pnginfo=says_srgb, **how)
    yield "sRGB PNG by its chunk", data, COLORS
    ink = Image.new("CMYK", (48, 32), (0, 255, 255, 0))
    yield "JPEG of inks by ColorSpace", file(ink, "JPEG", **how), (255, 0, 0)


def tags_of_adobe():
    tags = Image.Exif()
    tags.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] = 2
    return tags.tobytes()


def depths():
    """Numbers of every type and files of every depth, all of one grey."""
    types = ("uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
    for name in types:
        for shape in ((32, 48), (32, 48, 1), (32, 48, 3)):
            yield f"{name} {shape}", np.full(shape, GREY, name), GREY
        alpha = np.full((32, 48, 4), 255, name)
        alpha[..., :3], alpha[:, 24:, 3] = GREY, 0
        yield f"{name} with alpha", alpha, np.array([[[GREY], [255]]] * 2)
    yield "int8", np.full((32, 48), 100, np.int8), 100
    yield "uint16 to 65535", np.tile(np.uint16([GREY * 257, 65535]), (32, 24)), None
    yield "booleans", np.ones((32, 48), bool), 255
    for name in ("float16", "float32", "float64", "longdouble"):
        yield name, np.full((32, 48, 3), GREY / 255, name), GREY
    for name in ("uint8", "int16", "int32", "int64"):
        made = torch.full((3, 32, 48), GREY, dtype=getattr(torch, name))
        yield f"torch {name}", made, GREY
    for name in ("float16", "bfloat16", "float64"):
        made = torch.full((1, 3, 32, 48), GREY / 255, dtype=getattr(torch, name))
        yield f"torch {name}", made, GREY
    yield "a list", [[GREY] * 48] * 32, GREY
    yield "a list of colours", [[list(RED)] * 48] * 32, RED
    yield "a list of floats", [[GREY / 255] * 48] * 32, GREY
    deep = Image.fromarray(np.full((32, 48), GREY * 257, np.uint16))
    for kind in ("PNG", "TIFF", "PPM", "JPEG2000"):
        yield f"{kind} of 16 bits", file(deep, kind), GREY
    dark = Image.fromarray(np.full((32, 48), GREY, np.uint16))
    for kind in ("PNG", "TIFF"):
        yield f"{kind} of 16 bits, all dark", file(dark, kind), GREY / 257
    yield "TIFF of 12 bits", twelve_bits(np.full((32, 48), GREY * 16)), GREY
    whole_numbers = Image.fromarray(np.full((32, 48), GREY, np.int32))
    yield "TIFF of 32 bits", file(whole_numbers, "TIFF"), GREY
    yield "PIL of 32 bits", whole_numbers, GREY
    floats = Image.fromarray(np.full((32, 48), GREY / 255, np.float32))
    yield "TIFF of floats", file(floats, "TIFF"), GREY
    grey = Image.new("L", (48, 32), GREY)
    for kind in "PNG JPEG TIFF BMP GIF PPM TGA ICO WEBP AVIF JPEG2000 PCX".split():
        how = {"sizes": [(48, 32)]} if kind == "ICO" else {}
        yield f"{kind} of 8 bits", file(grey, kind, **how), GREY
    for kind in ("PNG", "TIFF", "BMP"):
        yield f"{kind} of 1 bit", file(Image.new("1", (48, 32), 1), kind), 255
    yield "PIL P", grey.convert("RGB").quantize(4), GREY
    yield "PIL PA", grey.convert("RGB").quantize(4).convert("PA"), GREY
    for mode in ("RGBX", "HSV", "YCbCr", "RGBA", "RGBa", "LA", "La"):
        steps = {"La": ("LA", "La"), "RGBa": ("RGBA", "RGBa")}
        picture = grey.convert("RGB")
        for step in steps.get(mode, (mode,)):
            picture = picture.convert(step)
        yield f"PIL {mode}", picture, GREY
    made = np.full((32, 48, 3), (round(0.6 * 255), 0, 0), np.uint8)
    lab = Image.frombytes("LAB", (48, 32), made.tobytes())
    yield "TIFF of Lab", file(lab, "TIFF"), 145  # L* of 60


def handed():
    """What notebooks hand over."""
    data = file(whole(), "PNG")
    read = io.BytesIO(data)
    read.read()  # as after savefig
    yield "bytes", data, COLORS
    yield "a bytearray", bytearray(data), COLORS
    yield "a memoryview", memoryview(data), COLORS
    yield "a BytesIO read to its end", read, COLORS
    yield "Colab's upload", {"a photo.png": data}, COLORS
    yield "a FileUpload", ({"name": "a.png", "content": memoryview(data)},), COLORS
    yield "one of its files", {"name": "a.png", "content": data}, COLORS
    yield "an older FileUpload", {"a.png": {"metadata": {}, "content": data}}, COLORS
    yield "an open PIL image", Image.open(io.BytesIO(data)), COLORS


ROWS = {
    name: row
    for kind in (orientations, odd_exif, profiles, cameras, depths, handed)
    for name, *row in kind()
}
NEAR = {  # {what is lossy, or rounded to 8 bits twice: how far a colour may be off}
    **dict.fromkeys(("JPEG", "HEIC", "P3", "Adobe", "ProPhoto", "press"), 4),
    "AVIF": 10,  # its step of 1 is many in the dark of a wide space
}


@pytest.mark.parametrize("name", ROWS)
def test_every_kind_of_picture_has_its_colours(name):
    source, colors = ROWS[name]
    image = nst.load_image(source)
    assert image.dtype == torch.float32 and image.is_contiguous()
    if colors is None:
        colors = GREY
        image = image[..., ::2]
    assert image.shape[:3] == (1, 3, 32)
    far = max(NEAR.get(word, 1.3) for word in name.split())
    assert abs(centres(image) - colors).max() <= far, centres(image)


def test_there_are_enough_rows():
    assert len(ROWS) >= 120


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_picture_that_says_it_is_srgb_keeps_its_bytes(kind):
    noise = Image.effect_noise((40, 30), 80).convert("RGB")
    noise = Image.merge("RGB", [noise.getchannel(0).rotate(k * 90) for k in range(3)])
    plain = nst.load_image(file(noise, kind))
    tagged = file(noise, kind, icc_profile=srgb())
    assert b"sRGB" not in file(noise, kind) and len(tagged) > 500
    assert torch.equal(nst.load_image(tagged), plain)


def test_what_is_called_sixteen_bits_keeps_its_steps_under_a_profile():
    ramp = np.linspace(0, 65535, 48, dtype=np.uint16)[None].repeat(32, 0)
    data = file(Image.fromarray(ramp), "PNG", icc_profile=grey_profile(1.4))
    found = nst.load_image(data)[0, 0, 0].numpy()
    assert abs(found - encoded((ramp[0] / 65535) ** 1.4)).max() < 5e-3
    assert len(np.unique(found)) == 48


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "AVIF", "PNG"])
def test_an_animation_shows_its_first_picture_and_says_so(kind):
    more = [Image.new("RGB", (48, 32), c) for c in ("blue", "green")]
    data = file(whole(), kind, save_all=True, append_images=more)
    with pytest.warns(nst.InputWarning, match="'a.x' is animated: the first of its 3"):
        image = nst.load_image({"a.x": data})
    assert abs(centres(image) - COLORS).max() < 5
    opened = Image.open(io.BytesIO(data))
    opened.seek(1)  # the person has chosen one
    with warnings.catch_warnings():
        warnings.simplefilter("error", nst.InputWarning)
        image = nst.load_image(opened)
    assert abs(centres(image) - (0, 0, 255)).max() < 5


def test_of_a_tiff_the_largest_page_is_read_and_told():
    data = file(
        Image.new("RGB", (12, 8)), "TIFF", save_all=True, append_images=[whole()] * 2
    )
    with pytest.warns(nst.InputWarning, match="has 3 pages: page 2, .* is used"):
        image = nst.load_image({"scan.tif": data})
    assert abs(centres(image) - COLORS).max() < 1


def test_a_phones_second_picture_needs_no_word():
    data = file(whole(), "MPO", save_all=True, append_images=[whole().resize((6, 4))])
    with warnings.catch_warnings():
        warnings.simplefilter("error", nst.InputWarning)
        assert nst.load_image(data).shape == (1, 3, 32, 48)
