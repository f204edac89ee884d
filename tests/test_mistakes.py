"""Every mistake of a user: one sentence, exit status 2, nothing half-written."""

import io
import json
import re
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
import torch
from PIL import Image, PngImagePlugin

import nst
from nst.__main__ import main
from nst.samples import PAINTINGS

TINY = ["--size", "32", "--steps", "1"]


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


@pytest.fixture(scope="module")
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
    made = json.loads(nst.record(nst.Recipe(sizes=(32,), steps=1), "cat", "ink"))
    own = {"name": "mine.png", "sha256": "0" * 64}
    carrying(folder, "newer.png", made | {"format": 99})
    carrying(folder, "garbled.png", '{"format": 1, "recipe"')
    carrying(folder, "other.png", ["not", "a", "record"])
    carrying(folder, "mine.png", made | {"inputs": made["inputs"] | {"style": own}})
    unknown = made["recipe"] | {"brush": 3}
    carrying(folder, "unknown.png", made | {"recipe": unknown})
    wrong = made["recipe"] | {"style_weight": -1}
    carrying(folder, "wrong.png", made | {"recipe": wrong})
    (folder / "folder").mkdir()
    (folder / "folder.png").mkdir()
    return folder


NO_PICTURE = "cannot read '.*' as a picture .*: give another one"
COMMANDS = {
    "nowhere.jpg": "no such picture 'nowhere.jpg': give a file, an address or a",
    "cat nowhere.jpg": "no such picture 'nowhere.jpg'",
    "caat ink": "no such picture 'caat': did you mean 'cat'?",
    "cat ink waves --blend 0 0": "blend gives no style a weight at relu1_1",
    "empty.png": NO_PICTURE,
    "zeros.jpg": NO_PICTURE,
    "truncated.jpg": NO_PICTURE,
    "text.png": NO_PICTURE,
    "cat text.png": NO_PICTURE,
    "drawing.svg": NO_PICTURE,
    "paper.pdf": NO_PICTURE,
    "archive.jpg": NO_PICTURE,
    "bomb.png": NO_PICTURE,
    "folder": NO_PICTURE,
    "http://127.0.0.1:9/cat.jpg": NO_PICTURE,
    "https://127.0.0.1:9/cat.jpg": NO_PICTURE,
    "ftp://127.0.0.1/cat.jpg": "no such picture 'ftp:",
    "cat starry_night": "could not download the painting 'starry_night' .* ink",
    "cat dot.png": "a picture of 1x1 pixels is too small for the network: use a larger",
    "line.png ink": "a picture of 32x1 pixels is too small",
    "cat line.png": "a picture of 32x1 pixels is too small",
    "cat -o result": "unknown ending '': choose from .png, .jpg, .jpeg",
    "cat -o result.tiff": "unknown ending '.tiff'",
    "cat -o folder.png": "'folder.png' is a folder: name a file in it",
    "cat -o occupied/result.png": "cannot write 'occupied/.*' \\(.*\\): choose another",
    "cat -o /proc/result.png": "cannot write '/proc/.*' \\(.*\\): choose another",
    "cat --size 0": "size is 0: give a whole number from 16 up",
    "cat --size -5": "size is -5: give a whole number from 16 up",
    "cat --size 15": "size is 15: give a whole number from 16 up",
    "cat --size large": "argument --size: invalid int value: 'large': see nst --help",
    "cat --size 1e3": "argument --size: invalid int value",
    "cat --size 200000": "200000 px would need about .* GB and .* are free",
    "cat --steps 0": "steps is 0: give a whole number from 1 up",
    "cat --steps -1": "steps is -1",
    "cat --steps 2.5": "argument --steps: invalid int value",
    "cat --style-weight -1": "style_weight is -1.0: give a finite number from 0.0 up",
    "cat --style-weight nan": "style_weight is nan: give a finite number",
    "cat --style-weight inf": "style_weight is inf: give a finite number",
    "cat --style-weight heavy": "argument --style-weight: invalid float value",
    "cat --content-weight -0.1": "content_weight is -0.1",
    "cat --content-weight nan": "content_weight is nan",
    "cat --tv-weight -1": "tv_weight is -1.0",
    "cat --tv-weight": "argument --tv-weight: expected one argument: see nst --help",
    "cat --initial nowhere.png": "no such picture 'nowhere.png'",
    "cat --initial text.png": NO_PICTURE,
    "cat --seed -1": "seed is -1: give a whole number from 0 up",
    "cat --seed 1.5": "argument --seed: invalid int value",
    "cat --recipe gatis": "unknown recipe 'gatis': choose from default, gatys, orig",
    "cat --recipe plain.png": "'plain.png' carries no recipe: give a picture that",
    "cat --recipe newer.png": "'newer.png' was made by nst .*: upgrade nst to read it",
    "cat --recipe unknown.png": "unknown recipe field 'brush': choose from",
    "cat --recipe wrong.png": "style_weight is -1: give a finite number from 0.0 up",
    "cat --device tpu": "no device 'tpu' here: choose from .*cpu",
    "cat --every 0": "--every is 0: give a whole number from 1 up",
    "cat ink waves --blend 1": "1 blend for 2 styles: give one for each style",
    "cat ink waves --blend 1 -1": "blend is -1.0: give a finite number from 0.0 up",
    "cat ink waves --blend nan 1": "blend is nan",
    "cat ink waves --mask plain.png": "1 masks for 2 styles: give one for each style",
    "cat ink --mask plain.png": "masks of 40x40 pixels for a picture of 451x300: give",
    "cat ink --mask black.png": "masks that are all black: make white where a style is",
    "cat ink --style-mask line.png": "style masks of 5000x1 pixels for a picture of",
    "cat ink --mask nowhere.png": "no such picture 'nowhere.png'",
    "cat ink --style-mask a.png --style-mask b.png": "no such picture 'a.png'",
    "cat --color pink": "unknown color 'pink': choose from style, content, match, hist",
    "cat --style-scale 0": "style_scale is 0.0: give a finite number from 0.05 up",
    "cat --style-scale nan": "style_scale is nan",
    "cat --tile 10": "tile is 10: give a whole number from 64 up",
    "cat --tile huge": "tile is 'huge': give a whole number from 64 up",
    "cat --colour match": "unrecognized arguments: --colour match: see nst --help",
    "cat --resume": "--resume needs a file: name it with --checkpoint FILE",
    "cat --checkpoint run.checkpoint": "'run.checkpoint' is no checkpoint of nst: name",
    "cat --checkpoint run.checkpoint --resume": "'run.checkpoint' is no checkpoint",
    "cat --checkpoint occupied/x": "cannot write 'occupied/.*' \\(.*\\): choose",
    "cat --checkpoint folder": "cannot read 'folder' (.*): name another file",
    "info": "the following arguments are required: image: see nst info --help",
    "info nowhere.png": "no such picture 'nowhere.png'",
    "info plain.png": "'plain.png' carries no recipe",
    "info garbled.png": "'garbled.png' carries no recipe",
    "info other.png": "'other.png' carries no recipe",
    "remake plain.png": "'plain.png' carries no recipe",
    "remake newer.png": "'newer.png' was made by nst",
    "remake mine.png": "the style picture was 'mine.png': give it with --style FILE",
    "remake mine.png --style plain.png": "'plain.png' is not the style picture that",
    "remake wrong.png": "style_weight is -1",
    "batch": "the following arguments are required: content: see nst batch --help",
    "batch cat --workers 0": "--workers is 0: give a whole number from 1 up",
    "batch cat x/cat.jpg --style ink": "two jobs write 'styled/cat-ink.png'",
    "batch nowhere.jpg --style ink": "no such picture 'nowhere.jpg'",
    "batch cat --style nowhere.jpg": "no such picture 'nowhere.jpg'",
    "batch cat --style ink -o occupied": "cannot write 'occupied/cat-ink.png'",
}


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


