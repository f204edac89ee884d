"""Every mistake of a user: one sentence, exit status 2, nothing half-written."""

import dataclasses
import io
import json
import os
import random
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
from nst.batch import pool
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


LONG = 300 * "a"
NO_PICTURE = "cannot read '.*' as a picture .*: give another one"
COMMANDS = {
    "nowhere.jpg": "no such picture 'nowhere.jpg': give a file, an address or a",
    "cat nowhere.jpg": "no such picture 'nowhere.jpg'",
    LONG: "cannot read 'a+' as a picture .*name too long",
    f"cat {LONG}": "cannot read 'a+' as a picture .*name too long",
    f"cat --recipe {LONG}": "unknown recipe 'a+': choose from default",
    f"cat -o {LONG}.png": "cannot write 'a+.png' .*too long\\): choose",
    f"cat --checkpoint {LONG}": "cannot write 'a+.previous' .*too long\\): choose",
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
    "pipe": "cannot read 'pipe' as a picture .not a regular file.: give another one",
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
    "plain.png ink -o plain.png": "'plain.png' is the content as well: name another",
    "cat plain.png -o folder/../plain.png": "is the style as well: name another file",
    "cat --initial plain.png -o plain.png": "is the initial as well: name another",
    "cat -o new.png --checkpoint new.png": "'new.png' is the checkpoint as well: name",
    "cat -o /proc/result.png": "cannot write '/proc/.*' \\(.*\\): choose another",
    "cat --size 0": "size is 0: give a whole number from 16 to 100000",
    "cat --size -5": "size is -5: give a whole number from 16 to 100000",
    "cat --size 15": "size is 15: give a whole number from 16 to 100000",
    "cat --size large": "argument --size: invalid int value: 'large': see nst --help",
    "cat --size 1e3": "argument --size: invalid int value",
    "cat --size 90000": "90000 px would need about .* GB and .* are free",
    "cat --steps 0": "steps is 0: give a whole number from 1 to 1000000000",
    "cat --steps -1": "steps is -1",
    "cat --steps 2.5": "argument --steps: invalid int value",
    "cat --style-weight -1": "style_weight is -1.0: give a finite number from 0.0 to",
    "cat --style-weight nan": "style_weight is nan: give a finite number",
    "cat --style-weight inf": "style_weight is inf: give a finite number",
    "cat --style-weight 1e300": "style_weight is 1e.300: give .* 0.0 to 1000000000.0",
    "cat --style-weight heavy": "argument --style-weight: invalid float value",
    "cat --content-weight -0.1": "content_weight is -0.1",
    "cat --content-weight nan": "content_weight is nan",
    "cat --tv-weight -1": "tv_weight is -1.0",
    "cat --tv-weight": "argument --tv-weight: expected one argument: see nst --help",
    "cat --initial nowhere.png": "no such picture 'nowhere.png'",
    "cat --initial text.png": NO_PICTURE,
    "cat --seed -1": "seed is -1: give a whole number from 0 to 9223372036854775807",
    "cat --seed 99999999999999999999": "seed is 99999999999999999999: give a whole",
    "cat --seed 1.5": "argument --seed: invalid int value",
    "cat --recipe gatis": "unknown recipe 'gatis': choose from default, gatys, orig",
    "cat --recipe plain.png": "'plain.png' carries no recipe: give a picture that",
    "cat --recipe newer.png": "'newer.png' was made by a later nst: upgrade nst",
    "cat --recipe unknown.png": "unknown recipe field 'brush': choose from",
    "cat --recipe listless.png": "style_layers is 5: give a list",
    "cat --recipe number.png": "'number.png' carries no recipe",
    "cat --recipe deep.png": "'deep.png' carries no recipe",
    "cat --recipe wrong.png": "style_weight is -1: give a finite number from 0.0 to",
    "cat --device tpu": "no device 'tpu' here: choose from .*cpu",
    "cat --device cpu:x": "no device 'cpu:x' here: choose from .*cpu",
    "cat --device cpu:7": "no device 'cpu:7' here",
    "cat --every 0": "--every is 0: give a whole number from 1 up",
    "cat ink waves --blend 1": "1 blend for 2 styles: give one for each style",
    "cat ink waves --blend 1 -1": "blend is -1.0: give a finite number from 0.0 to",
    "cat ink waves --blend nan 1": "blend is nan",
    "cat ink waves --mask plain.png": "1 masks for 2 styles: give one for each style",
    "cat ink --mask plain.png": "masks of 40x40 pixels for a picture of 451x300: give",
    "cat ink --mask black.png": "masks that are all black: make white where a style is",
    "cat ink --style-mask line.png": "style masks of 5000x1 pixels for a picture of",
    "cat ink --mask nowhere.png": "no such picture 'nowhere.png'",
    "cat ink --style-mask a.png --style-mask b.png": "no such picture 'a.png'",
    "cat --color pink": "unknown color 'pink': choose from style, content, match, hist",
    "cat --style-scale 0": "style_scale is 0.0: give a finite number from 0.05 to 20",
    "cat --style-scale 1e9": "style_scale is 1000000000.0: give a .* 0.05 to 20",
    "cat --style-scale nan": "style_scale is nan",
    "cat --tile 10": "tile is 10: give a whole number from 64 up",
    "cat --tile huge": "tile is 'huge': give a whole number from 64 up",
    "cat --colour match": "unrecognized arguments: --colour match: see nst --help",
    "cat --resume": "--resume needs a file: name it with --checkpoint FILE",
    "cat --checkpoint run.checkpoint": "'run.checkpoint' is no checkpoint of nst: name",
    "cat --checkpoint run.checkpoint --resume": "'run.checkpoint' is no checkpoint",
    "cat --checkpoint occupied/x": "cannot write 'occupied/.*' \\(.*\\): choose",
    "cat --checkpoint new --checkpoint-every -1": "--checkpoint-every is -1.0: give a",
    "cat --checkpoint new --checkpoint-every nan": "--checkpoint-every is nan: give",
    "cat --checkpoint folder": "cannot read 'folder' (.*): name another file",
    "info": "the following arguments are required: image: see nst info --help",
    "info nowhere.png": "no such picture 'nowhere.png'",
    "info plain.png": "'plain.png' carries no recipe",
    "info garbled.png": "'garbled.png' carries no recipe",
    "info other.png": "'other.png' carries no recipe",
    "remake plain.png": "'plain.png' carries no recipe",
    "remake newer.png": "'newer.png' was made by a later nst",
    "remake mine.png": "the style picture was 'mine.png': give it with --style FILE",
    "remake mine.png -o mine.tiff": "unknown ending '.tiff'",
    "remake mine.png -o occupied/a.png": "cannot write 'occupied/.*' \\(.*\\): choose",
    "remake mine.png -o mine.png": "'mine.png' is the picture that was made as well",
    "remake mine.png --style plain.png -o plain.png": "is the style as well: name",
    "remake mine.png --mask plain.png": "the picture was made without a mask: leave",
    "remake mine.png --style plain.png": "'plain.png' is not the style picture that",
    "remake nameless.png": "'nameless.png' carries no recipe",
    "remake backwards.png": "'backwards.png' carries no recipe",
    "remake wrong.png": "style_weight is -1",
    "batch": "the following arguments are required: content: see nst batch --help",
    "batch cat --workers 0": "--workers is 0: give a whole number from 1 up",
    "batch cat x/cat.jpg --style ink": "two jobs write 'styled/cat-ink.png'",
    "batch cat --style ink --device cpu:x": "no device 'cpu:x' here",
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
    ({"sizes": (64, 8)}, "sizes is 8: give a whole number from 16 to 100000"),
    ({"sizes": (64, 128), "steps": (5,)}, "1 steps for 2 levels: give one for each"),
    ({"steps": (5, 0), "sizes": (64, 128)}, "steps is 0"),
    ({"learning_rate": 0}, "learning_rate is 0: give a finite number"),
    ({"learning_rate": float("nan")}, "learning_rate is nan"),
    ({"history": 0}, "history is 0: give a whole number from 1 to 1000"),
    ({"activation_scale": 0}, "activation_scale is 0"),
    ({"blend": (1, (1, 1))}, "blend has \\(1, 1\\): give one for each layer"),
    ({"brush": 3}, "unknown recipe field 'brush'"),
    ({"style_layers": "relu1_1"}, "style_layers is 'relu1_1': give a list"),
    ({"content_layers": None}, "content_layers is None: give a list"),
    ({"sizes": 512}, "sizes is 512: give a list"),
    ({"blend": 1}, "blend is 1: give a list"),
    ({"square": "yes"}, "square is 'yes': give a bool"),
    ({"initial": None}, "initial is None: give a name or a path"),
    ({"size": 10**400}, "size is 10+: give a whole number from 16 to 100000"),
    ({"seed": 2**63}, "seed is 9223372036854775808: give a whole number"),
    ({"learning_rate": 1e30}, "learning_rate is 1e\\+30: give a finite number"),
]


