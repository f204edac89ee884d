import io

import numpy as np
import pytest
from PIL import Image, ImageCms

import nst
from nst.keep.saving import FORMATS


@pytest.mark.parametrize("ending", FORMATS)
def test_save_and_load_agree(tmp_path, ending):
    image = nst.sample("cat", 64)
    nst.save_image(image, tmp_path / f"a{ending}")
    tolerance = 0.5 / 255 + 1e-6 if ending == ".png" else 0.06
    back = nst.load_image(tmp_path / f"a{ending}")
    assert (back - image).abs().max() <= tolerance


def test_a_failed_save_leaves_the_old_file_and_no_other(tmp_path, monkeypatch, cat):
    path = tmp_path / "a.png"
    path.write_bytes(b"precious")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(nst.InputError, match="No space left"):
        nst.save_image(cat, path)
    assert path.read_bytes() == b"precious"
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


def test_only_png_and_jpeg_are_written(tmp_path, cat):
    with pytest.raises(nst.InputError, match=r"'\.gif': choose from \.png"):
        nst.save_image(cat, tmp_path / "a.gif")


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("record", [None, "how it was made"])
def test_a_saved_picture_says_that_its_colours_are_srgb(tmp_path, cat, ending, record):
    """In a PNG by its chunk; in a JPEG by a profile, which changes no colour."""
    paths = [tmp_path / f"{name}{ending}" for name in "ab"]
    for path in paths:
        nst.save_image(cat, path, record)
    assert paths[0].read_bytes() == paths[1].read_bytes()  # no date in it
    with Image.open(paths[0]) as picture:
        pixels, info = np.asarray(picture), picture.info
    if ending == ".png":
        assert info["srgb"] == 0 and info.get("nst") == record
        return
    assert info.get("comment", b"").decode() == (record or "")
    theirs = ImageCms.ImageCmsProfile(io.BytesIO(info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(theirs)
    ramp = Image.fromarray(pixels)
    srgb = ImageCms.createProfile("sRGB")
    same = np.asarray(ImageCms.profileToProfile(ramp, theirs, srgb), int)
    assert abs(same - pixels).max() <= 1
