"""Ideas of style in a recipe: in runs, tiles, records, and of one's own."""

import json
from typing import get_args

import pytest
import torch
from conftest import relative

import nst
from nst.app.cli import main
from nst.recipe import Idea

OTHERS = [name for name in get_args(Idea) if name != "gram"]


def brightest(features, style):
    """Each channel's largest feature."""
    return (features.amax((2, 3)) - style.amax((2, 3))).square().sum()


@pytest.mark.parametrize("name", OTHERS)
def test_each_paints_another_picture_and_lowers_its_loss(name, cat, strokes):
    recipe = nst.Recipe(size=64, steps=8, style_loss=name)
    steps = list(nst.iterate(cat, strokes, recipe))
    first, last = steps[0].losses, steps[-1].losses
    assert last["total"] < 0.9 * first["total"]
    gram = nst.style_transfer(cat, strokes, recipe, style_loss="gram")
    assert not torch.allclose(steps[-1].best, gram, atol=0.01)


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("height, width, tile", [(200, 264, 96), (131, 190, 64)])
def test_tiles_masks_and_blends_are_as_exact_as_with_gram(
    vgg, random, name, height, width, tile
):
    content = nst.resize(nst.sample("cat"), (height, width))
    image = nst.resize(nst.sample("coffee"), (height, width))
    styles = [nst.sample(s, 150) for s in ("waves", "ink", "brush_strokes")]
    left = torch.linspace(1, 0, width).expand(1, 1, height, width)
    masks = [left, left, 1 - left]
    cut = torch.zeros(1, 1, *styles[2].shape[-2:])
    cut[..., 20:90, 30:] = 1
    recipe = nst.Recipe(style_loss=name, blend=(0.3, 0.7, 1.0), size=max(height, width))
    given = content, styles, recipe, masks, [None, None, cut]
    whole = nst.Objective(vgg, *given)
    parts = nst.Objective(vgg, *given[:2], recipe.replace(tile=tile), *given[3:])
    (ours, slope), (theirs, other) = (o.evaluate(image) for o in (parts, whole))
    for key, value in theirs.items():
        assert ours[key] == pytest.approx(value, rel=1e-4), key
    assert relative(slope, other) < 1e-4


@pytest.mark.parametrize("name", OTHERS)
def test_the_record_makes_the_same_bytes_again(name, tmp_path):
    made, again = tmp_path / "made.png", tmp_path / "again.png"
    how = ["cat", "waves", "--size", "48", "--steps", "3", "--style-loss", name]
    assert main([*how, "-o", str(made)]) == 0
    assert nst.read_record(made)["recipe"]["style_loss"] == name
    nst.remake(made, again)
    assert again.read_bytes() == made.read_bytes()


@pytest.mark.parametrize("name", OTHERS)
def test_a_run_goes_on_from_its_checkpoint(name, tmp_path, cat, strokes):
    recipe = nst.Recipe(size=48, steps=6, style_loss=name)
    whole = nst.style_transfer(cat, strokes, recipe)
    keep = nst.Checkpoint(tmp_path / "run", every=0)
    for step in nst.iterate(cat, strokes, recipe, checkpoint=keep):
        if step.number == 3:
            break
    again = nst.Checkpoint(tmp_path / "run", resume=True)
    *_, step = nst.iterate(cat, strokes, recipe, checkpoint=again)
    assert torch.equal(step.best, whole)


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("color", [0.0, 0.5, 1.0])
def test_pictures_of_one_colour_paint(name, color):
    flat, some = torch.full((1, 3, 16, 20), color), nst.sample("ink", 24)
    for content, style in ((flat, some), (some, flat), (flat, flat)):
        how = {"size": 20, "steps": 3, "style_loss": name}
        assert torch.isfinite(nst.style_transfer(content, style, **how)).all()