@pytest.mark.parametrize("changes, says", RECIPES)
def test_recipes_that_cannot_be_are_told(changes, says):
    with pytest.raises(nst.InputError, match=says):
        nst.Recipe().replace(**changes)


HOW = {"sizes": (32,), "steps": 1}
CALLS = {
    "a picture to begin with": (
        lambda: nst.Recipe(initial=np.zeros((20, 20, 3))),
        "initial is array.*give a name or a path",
    ),
    "a float picture of 255": (
        lambda: nst.load_image(Image.new("F", (20, 20), 255.0)),
        VALUES,
    ),
    "a long record": (
        lambda: nst.save_image(RAND, "a.jpg", 70000 * "x"),
        "a JPEG cannot hold a record this long: save it as .png",
    ),
    "no workers": (lambda: pool(0), "workers is 0: give a whole number from 1 up"),
    "a job's recipe": (
        lambda: nst.Job("cat", "ink", "a.png", "gatys"),
        "recipe is 'gatys': give an nst.Recipe",
    ),
    "a job's mask": (
        lambda: nst.style_many([nst.Job("cat", "ink", "a.png", masks="a.png")]),
        "'a.png' is the mask as well: name another file",
    ),
    "another job's picture": (
        lambda: nst.style_many(
            [nst.Job("b.png", "ink", "a.png"), nst.Job("cat", "ink", "b.png")]
        ),
        "'b.png' is the content as well: name another file",
    ),
    "no style": (lambda: nst.iterate("cat", []), "there is no style: give at least"),
    "nothing for a style": (lambda: nst.iterate("cat", None), "there is no style"),
    "a recipe's name": (
        lambda: nst.iterate("cat", "ink", "gatys"),
        "recipe is 'gatys': give an nst.Recipe",
    ),
    "seconds": (lambda: nst.Checkpoint("a", every=-1), "every is -1: give a finite"),
    "a device": (lambda: nst.iterate("cat", "ink", device=5), "no device '5' here"),
    "masks": (lambda: nst.iterate("cat", "ink", masks=3), "cannot read '3'"),
    "no size": (lambda: nst.sample("cat", 0), "size is 0: give a finite number"),
    "a large size": (lambda: nst.sample("cat", float("inf")), "size is inf"),
    "no height": (lambda: nst.resize(RAND, (0, 5)), "size is 0: give a whole"),
    "three dimensions": (lambda: nst.to_pil(RAND[0]), "is no picture: use \\(1, 3"),
    "an array to save": (
        lambda: nst.save_image(RAND.numpy(), "a.png"),
        "a ndarray shaped \\(1, 3, 20, 20\\) is no picture",
    ),
    "a layer": (lambda: nst.load_vgg19()(RAND, ["relu9_9"]), "unknown layer 'relu9"),
    "a reach": (
        lambda: nst.load_vgg19()(RAND, ["pool5"]),
        "20x20 pixels is too small for pool5: give it at least 32 a side",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls_that_cannot_be_are_told(name, there):
    call, says = CALLS[name]
    with pytest.raises(nst.InputError, match=says):
        call()


def test_numpys_numbers_are_numbers():
    found = nst.Recipe(size=np.int64(64), style_weight=np.float32(3), steps=np.array(2))
    assert found == nst.Recipe(size=64, style_weight=3.0, steps=2)
    assert json.loads(json.dumps(dataclasses.asdict(found)))["size"] == 64


def test_no_file_is_kept_in_a_file_without_a_name(there, capsys):
    assert main(["cat", "--checkpoint", "", *TINY]) == 2
    assert "cannot read '.'" in capsys.readouterr().err


def test_options_may_stand_between_pictures(tmp_path):
    out = tmp_path / "a.png"
    assert main(f"cat --size 32 ink --steps 1 waves --blend 1 2 -o {out}".split()) == 0
    assert set(nst.read_record(out)["inputs"]) == {"content", "style", "style 2"}


def test_one_mask_need_not_be_a_list(place):
    plain = str(place / "plain.png")
    one, listed = (
        nst.style_transfer(RAND, "ink", masks=masks, **HOW)
        for masks in (plain, [plain])
    )
    assert torch.equal(one, listed)


def broken(value, dice):
    """A JSON value with one part gone, doubled, or replaced by something else."""
    keys = [*value] if isinstance(value, dict) else range(len(value))
    if not keys or dice.random() < 0.2:
        return dice.choice((None, -1, 0, 1e300, "x", [], {}, [[]], True, 10**30))
    value, key = value.copy(), dice.choice(keys)
    if isinstance(value[key], dict | list) and dice.random() < 0.8:
        value[key] = broken(value[key], dice)
    elif isinstance(value, dict) and dice.random() < 0.3:
        del value[key]
    else:
        value[key] = broken([], dice)
    return value


def test_a_broken_record_is_one_sentence_or_a_recipe(tmp_path):
    """500 records with a part changed, as ``info`` and ``--recipe`` read them."""
    recipe = nst.Recipe(sizes=(32, 48), steps=(2, 1), blend=(1.0, (1, 2, 3, 4, 5)))
    made = json.loads(nst.record(recipe, "cat", ["ink", "waves"]))
    made["studio"] = {"moves": [{"step": 0, "style_weight": 1.0}, {"step": 2}]}
    dice, path, told = random.Random(0), tmp_path / "broken.png", 0
    for _ in range(500):
        carrying(tmp_path, path.name, broken(made, dice))
        try:
            nst.Recipe().replace(**nst.read_record(path)["recipe"])
        except nst.InputError as error:
            assert "\n" not in str(error)
            told += 1
    assert 100 < told < 500


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
