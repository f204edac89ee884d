"""Thin and tiny pictures, exact sizes, and where the levels begin."""

import re

import numpy as np
import pytest
import torch
from PIL import Image

import nst
from nst.app.cli import main
from nst.control.memory import estimate
from nst.control.sizes import Scene, content_shape, crop, levels_of, style_shape
from nst.inputs import Inputs


def picture(width, height):
    return np.full((height, width, 3), 90, np.uint8)


PLANS = {  # content, its initial picture, recipe: the sizes of the levels
    "a square": ((100, 100), None, {"size": 512}, [128, 256, 512]),
    "a panorama": ((2000, 200), None, {"size": 512}, [256, 512]),
    "a thin one": ((2000, 80), None, {"size": 512}, [512]),
    "upright": ((200, 2000), None, {"size": 512}, [256, 512]),
    "sizes stay": ((2000, 200), None, {"sizes": (160, 320)}, [160, 320]),
    "an exact size": ((2000, 200), None, {"size": (400, 512)}, [128, 256, 512]),
    "a thin exact size": ((90, 90), None, {"size": (50, 512)}, [256, 512]),
    "made square": ((2000, 20), None, {"size": 512, "square": True}, [128, 256, 512]),
    "from a result": ((90, 60), (512, 341), {"size": 512}, [512]),
    "from a small one": ((90, 60), (100, 67), {"size": 512}, [128, 256, 512]),
    "from between": ((90, 60), (300, 200), {"size": 1024}, [512, 1024]),
    "from a larger one": ((90, 60), (900, 600), {"size": 512}, [512]),
    "from upright": ((60, 90), (340, 512), {"size": 512}, [512]),
    "from one, sizes stay": ((90, 60), (512, 341), {"sizes": (64, 512)}, [64, 512]),
}


@pytest.mark.parametrize("name", PLANS)
def test_levels_begin_where_they_are_of_use(name):
    content, first, how, sizes = PLANS[name]
    initial = first and picture(*first)
    inputs = Inputs.of(picture(*content), "ink", initial=initial)
    levels = levels_of(nst.Recipe(**how), inputs)
    assert [size for size, _ in levels] == sizes
    assert levels == nst.Recipe(**how).levels()[-len(sizes) :]


@pytest.mark.parametrize(
    "shape, how, says",
    [
        ((2000, 200), {"size": 100}, "at 100 px the content has 100x10 .* 160 px or"),
        ((2000, 200), {"sizes": (64, 320)}, "at 64 px the content has 64x6 .* 160 px"),
        ((9, 700), {"size": 512}, "at 512 px the content has 7x512 .* 1245 px or more"),
        ((90, 90), {"size": (16, 20), "sizes": (16, 20)}, "has 16x13 .* 20 px or more"),
    ],
)
def test_the_size_that_is_told_really_helps(shape, how, says):
    with pytest.raises(nst.InputError, match=says) as told:
        nst.iterate(picture(*shape), "ink", **how)
    least = int(str(told.value).split("choose ")[1].split(" px")[0])
    inputs = Inputs.of(picture(*shape), "ink")
    for size, helps in ((round(0.9 * least), False), (least, True)):
        recipe = nst.Recipe(**{**how, "sizes": (size,)})
        height, width = content_shape(inputs.content.image.shape, size, recipe)
        assert (min(height, width) >= 16) == helps


@pytest.mark.parametrize(
    "shape, size, how, expected",
    [
        ((100, 2000), 128, {}, (16, 320)),
        ((100, 2000), 512, {}, (26, 512)),
        ((12, 12), 512, {}, (16, 16)),
        ((1, 1), 512, {}, (16, 16)),
        ((300, 200), 128, {}, (128, 85)),
        ((300, 200), 128, {"style_scale": 0.05}, (24, 16)),
        ((12, 12), 128, {"style_scale": 1.5}, (192, 192)),
        ((100, 2000), 128, {"square": True}, (128, 128)),
    ],
)
def test_a_style_is_never_too_small_for_the_network(shape, size, how, expected):
    assert style_shape(shape, size, nst.Recipe(**how)) == expected


@pytest.mark.parametrize("shape", [(2000, 200), (200, 2000)])
@pytest.mark.parametrize("style", [(2000, 100), (12, 12), (1, 40)])
def test_thin_and_tiny_pictures_are_painted(shape, style):
    image = nst.style_transfer(picture(*shape), picture(*style), size=256, steps=1)
    assert max(image.shape) == 256 and min(image.shape[2:]) == 26


def ramps():
    """160 wide and 120 high: red is the column, green the row."""
    y, x = np.mgrid[0:120, 0:160]
    return np.stack([x, y, 0 * x], 2).astype(np.uint8)


@pytest.mark.parametrize(
    "size, columns, rows",
    [
        ((96, 128), (0, 160), (0, 120)),
        ((64, 64), (20, 140), (0, 120)),
        ((32, 128), (0, 160), (40, 80)),
        (128, (0, 160), (0, 120)),
    ],
)
def test_an_exact_size_takes_the_middle(size, columns, rows):
    cropped = (crop(nst.load_image(ramps()), nst.Recipe(size=size)) * 255).round()
    red, green, _ = cropped[0]
    assert (red.min(), red.max()) == (columns[0], columns[1] - 1)
    assert (green.min(), green.max()) == (rows[0], rows[1] - 1)


