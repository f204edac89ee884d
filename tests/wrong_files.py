"""Files and folders that nst must refuse."""

import io
import json
import os
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

import nst
from nst.samples import PAINTINGS


def png_of(width, height):
    """The head of a PNG that claims to be this large."""

    def chunk(kind, data):
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"")


def picture(folder, name, *size, **how):
    Image.new("RGB", size, (90, 120, 200)).save(folder / name, **how)


def carrying(folder, name, record):
    info = PngImagePlugin.PngInfo()
    info.add_text("nst", record if isinstance(record, str) else json.dumps(record))
    picture(folder, name, 40, 40, pnginfo=info)


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """A folder of everything that is wrong."""
    folder = tmp_path_factory.mktemp("mistakes")
    buffer = io.BytesIO()
    Image.effect_noise((200, 200), 60).convert("RGB").save(buffer, "JPEG")
    files = {
        "empty.png": b"",
        "zeros.jpg": bytes(4000),
        "truncated.jpg": buffer.getvalue()[:2000],
        "text.png": b"this is no picture",
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "paper.pdf": b"%PDF-1.7\n%%EOF",
        "archive.jpg": b"PK\x03\x04" + bytes(100),
        "bomb.png": png_of(60000, 60000),
        "weights.pth": b"not weights",
        "run.checkpoint": b"no checkpoint",
        "occupied": b"a file, not a folder",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    picture(folder, "dot.png", 1, 1)
    picture(folder, "line.png", 5000, 1)
    picture(folder, "plain.png", 40, 40)
    Image.new("RGB", (451, 300)).save(folder / "black.png")
    Image.new("RGBA", (40, 40)).save(folder / "clear.png")
    made = json.loads(nst.record(nst.Recipe(sizes=(32,), steps=1), "cat", "ink"))
    own = {"name": "mine.png", "sha256": "0" * 64}
    carrying(folder, "newer.png", made | {"format": 99})
    carrying(folder, "garbled.png", '{"format": 1, "recipe"')
    carrying(folder, "other.png", ["not", "a", "record"])
    carrying(folder, "mine.png", made | {"inputs": made["inputs"] | {"style": own}})
    unknown = made["recipe"] | {"brush": 3}
    carrying(folder, "unknown.png", made | {"recipe": unknown})
    listless = made["recipe"] | {"style_layers": 5}
    carrying(folder, "listless.png", made | {"recipe": listless})
    carrying(folder, "number.png", made | {"recipe": 5})
    carrying(folder, "deep.png", 100_000 * "[")
    carrying(folder, "nameless.png", made | {"inputs": {"content": 5, "style": 5}})
    carrying(folder, "backwards.png", made | {"step": -3})
    wrong = made["recipe"] | {"style_weight": -1}
    carrying(folder, "wrong.png", made | {"recipe": wrong})
    (folder / "folder").mkdir()
    os.mkfifo(folder / "pipe")
    (folder / "folder.png").mkdir()
    return folder


@pytest.fixture
def there(place, monkeypatch):
    """Work there, without a network; nothing may be left behind."""
    monkeypatch.chdir(place)
    address = "http://127.0.0.1:9/painting.jpg"
    for name, entry in PAINTINGS.items():
        monkeypatch.setitem(PAINTINGS, name, entry | {"address": address})

    def files():
        return {p: p.stat().st_mtime_ns for p in place.rglob("*") if p.is_file()}

    before = files()
    yield place
    assert files() == before
