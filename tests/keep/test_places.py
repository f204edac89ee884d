"""Names of results, and which earlier file one may replace."""

import io
from functools import partial

import pytest
from conftest import saved
from PIL import Image

import nst
from nst.keep.places import check_ours, free, made_as, stem
from nst.studio.engine.film import frame, save_film

RECIPE = nst.Recipe(sizes=(32,), steps=1)


@pytest.mark.parametrize(
    "names, wanted",
    [
        (["photo.jpg", "ink"], "photo-ink"),
        (["a photo (1).jpeg", "ink", "waves"], "a-photo-1-ink-waves"),
        (["https://example.org/a%20b/ink.png?width=3", "cat"], "ink-cat"),
        (["été.png", "ü.png"], "été-ü"),
        (["?.png", "Tensor"], "picture-Tensor"),
        ([300 * "a" + ".png", "ink"], 40 * "a" + "-ink"),
        (["../../etc/passwd", "ink"], "passwd-ink"),
    ],
)
def test_a_result_is_named_after_its_pictures(names, wanted):
    assert stem(names) == wanted


def test_a_name_that_is_taken_gets_the_next_number(tmp_path):
    path = tmp_path / "a.png"
    assert free(path) == path
    for name in ("a.png", "a-2.png", "a-4.png"):
        (tmp_path / name).touch()
    assert free(path).name == "a-3.png"
    assert free(path, lambda there: there.name == "a-2.png").name == "a-2.png"
    (tmp_path / "a-3.png").symlink_to(tmp_path / "nowhere")
    assert free(path).name == "a-5.png"


def test_what_was_made_alike_is_told_from_what_was_not(tmp_path):
    path = saved(tmp_path / "a.png", "cat", "ink", RECIPE, step=1)
    made = nst.read_record(path)
    assert made_as(path, made) and made_as(path, made, "step")
    tiled = made | {"recipe": made["recipe"] | {"tile": 64}}
    assert made_as(path, tiled)  # tiles do not change a picture
    assert made_as(path, made | {"step": None})
    assert not made_as(path, made | {"step": None}, "step")
    for other in (
        {"recipe": made["recipe"] | {"seed": 1}},
        {"inputs": made["inputs"] | {"style": made["inputs"]["content"]}},
        {"studio": {"moves": []}},
    ):
        assert not made_as(path, made | other)
    assert not made_as(tmp_path / "nowhere.png", made)
    assert not made_as(tmp_path, made)


def film(path):
    save_film([(i, frame(nst.sample("cat", 32))) for i in range(2)], path)


def picture(path, **how):
    Image.new("RGB", (9, 9)).save(path, **how)


def text(path):
    path.write_text("nst")


FILES = {  # {name: (how it came there, whether nst did it)}
    "saved.png": (lambda path: saved(path, "cat", "ink", RECIPE), True),
    "saved.jpg": (lambda path: saved(path, "cat", "ink", RECIPE), True),
    "film.webp": (film, True),
    "film.gif": (film, True),
    "plain.png": (picture, False),
    "plain.jpg": (picture, False),
    "plain.gif": (picture, False),
    "camera.jpg": (partial(picture, comment=b"nice {recipe}"), False),
    "text.png": (text, False),
    "folder.png": (lambda path: path.mkdir(), False),
    "nowhere.png": (lambda path: None, True),
}


@pytest.mark.parametrize("name", FILES)
def test_only_what_nst_made_may_be_replaced(name, tmp_path):
    make, ours = FILES[name]
    make(tmp_path / name)
    if ours:
        check_ours(tmp_path / name)
    else:
        wanted = f"{name}' is there and nst did not make it: name another file"
        with pytest.raises(nst.InputError, match=wanted):
            check_ours(tmp_path / name)


def test_a_later_record_is_nsts_too(tmp_path):
    buffer = io.BytesIO()
    Image.new("RGB", (9, 9)).save(buffer, "JPEG", comment=b'{\n "format": 99}')
    (tmp_path / "a.jpg").write_bytes(buffer.getvalue())
    check_ours(tmp_path / "a.jpg")