def test_unknown_ideas_and_wrong_scales_are_told():
    with pytest.raises(nst.InputError, match="'cdm'.*moments, cmd.*in Python"):
        nst.Recipe(style_loss="cdm")
    with pytest.raises(nst.InputError, match="'cmd' in the scale 'paper'"):
        nst.Recipe.gatys(style_loss="cmd")


def test_a_function_is_an_idea(cat, strokes):
    steps = list(nst.iterate(cat, strokes, size=48, steps=6, style_loss=brightest))
    assert steps[-1].losses["style"] < steps[0].losses["style"]
    objective = nst.Objective(
        nst.load_vgg19(), cat, strokes, nst.Recipe(style_loss=brightest)
    )
    assert [x.nothing().item() for x in objective.style[0].values()] == [1] * 5


def test_a_subclass_is_an_idea_in_tiles_too(vgg, cat):
    class Means(nst.StyleLoss):
        statistic = staticmethod(lambda f, mask=None: f.mean((2, 3)))

    image, style = nst.sample("coffee", 200), nst.sample("waves", 150)
    content = nst.resize(nst.sample("cat"), image.shape[-2:])
    recipe = nst.Recipe(style_loss=Means)
    found = [
        nst.Objective(vgg, content, style, recipe.replace(tile=t)).evaluate(image)[0]
        for t in (None, 64)
    ]
    assert found[0]["style"] == pytest.approx(found[1]["style"], rel=1e-4)


@pytest.mark.parametrize(
    "function, how, told",
    [
        (brightest, {"tile": 64}, "brightest of your own, with tiles"),
        (lambda f, s: f.mean((2, 3)), {}, "something else than one number"),
        (lambda f, s: 3, {}, "something else than one number"),
        (lambda f, s: f.detach().sum(), {}, "a number without a gradient"),
        (lambda f, s: (f - s).square().mean(), {}, "of your own failed .RuntimeError"),
        (lambda f: f.sum(), {}, "of your own failed .TypeError"),
        (lambda f, s: (f - f).sum() / 0, {}, "is not finite: let it be 0"),
    ],
)
def test_what_a_function_cannot_do_is_one_sentence(function, how, told):
    with pytest.raises(nst.InputError, match=told):
        nst.style_transfer("cat", "ink", size=96, steps=1, style_loss=function, **how)


@pytest.mark.parametrize("given", [{"masks": ["ink"]}, {"styles": ["ink", "waves"]}])
def test_a_function_takes_one_whole_style(given, cat):
    styles = given.pop("styles", ["ink"])
    how = {"size": 48, "steps": 1, "style_loss": brightest}
    if "masks" in given:
        given = {"masks": [torch.linspace(0, 1, 48).expand(1, 3, 32, 48)]}
    with pytest.raises(nst.InputError, match="one whole style"):
        nst.style_transfer(nst.resize(cat, (32, 48)), styles, **how, **given)


def test_a_record_names_the_function_and_says_that_it_is_not_there(tmp_path, capsys):
    recipe = nst.Recipe(size=32, steps=1, style_loss=brightest)
    text = nst.record(recipe, "cat", "ink")
    assert json.loads(text)["recipe"]["style_loss"] == "brightest"
    image = nst.style_transfer("cat", "ink", recipe)
    nst.save_image(image, tmp_path / "mine.png", text)
    with pytest.raises(nst.InputError, match="'brightest'.*in Python"):
        nst.remake(tmp_path / "mine.png", tmp_path / "again.png")


def test_a_checkpoint_of_a_function_goes_on(tmp_path, cat, strokes):
    recipe = nst.Recipe(size=48, steps=4, style_loss=brightest)
    keep = nst.Checkpoint(tmp_path / "run", every=0)
    for step in nst.iterate(cat, strokes, recipe, checkpoint=keep):
        if step.number == 2:
            break
    again = nst.Checkpoint(tmp_path / "run", resume=True)
    *_, step = nst.iterate(cat, strokes, recipe, checkpoint=again)
    assert torch.equal(step.best, nst.style_transfer(cat, strokes, recipe))
