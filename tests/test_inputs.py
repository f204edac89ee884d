import dataclasses
from pathlib import Path

import pytest
import torch
from PIL import Image

import nst
from nst.inputs import Inputs, Picture


def test_a_picture_has_a_name_a_file_and_pixels(tmp_path, monkeypatch, cat):
    monkeypatch.chdir(tmp_path)
    nst.save_image(cat, "mine.png")
    address = "https://example.org/a/b.jpg"
    own = str(tmp_path / "mine.png")
    for source, name, path in (
        ("cat", "cat", None),
        ("starry_night", "starry_night", None),
        (address, address, None),
        ("mine.png", "mine.png", own),
        (Path("./mine.png"), "mine.png", own),
        (cat, "Tensor", None),
        (cat[0].permute(1, 2, 0).numpy(), "ndarray", None),
        (Image.open("mine.png"), "PngImageFile", None),
    ):
        picture = Picture.of(source)
        assert (picture.name, picture.path) == (name, path)
        assert Picture.of(picture) is picture
    assert torch.equal(Picture.of("mine.png").image, nst.load_image("mine.png"))
    assert Picture.of(cat, "upload.png").name == "upload.png"


def test_its_pixels_are_read_once_and_only_if_looked_at(tmp_path, cat):
    path = tmp_path / "mine.png"
    picture = Picture.of(path)  # nothing is there yet
    nst.save_image(cat, path)
    first = picture.image
    path.unlink()
    assert picture.image is first
    assert picture.sha256 == Picture.of(first).sha256 != Picture.of("ink").sha256


@pytest.mark.parametrize("name", ["a.png", "b/a.png"])
def test_an_upload_is_called_by_its_name(name):
    for source in ({name: b"x"}, {"name": name, "content": b"x"}):
        with pytest.raises(nst.InputError, match="^cannot read 'a.png' as a picture"):
            nst.iterate(source, "ink", size=32)
        assert Picture.of(source).name == "a.png"


def test_a_picture_that_was_read_before_is_not_read_again(cat):
    alpha = torch.zeros(1, 1, *cat.shape[2:])
    picture = Picture("nowhere.png", "nowhere.png", known=(cat, alpha))
    for one in (picture, dataclasses.replace(picture, wanted=64)):
        assert one.image is cat and one.alpha is alpha


def test_inputs_are_what_people_give_in_any_form(cat):
    one = Inputs.of("cat", "ink")
    assert [style.name for style in one.styles] == ["ink"]
    assert one.masks == one.style_masks == () and one.initial is None
    many = Inputs.of("cat", ["ink", "waves"], [None, cat], (cat, None), "coffee")
    assert many.masks[0] is None and many.style_masks[0].name == "Tensor"
    assert {kind: len(given) for kind, given in many.by_kind().items()} == {
        "content": 1,
        "style": 2,
        "mask": 2,
        "style mask": 2,
        "initial": 1,
    }
    named = {what: picture.name for what, picture in many.named()}
    assert named == {
        "content": "cat",
        "style": "ink",
        "style 2": "waves",
        "mask 2": "Tensor",
        "style mask": "Tensor",
        "initial": "coffee",
    }
    with pytest.raises(dataclasses.FrozenInstanceError):
        many.content = one.content


def test_a_single_mask_need_not_be_a_list(cat):
    assert len(Inputs.of("cat", "ink", cat).masks) == 1
    assert Inputs.of("cat", ("ink",), [cat]).masks[0].image.shape == cat.shape


def test_inputs_know_their_files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    inputs = Inputs.of("cat", ["a.png", "ink"], None, None, tmp_path / "b.png")
    files = {what: path for what, path in inputs.files() if path}
    assert files == {
        "style": str(tmp_path / "a.png"),
        "initial": str(tmp_path / "b.png"),
    }
