"""Small pictures of every kind, made by a few lines each."""

import io
import struct

import numpy as np
from PIL import Image

RED = (220, 40, 40)
COLORS = np.array(  # of the four quarters: all differ, so a wrong turn shows
    [[RED, (30, 160, 60)], [(40, 60, 200), (230, 220, 70)]], np.uint8
)
SRGB = np.array(  # to XYZ under D50, from Lindbloom's tables
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
P3 = np.array(
    [
        [0.51512, 0.29198, 0.1571],
        [0.2412, 0.69225, 0.06657],
        [-0.00105, 0.04189, 0.78407],
    ]
)
ADOBE = np.array(
    [
        [0.60974, 0.20528, 0.14919],
        [0.31111, 0.62567, 0.06322],
        [0.01947, 0.06087, 0.74457],
    ]
)
PROPHOTO = np.array(
    [
        [0.79767, 0.13519, 0.03134],
        [0.28804, 0.71188, 0.00009],
        [0, 0, 0.82491],
    ]
)
SPACES = {"P3": (P3, 2.2), "Adobe": (ADOBE, 563 / 256), "ProPhoto": (PROPHOTO, 1.8)}


def quarters(colors=COLORS):
    """A picture 48 wide and 32 high whose quarters have these four colours."""
    return np.repeat(np.repeat(colors, 16, 0), 24, 1)


def decoded(values):
    """sRGB in [0, 1] as light, by the formula of IEC 61966-2-1."""
    v = np.asarray(values, float)
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def encoded(light):
    v = np.clip(light, 0, 1)
    return np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055)


def in_space(colors, name):
    """sRGB colours as bytes in another colour space, by its definition."""
    matrix, gamma = SPACES[name]
    light = decoded(colors / 255) @ SRGB.T @ np.linalg.inv(matrix).T
    return np.round(255 * np.clip(light, 0, 1) ** (1 / gamma)).astype(np.uint8)


def fixed(values):
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def icc(space, tags, connection=b"XYZ "):
    """An ICC profile, version 2, for a colour space."""
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"case\0" + b"\0" * 78
    white = b"XYZ \0\0\0\0" + fixed((0.9642, 1, 0.8249))
    tags = {b"desc": name, b"cprt": b"text\0\0\0\0none\0", b"wtpt": white, **tags}
    table, data, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for tag, content in tags.items():
        content += b"\0" * (-len(content) % 4)
        table += tag + struct.pack(">II", start + len(data), len(content))
        data += content
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(">I", start + len(data)) + b"none\2\x10\0\0"
    head += kind + space + connection + b"\0" * 12 + b"acsp" + b"\0" * 28
    return (head + fixed((0.9642, 1, 0.8249))).ljust(128, b"\0") + table + data


def power(gamma):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"


def matrix_profile(name):
    matrix, gamma = SPACES[name]
    tags = {tag: power(gamma) for tag in (b"rTRC", b"gTRC", b"bTRC")}
    for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), matrix.T, strict=True):
        tags[tag] = b"XYZ \0\0\0\0" + fixed(column)
    return icc(b"RGB ", tags)


def grey_profile(gamma):
    return icc(b"GRAY", {b"kTRC": power(gamma)})


def lab(color):
    """CIE Lab under D50 of an sRGB colour in bytes, encoded in bytes as in ICC."""
    xyz = SRGB @ decoded(np.asarray(color) / 255) / (0.9642, 1, 0.8249)
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    values = 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])
    return round(values[0] * 2.55), round(values[1] + 128), round(values[2] + 128)


def press_profile():
    """A CMYK profile in which the inks magenta and yellow together print RED."""
    corners = b""
    for c, m, y, k in np.ndindex(2, 2, 2, 2):
        color = np.array([255 - 215 * c, 255 - 215 * m, 255 - 215 * y]) * (1 - k)
        corners += bytes(lab(RED if (c, m, y, k) == (0, 1, 1, 0) else color))
    same = bytes(range(256))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + fixed((1, 0, 0, 0, 1, 0, 0, 0, 1))
    return icc(b"CMYK", {b"A2B0": table + same * 4 + corners + same * 3}, b"Lab ")


def exif(*tags):
    """EXIF from (tag, type, count, four bytes), also such as no camera writes."""
    data = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(tags))
    return data + b"".join(struct.pack("<HHI4s", *tag) for tag in tags) + bytes(4)


def file(picture, kind, **how):
    """The bytes of a picture saved in a format, without loss where there is one."""
    buffer = io.BytesIO()
    how |= {"quality": 100, "subsampling": 0} if kind == "JPEG" else {}
    how |= {"lossless": True} if kind == "WEBP" else {}
    how |= {"quality": 100, "subsampling": "4:4:4"} if kind == "AVIF" else {}
    picture.save(buffer, kind, **how)
    return buffer.getvalue()


def with_exif(data, kind, tags):
    """The bytes of a JPEG, PNG or WebP with this EXIF put in by hand."""
    if kind == "JPEG":
        marker = b"\xff\xe1" + struct.pack(">H", len(tags) + 2) + tags
        return data[:2] + marker + data[2:]
    picture = Image.open(io.BytesIO(data))
    return file(picture, kind, exif=tags)


def twelve_bits(values):
    """A TIFF of 12 bits a pixel; each row of ``values`` has an even length."""
    height, width = values.shape
    one, two = values.reshape(-1, 2).astype(int).T
    packed = np.stack([one >> 4, (one & 15) << 4 | two >> 8, two & 255])
    data = packed.T.astype(np.uint8).tobytes()
    tags = {256: width, 257: height, 258: 12, 259: 1, 262: 1, 273: 8, 277: 1}
    tags |= {278: height, 279: len(data)}
    head = b"II*\0" + struct.pack("<I", 8 + len(data)) + data
    entries = (struct.pack("<HHII", tag, 4, 1, tags[tag]) for tag in sorted(tags))
    return head + struct.pack("<H", len(tags)) + b"".join(entries) + bytes(4)
