import pytest
import torch
from PIL import Image
from studio_hands import png, said, upload, wrong

import nst
from nst.keep.record import read_record
from nst.studio.panel import views


@pytest.mark.parametrize("kind", ["content", "style"])
def test_a_picture_can_be_chosen_in_three_ways(studio, kind, tmp_path):
    chooser = studio.panel.chooser[kind]
    nst.save_image(nst.sample("ink", 40), tmp_path / "mine.png")
    for choose, name in (
        (lambda: setattr(chooser.name, "value", "rocket"), "rocket"),
        (
            lambda: setattr(chooser.place, "value", str(tmp_path / "mine.png")),
            "mine.png",
        ),
        (lambda: upload(chooser, "up.png", png(40, 30)), "up.png"),
        (lambda: setattr(chooser.name, "value", "mine.png"), "mine.png"),
    ):
        studio.run(1)
        choose()
        state = studio.session.state
        assert (getattr(state, kind).name, state.number) == (name, 0)
        assert chooser.name.value == name and name in chooser.thumb.value
        assert "New run" in said(studio) and name in said(studio)
    studio.run(1)
    record = read_record(studio.save())
    assert record["inputs"][kind]["name"] == "mine.png"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "spoil, sentence",
    [
        (lambda c: setattr(c.place, "value", "/nowhere/x.png"), "no such picture"),
        (lambda c: upload(c, "bad.png", b"not a picture"), "cannot read"),
        (lambda c: upload(c, "half.png", png(64, 64)[:-30]), "cannot read"),
        (lambda c: upload(c, "huge.png", png(12000, 9000, mode="1")), "megapixels"),
        (lambda c: upload(c, "nothing.png", png(40, 30, mode="RGBA")), "transparent"),
    ],
)
@pytest.mark.parametrize("kind", ["content", "style"])
def test_a_bad_picture_is_one_sentence_and_nothing_is_lost(
    studio, kind, spoil, sentence
):
    studio.run(2)
    state, chosen = studio.session.state, studio.panel.chooser[kind].name.value
    spoil(studio.panel.chooser[kind])
    assert wrong(studio) and sentence in said(studio)
    assert studio.session.state is state
    assert studio.panel.chooser[kind].name.value == chosen
    assert studio.panel.chooser[kind].place.value == ""  # so it may be typed again
    studio.panel.button["step"].click()
    assert not wrong(studio) and studio.session.state.number == 3


def test_the_same_file_may_come_twice_and_no_bytes_stay_in_the_widget(studio):
    chooser, content = studio.panel.chooser["style"], png(40, 30)
    for _ in range(2):
        studio.set(style="ink")
        upload(chooser, "mine.png", content)
        assert studio.session.state.style.name == "mine.png"
        state = chooser.upload.get_state()
        assert not any(state.get(key) for key in ("value", "data", "metadata"))
        assert not chooser.upload.value and not state.get("_counter")
    assert "10 MB" in views.UPLOAD and tip_of(chooser.upload) == views.UPLOAD
    for name in ("bad.png", "bad.png"):
        studio.panel.say("")
        upload(chooser, name, b"no picture")
        assert wrong(studio) and f"cannot read {name!r}" in said(studio).replace(
            "&#x27;", "'"
        )


def test_an_upload_is_the_picture_of_its_file(studio, tmp_path):
    """The same pixels as by its path, from the file's bytes alone."""
    Image.effect_noise((40, 30), 90).save(tmp_path / "mine.jpg")
    content = studio.panel.chooser["content"]
    upload(content, "mine.jpg", (tmp_path / "mine.jpg").read_bytes())
    picture = studio.session.state.content
    assert torch.equal(picture.image, nst.load_image(tmp_path / "mine.jpg"))
    assert picture.source == {"mine.jpg": (tmp_path / "mine.jpg").read_bytes()}


def tip_of(widget):
    named = "tooltip" if widget.has_trait("tooltip") else "description_tooltip"
    return getattr(widget, named)


def test_a_decoder_that_knows_more_is_heard(studio, monkeypatch):
    def decode(file):
        raise nst.InputError("'a.heic' is HEIC: pip install 'nst[heic]'")

    monkeypatch.setattr(Image, "open", decode)
    upload(studio.panel.chooser["content"], "a.heic", b"ftypheic")
    assert wrong(studio) and "is HEIC: pip install" in said(studio)


def test_names_from_outside_are_escaped(studio):
    name = '<img src=x onerror="alert(1)">.png'
    upload(studio.panel.chooser["content"], name, png(40, 30))
    studio.panel.compare.value = True
    studio.panel.button["step"].click()
    studio.panel.button["save"].click()
    studio.panel.chooser["style"].place.value = "<script>.png"
    texts = [w.value for w in studio.panel.text.values()]
    texts += [studio.panel.chooser["content"].thumb.value]
    assert not any("<img src=x" in text or "<script>" in text for text in texts)