@pytest.mark.parametrize("size", [(96, 128), (70, 41), (40, 128), (33, 34)])
def test_an_exact_size_is_the_results(size):
    image = nst.style_transfer(ramps(), "ink", size=size, steps=1)
    assert image.shape == (1, 3, *size)
    recipe = nst.Recipe.gatys(size=size, steps=1, color="content")
    assert nst.style_transfer(ramps(), "ink", recipe).shape == (1, 3, *size)


def test_an_exact_size_scales_and_goes_with_levels():
    recipe = nst.Recipe(size=(96, 128), sizes=(64, 128))
    assert recipe.size == (96, 128) and recipe.long_side == 128
    assert recipe.replace(sizes=(64, 256)).size == (192, 256)
    assert recipe.replace(size=64) == nst.Recipe(sizes=(32, 64))
    assert content_shape((10, 10), 64, recipe) == (48, 64)
    wide, shape = nst.Recipe(size=(64, 512)), (1, 3, 512, 512)
    assert estimate(wide, shape, shape) < estimate(nst.Recipe(), shape, shape) / 4


def test_masks_and_the_first_image_are_cropped_with_the_content():
    mask = (ramps()[..., :1] >= 80).astype(np.float32)  # its right half
    recipe = nst.Recipe(size=(64, 64))
    inputs = Inputs.of(ramps(), "ink", mask)
    scene = Scene.of(inputs, recipe)
    assert scene.content.shape == (1, 3, 120, 120)
    assert torch.equal(scene.masks[0][0, 0, 0], (torch.arange(120) >= 60).float())
    (step,) = nst.iterate(
        ramps(), "ink", recipe, start=ramps(), steps=1, style_weight=0.0
    )
    wanted = nst.resize(scene.content, (64, 64))
    assert (step.image - wanted).abs().max() < 0.02


SIZES = {
    "--size 48": (36, 48),
    "--size 48x40": (40, 48),
    "--size 40X48": (48, 40),
    "--size full": (45, 60),
    "--sizes 24 48": (36, 48),
    "--recipe gatys --size full": (45, 60),
}


TOLD = {  # in the same words by both commands
    "--size 48x40": ["the content's 60x45 pixels are cropped to the middle 54x45"],
    "--size 40X48": ["the content's 60x45 pixels are cropped to the middle 38x45"],
}


@pytest.mark.parametrize("options", SIZES)
def test_the_command_line_takes_every_kind_of_size(tmp_path, capsys, options):
    Image.fromarray(ramps()).resize((60, 45)).save(tmp_path / "a.png")
    where = [str(tmp_path / "a.png"), "ink", "-o", str(tmp_path / "b.png")]
    assert main([*where, *options.split(), "--steps", "1"]) == 0
    assert nst.load_image(tmp_path / "b.png").shape[2:] == SIZES[options]
    told = re.findall("the content's .*", capsys.readouterr().err)
    assert told == (TOLD[options] if "x" in options.lower() else [])
    nst.remake(tmp_path / "b.png", tmp_path / "c.png", content=tmp_path / "a.png")
    assert (tmp_path / "b.png").read_bytes() == (tmp_path / "c.png").read_bytes()


@pytest.mark.parametrize(
    "options", [*TOLD, "--size 48", "--size 40x30", "--size 48x40 --workers 2"]
)
def test_a_batch_says_what_it_crops(tmp_path, monkeypatch, capsys, options):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(ramps()).resize((60, 45)).save("a.png")
    command = ["batch", "a.png", "--style", "ink", "-o", ".", "--steps", "1"]
    assert main([*command, *options.split()]) == 0
    said = capsys.readouterr()
    told = TOLD.get(options.removesuffix(" --workers 2"), [])
    assert re.findall("the content's .*", said.err) == told
    assert said.out == "made: a-ink.png\n1 of 1 pictures are in .\n"


def test_a_batch_takes_each_content_at_its_own_size(tmp_path, capsys):
    for name, size in (("a", (60, 45)), ("b", (20, 40)), ("tiny", (8, 8))):
        Image.fromarray(ramps()).resize(size).save(tmp_path / f"{name}.png")
    (tmp_path / "c.png").write_bytes(b"no picture")
    names = [str(tmp_path / f"{name}.png") for name in ("a", "b", "c", "tiny")]
    command = ["batch", *names, "--style", "ink", "-o", str(tmp_path), "--steps", "1"]
    assert main([*command, "--size", "full"]) == 2
    assert "c.png' as a picture" in capsys.readouterr().err
    for name, shape in (("a", (45, 60)), ("b", (40, 20)), ("tiny", (16, 16))):
        made = nst.load_image(tmp_path / f"{name}-ink.png")
        assert made.shape[2:] == shape