def tiny(command):
    """The command, small unless it says otherwise."""
    argv = command.split()
    if argv[0] not in ("info", "remake"):
        for name, value in zip(TINY[::2], TINY[1::2], strict=True):
            argv += [] if name in argv else [name, value]
    return argv


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_line_tells_a_mistake_in_one_sentence(command, there, capsys):
    assert main(tiny(command)) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if "nst: " in line]
    assert len(told) == 1 and re.search(f"nst: .*{COMMANDS[command]}", told[0]), told


@pytest.mark.parametrize(
    "command",
    [
        "nowhere.jpg",
        "text.png",
        "cat --size large",
        "cat -o occupied/result.png",
        "info plain.png",
    ],
)
def test_so_does_a_real_process_without_a_traceback(command, there):
    run = [sys.executable, "-m", "nst", *tiny(command)]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == ""
    assert re.fullmatch(f"nst: .*{COMMANDS[command]}.*\n", done.stderr), done.stderr


RAND = torch.rand(1, 3, 20, 20)
VALUES = "pixel values must be finite and in \\[0, 1\\]: rescale them"
ARRAYS = {
    "nan": (RAND * float("nan"), VALUES),
    "infinite": (RAND / 0, VALUES),
    "255": (RAND * 255, VALUES),
    "negative": (RAND - 1, VALUES),
    "numpy nan": (np.full((8, 8, 3), np.nan), VALUES),
    "numpy 255 as floats": (np.full((8, 8, 3), 255.0), VALUES),
    "two pictures": (torch.rand(2, 3, 20, 20), "shaped \\(2, 3, 20, 20\\) is no pict"),
    "four channels first": (torch.rand(1, 4, 20, 20), "is no picture: use \\(1, 3, H"),
    "no pixels": (torch.rand(1, 3, 0, 20), "is no picture"),
    "a row": (np.zeros(5, np.uint8), "is no picture: use \\(H, W, 3\\)"),
    "two channels": (np.zeros((5, 5, 2), np.uint8), "is no picture: use"),
    "channels first": (np.zeros((3, 50, 50), np.uint8), "is no picture: use"),
    "empty array": (np.zeros((0, 5, 3), np.uint8), "is no picture"),
    "complex": (np.zeros((5, 5, 3), complex), "complex128 .* is no picture"),
    "words": (np.array([["a", "b"]]), "is no picture"),
    "objects": (np.array([[None, 1]], dtype=object), "is no picture"),
    "nothing": (None, "cannot read 'None'|no such picture 'None'"),
    "a number": (3.5, "no such picture|cannot read"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_that_are_no_pictures_are_told(name):
    source, says = ARRAYS[name]
    with pytest.raises(nst.InputError, match=says):
        nst.load_image(source)


RECIPES = [
    ({"style_layers": ("relu6_1",)}, "unknown layer 'relu6_1': choose from conv1_1"),
    ({"content_layers": ("relu4-2",)}, "unknown layer 'relu4-2'"),
    ({"content_layers": ("relu4_2", 7)}, "unknown layer 7"),
    ({"style_layer_weights": (1.0,)}, "1 style_layer_weights for 5 layers: give one"),
    ({"style_layer_weights": (1, 1, 1, 1, -1)}, "style_layer_weights is -1"),
    ({"content_layer_weights": (float("inf"), 0)}, "content_layer_weights is inf"),
    ({"scale": "absolute"}, "unknown scale 'absolute': choose from relative, paper"),
    ({"pooling": "min"}, "unknown pooling 'min': choose from max, average"),
    ({"optimizer": "sgd"}, "unknown optimizer 'sgd': choose from lbfgs, adam"),
    ({"style_weight": "15"}, "style_weight is '15': give a finite number"),
    ({"style_weight": None}, "style_weight is None: give a finite number"),
    ({"size": 256.0}, "size is 256.0: give a whole number"),
    ({"size": True}, "size is True: give a whole number"),
    ({"sizes": (64, 8)}, "size is 8: give a whole number from 16 up"),
    ({"sizes": (64, 128), "steps": (5,)}, "1 steps for 2 levels: give one for each"),
    ({"steps": (5, 0), "sizes": (64, 128)}, "steps is 0"),
    ({"learning_rate": 0}, "learning_rate is 0: give a finite number"),
    ({"learning_rate": float("nan")}, "learning_rate is nan"),
    ({"history": 0}, "history is 0: give a whole number from 1 up"),
    ({"activation_scale": 0}, "activation_scale is 0"),
    ({"blend": (1, (1, 1))}, "blend has \\(1, 1\\): give one for each layer"),
    ({"brush": 3}, "unknown recipe field 'brush'"),
]


@pytest.mark.parametrize("changes, says", RECIPES)
def test_recipes_that_cannot_be_are_told(changes, says):
    with pytest.raises(nst.InputError, match=says):
        nst.Recipe().replace(**changes)


@pytest.mark.parametrize(
    "weights", ["nowhere.pth", "weights.pth", "folder", "plain.png"]
)
def test_weights_that_cannot_be_read_are_told(weights, there):
    with pytest.raises(nst.InputError, match="could not load the weights .*bundled"):
        nst.style_transfer("cat", "ink", sizes=(32,), steps=1, weights=weights)


@pytest.mark.parametrize("kind", ["1x1", "1x1 of 16 bits", "black", "white", "blue"])
@pytest.mark.parametrize("scale", ["relative", "paper", "mean"])
def test_pictures_of_one_colour_stay_finite(kind, scale):
    """No division by zero, whatever the target lacks."""
    picture = {
        "1x1": Image.new("RGB", (1, 1), (200, 10, 10)),
        "1x1 of 16 bits": np.full((1, 1), 40000, np.uint16),
        "black": Image.new("L", (40, 40), 0),
        "white": Image.new("RGB", (40, 40), "white"),
        "blue": Image.new("RGB", (40, 40), "blue"),
    }[kind]
    style = "ink" if kind.startswith("1x1") else picture
    for step in nst.iterate(picture, style, sizes=(32,), steps=3, scale=scale):
        assert torch.isfinite(step.best).all()
        assert all(np.isfinite(value) for value in step.losses.values())
        assert 0 <= step.best.min() and step.best.max() <= 1
