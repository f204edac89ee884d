import json

import pytest
import torch
from conftest import saved

import nst

RECIPE = nst.Recipe(sizes=(32,), steps=3)


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_remake_gives_the_same_bytes(tmp_path, ending):
    path = saved(tmp_path / f"a.{ending}", "cat", "ink", RECIPE)
    nst.remake(path, tmp_path / f"b.{ending}")
    assert path.read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_remake_stops_where_the_picture_did(tmp_path, cat):
    step = next(nst.iterate("cat", "ink", RECIPE))
    text = nst.record(RECIPE, "cat", "ink", step=1)
    nst.save_image(step.best, tmp_path / "a.png", text)
    assert torch.equal(nst.remake(tmp_path / "a.png", tmp_path / "b.png"), step.best)


def test_your_own_files_are_asked_for_and_checked(tmp_path, cat, strokes):
    """Only the base name is kept: nobody learns where the file was."""
    nst.save_image(strokes, tmp_path / "mine.png")
    nst.save_image(cat, tmp_path / "start.png")
    mine, start = str(tmp_path / "mine.png"), str(tmp_path / "start.png")
    recipe = RECIPE.replace(initial=start)
    path = saved(tmp_path / "a.png", "cat", mine, recipe)
    assert str(tmp_path) not in json.dumps(nst.read_record(path))
    with pytest.raises(nst.InputError, match="'mine.png': give it with --style FILE"):
        nst.remake(path, tmp_path / "b.png")
    with pytest.raises(nst.InputError, match="'start.png': give it with --initial"):
        nst.remake(path, tmp_path / "b.png", style=mine)
    with pytest.raises(nst.InputError, match="is not the style picture that was used"):
        nst.remake(path, tmp_path / "b.png", style="ink", initial=start)
    assert not (tmp_path / "b.png").exists()
    nst.remake(path, tmp_path / "b.png", style=mine, initial=start)
    assert path.read_bytes() == (tmp_path / "b.png").read_bytes()


def test_several_styles_and_their_masks_are_recorded_and_remade(tmp_path, cat):
    mask = torch.zeros(1, 3, *cat.shape[2:])
    mask[..., :30] = 1
    for name, image in (("left", mask), ("right", 1 - mask)):
        nst.save_image(image, tmp_path / f"{name}.png")
    masks = [str(tmp_path / f"{name}.png") for name in ("left", "right")]
    recipe = RECIPE.replace(blend=(1.0, 0.5), color="match", style_scale=0.75)
    image = nst.style_transfer("cat", ["ink", "waves"], recipe, masks=masks)
    text = nst.record(recipe, "cat", ["ink", "waves"], masks=masks)
    nst.save_image(image, tmp_path / "a.png", text)
    with pytest.raises(nst.InputError, match="'left.png': give it with --mask FILE"):
        nst.remake(tmp_path / "a.png", tmp_path / "b.png")
    nst.remake(tmp_path / "a.png", tmp_path / "b.png", mask=masks)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
