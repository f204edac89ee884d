import json
import random

import pytest
import torch
from conftest import saved
from PIL import Image
from wrong_files import carrying

import nst

RECIPE = nst.Recipe(sizes=(32,), steps=3)


@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_a_picture_carries_how_it_was_made(tmp_path, ending):
    made = nst.read_record(saved(tmp_path / f"a.{ending}", "cat", "ink", RECIPE))
    assert nst.Recipe().replace(**made["recipe"]) == RECIPE
    assert made["inputs"]["content"]["name"] == "cat"
    assert len(made["inputs"]["style"]["sha256"]) == 64
    assert made["versions"]["torch"] == torch.__version__.split("+")[0]
    assert made["device"] in ("cpu", "cuda", "mps")


def test_pictures_without_a_recipe_or_from_later_versions_are_refused(tmp_path, cat):
    nst.save_image(cat, tmp_path / "bare.png")
    nst.save_image(cat, tmp_path / "other.png", "[1, 2]")
    Image.new("RGB", (4, 4)).save(tmp_path / "x.jpg", comment=b"holiday")
    for name in ("bare.png", "other.png", "x.jpg"):
        with pytest.raises(nst.InputError, match="carries no recipe"):
            nst.read_record(tmp_path / name)
    made = json.loads(nst.record(RECIPE, cat, cat)) | {"format": 99}
    nst.save_image(cat, tmp_path / "new.png", json.dumps(made))
    with pytest.raises(nst.InputError, match="upgrade nst to read it"):
        nst.read_record(tmp_path / "new.png")


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


def test_before_format_3_an_initial_picture_skipped_no_level(tmp_path, cat):
    """So its levels are named; a record of now leaves them to the picture's size."""
    first = tmp_path / "first.png"
    nst.save_image(nst.resize(cat, (170, 256)), first)
    recipe = nst.Recipe(size=256, steps=(1, 2), initial=str(first))
    made = json.loads(nst.record(recipe, "cat", "ink"))
    for number, sizes in ((3, None), (2, [128, 256])):
        moves = {"moves": [{"step": 0, "size": 256, "sizes": None, "steps": [1, 2]}]}
        carrying(tmp_path, "a.png", made | {"format": number, "studio": moves})
        found = nst.read_record(tmp_path / "a.png")
        for plan in (found["recipe"], found["studio"]["moves"][0]):
            assert [plan["sizes"] and [*plan["sizes"]], [*plan["steps"]]] == [
                sizes,
                [1, 2],
            ]
    long = recipe.replace(sizes=(128, 256))
    image = nst.style_transfer("cat", "ink", long)
    text = json.dumps(made | {"format": 2})
    nst.save_image(image, tmp_path / "old.png", text)
    remade = nst.remake(tmp_path / "old.png", tmp_path / "b.png", initial=first)
    assert torch.equal(remade, image)


def test_a_picture_begun_from_another_is_made_again(tmp_path, cat):
    first = tmp_path / "first.png"
    nst.save_image(nst.resize(cat, (32, 48)), first)
    recipe = nst.Recipe(size=48, steps=1, initial=str(first))
    path = saved(tmp_path / "a.png", "cat", "ink", recipe)
    nst.remake(path, tmp_path / "b.png", initial=first)
    assert path.read_bytes() == (tmp_path / "b.png").read_bytes()
