import hashlib
import sys

import pytest
import torch
from conftest import ROOT

import nst
from nst import samples


@pytest.mark.parametrize("name", nst.SAMPLES)
def test_every_sample_is_there_offline(name, monkeypatch):
    monkeypatch.setattr("socket.socket.connect", None)
    image = nst.sample(name, 64)
    assert image.shape[:2] == (1, 3) and max(image.shape) == 64
    assert image.std() > 0.05  # a picture, not a blank


@pytest.mark.parametrize("name", samples.STYLES)
def test_the_painted_styles_are_what_the_code_paints(name, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "data"))
    paint = __import__("paint")
    sys.modules.pop("paint")
    getattr(paint, name)().save(tmp_path / "painted.jpg", quality=92)
    painted, committed = nst.load_image(tmp_path / "painted.jpg"), nst.sample(name)
    assert committed.shape == painted.shape == (1, 3, 640, 640)
    # other versions of Pillow draw and compress a little differently
    assert (painted - committed).abs().mean() < 0.02


def test_a_painting_is_downloaded_once_and_checked(tmp_path, monkeypatch, cat):
    nst.save_image(cat, tmp_path / "served.png")
    data = (tmp_path / "served.png").read_bytes()
    entry = {
        "address": (tmp_path / "served.png").as_uri(),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    monkeypatch.setitem(samples.PAINTINGS, "starry_night", entry)
    first = nst.painting("starry_night")
    (tmp_path / "served.png").unlink()
    assert torch.equal(first, nst.painting("starry_night"))  # from the cache
    (tmp_path / "cache" / "starry_night.jpg").write_bytes(b"damaged")
    with pytest.raises(nst.InputError, match="could not download"):
        nst.painting("starry_night")


def test_a_painting_of_another_hash_is_refused(tmp_path, monkeypatch):
    (tmp_path / "served.png").write_bytes(b"not the painting")
    entry = {"address": (tmp_path / "served.png").as_uri(), "sha256": "0" * 64}
    monkeypatch.setitem(samples.PAINTINGS, "the_scream", entry)
    with pytest.raises(nst.InputError, match="invalid hash"):
        nst.painting("the_scream")
    assert not (tmp_path / "cache" / "the_scream.jpg").exists()


def test_offline_a_painting_names_what_to_use_instead(monkeypatch):
    entry = dict(samples.PAINTINGS["great_wave"], address="https://127.0.0.1:9/a.jpg")
    monkeypatch.setitem(samples.PAINTINGS, "great_wave", entry)
    with pytest.raises(nst.InputError, match="needs no network, brush_strokes") as why:
        nst.painting("great_wave")
    assert "\n" not in str(why.value)


def test_catalogue_is_https_with_hashes():
    for entry in nst.PAINTINGS.values():
        assert entry["address"].startswith("https://")
        assert len(bytes.fromhex(entry["sha256"])) == 32 and entry["title"]


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(nst.InputError, match="unknown sample 'dog': choose from cat"):
        nst.sample("dog")
    with pytest.raises(nst.InputError, match="unknown painting 'cat'"):
        nst.painting("cat")
