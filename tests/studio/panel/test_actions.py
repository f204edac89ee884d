import logging

import pytest
import torch
from studio_hands import said, status, tick, wrong

from nst import colab
from nst.studio.engine import session


def test_the_clock_runs_steps_until_paused_and_to_the_end(studio):
    studio.playing = True
    tick(studio)
    taken = studio.session.state.number
    assert taken >= 1 and f"step {taken} of 8" in status(studio)
    studio.playing = False
    tick(studio)  # one that was on its way
    assert studio.session.state.number == taken
    studio.playing = True
    for _ in range(8):
        tick(studio)
    assert studio.session.state.number == 8
    assert not studio.playing and "Done" in said(studio)


def test_start_takes_as_many_steps_as_asked_for(studio):
    studio.run(8)
    studio.panel.steps.value = 3
    for number in (11, 14):
        studio.playing = True
        for _ in range(5):
            tick(studio)
        assert (studio.session.state.number, studio.playing) == (number, False)


def test_undo_and_reset(studio):
    studio.run(3)
    image = studio.image
    studio.panel.dials["style_weight"].value = 1000.0
    studio.run(2)
    studio.panel.button["undo"].click()
    assert torch.equal(studio.image, image)
    assert studio.panel.dials["style_weight"].value == 30.0
    studio.panel.button["restart"].click()
    assert studio.session.state.number == 0
    studio.panel.button["undo"].click()
    assert torch.equal(studio.image, image)
    studio.panel.button["undo"].click()
    assert wrong(studio) and "nothing to undo" in said(studio)


def test_saving_never_overwrites_and_gives_a_link(studio, tmp_path):
    studio.run(1)
    for name in ("cat-waves-0001.png", "cat-waves-0001-2.png"):
        studio.panel.button["save"].click()
        assert (tmp_path / "outputs" / name).exists() and name in said(studio)
        assert f'download="{name}"' in studio.panel.text["files"].value


def test_the_link_to_an_earlier_picture_goes_with_it(studio):
    files = studio.panel.text["files"]
    for leave in ("restart", "undo", lambda: studio.set(size=48)):
        studio.run(1)
        studio.panel.button["save"].click()
        assert "download=" in files.value
        leave() if callable(leave) else studio.panel.button[leave].click()
        assert files.value == ""


def test_results_are_copied_to_drive_if_it_is_mounted(studio, tmp_path, monkeypatch):
    (tmp_path / "drive" / "MyDrive").mkdir(parents=True)
    monkeypatch.setattr(colab, "DRIVE", tmp_path / "drive")
    monkeypatch.setattr(colab, "_copies", {})
    studio.panel.button["save"].click()
    copies = list((tmp_path / "drive" / "MyDrive" / "nst").iterdir())
    assert [path.name for path in copies] == ["cat-waves-0000.png"]
    assert str(copies[0].parent) in said(studio)


def test_an_unwritable_place_is_one_sentence(studio, tmp_path):
    studio.run(2)
    (tmp_path / "outputs").write_text("a file where the folder should be")
    for name in ("save", "film"):
        studio.panel.button[name].click()
        assert wrong(studio) and "cannot write" in said(studio)


@pytest.mark.parametrize(
    "fault, sentence",
    [
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "Out of memory"),
        (RuntimeError("something\nelse"), "something"),
        (MemoryError(), "Out of memory"),
    ],
)
def test_a_fault_pauses_and_is_told_and_logged(
    studio, monkeypatch, caplog, fault, sentence
):
    studio.run(1)
    image = studio.image
    with monkeypatch.context() as patch:
        patch.setattr(session.Session, "step", lambda self: raise_(fault))
        studio.playing = True
        with caplog.at_level(logging.ERROR):
            tick(studio)
    assert not studio.playing and wrong(studio) and sentence in said(studio)
    assert "\n" not in said(studio) and caplog.records
    assert torch.equal(studio.image, image)
    studio.playing = True
    tick(studio)
    assert studio.session.state.number >= 2


def raise_(fault):
    raise fault
