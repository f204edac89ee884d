"""A Drive that fails: results stay here, a sentence says so, copies come later."""

import errno
import os
import re
from pathlib import Path

import pytest
import torch
from studio_hands import said, tick, wrong

from nst import colab
from nst.studio.panel import actions

GONE, FULL = errno.ENOTCONN, errno.ENOSPC
LOST = "Transport endpoint is not connected"
REASON = {GONE: LOST, FULL: "No space left on device"}


class Drive:
    """The Drive of a test; every use of it raises the error ``fails``, if that is set.

    A connection that is lost fails when it is looked at, a full disk when written.
    """

    fails: int | None = None

    def __init__(self, folder, patch):
        self.folder, self.made = folder / "drive", folder / "drive" / "MyDrive" / "nst"
        (self.folder / "MyDrive").mkdir(parents=True)
        patch.setattr(colab, "DRIVE", self.folder)
        patch.setattr(colab, "_copies", {})
        for name, error in (("stat", GONE), ("replace", FULL)):
            patch.setattr(os, name, self._failing(getattr(os, name), error))

    def _failing(self, function, error):
        def call(*paths, **options):
            place = paths[-1]
            if self.fails == error and str(self.folder) in str(place):
                raise OSError(error, os.strerror(error), place)
            return function(*paths, **options)

        return call

    def names(self):
        fails, self.fails = self.fails, None
        names = sorted(path.name for path in self.made.glob("*"))
        self.fails = fails
        return names


@pytest.fixture
def drive(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Drive(tmp_path, monkeypatch)


def image(seed=0):
    return torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("fails", REASON)
def test_a_save_works_though_its_copy_fails_and_the_next_one_makes_up(
    drive, fails, capsys
):
    drive.fails = fails
    assert "Download a.png" in colab.save(image(0), "a.png").data
    told = capsys.readouterr().out
    assert Path("outputs/a.png").exists() and drive.names() == []
    wanted = f"Saved outputs/a.png, but no copy on Drive ({REASON[fails]}): the next "
    assert told == f"{wanted}save tries it again.\n"
    drive.fails = None
    colab.save(image(1), "b.png")
    assert capsys.readouterr().out == ""
    assert drive.names() == ["a.png", "b.png"]
    for name in drive.names():
        assert (drive.made / name).read_bytes() == Path("outputs", name).read_bytes()


def test_a_copy_that_fails_leaves_the_one_before_whole(drive):
    path = Path("run.checkpoint")
    path.write_bytes(b"one")
    assert colab.share(path) == f"Saved run.checkpoint, and a copy in {drive.made}."
    path.write_bytes(b"another")
    drive.fails = FULL
    assert "but no copy on Drive" in colab.share(path)
    assert drive.names() == [path.name] and (drive.made / path).read_bytes() == b"one"
    drive.fails = None
    colab.share(path)
    assert (drive.made / path).read_bytes() == b"another"


def test_a_file_that_is_gone_is_not_waited_for(drive):
    drive.fails = FULL
    Path("a.txt").write_text("a")
    colab.share(Path("a.txt"))
    Path("a.txt").unlink()
    drive.fails = None
    Path("b.txt").write_text("b")
    assert "and a copy in" in colab.share(Path("b.txt")) and drive.names() == ["b.txt"]


def test_what_another_day_left_on_drive_stays(drive):
    drive.made.mkdir()
    (drive.made / "a.png").write_bytes(b"of another day")
    for _ in range(2):
        colab.save(image(), "a.png")
    assert drive.names() == ["a-2.png", "a.png"]
    assert (drive.made / "a.png").read_bytes() == b"of another day"


def test_a_result_that_is_saved_again_is_one_and_another_gets_a_number(drive):
    links = [colab.save(image(seed), "a.png").data for seed in (0, 1, 0, 1)]
    names = [re.search('download="(.*?)"', link)[1] for link in links]
    assert names == ["a.png", "a-2.png"] * 2
    assert sorted(os.listdir("outputs")) == drive.names() == ["a-2.png", "a.png"]


@pytest.mark.parametrize("fails", REASON)
def test_the_studio_paints_on_and_says_once_that_a_copy_failed(
    drive, fails, studio, monkeypatch
):
    monkeypatch.setattr(actions, "KEEP", 0.0)
    monkeypatch.setattr(actions, "BURST", 0.0)
    studio.playing = True
    tick(studio)
    assert drive.names() == ["cat-waves.checkpoint"]
    drive.fails = fails
    tick(studio)
    assert REASON[fails] in said(studio) and not wrong(studio) and studio.playing
    studio.panel.say("")
    tick(studio)
    assert studio.session.state.number == 3 and REASON[fails] not in said(studio)
    studio.panel.button["save"].click()
    assert not wrong(studio) and "Saved outputs/cat-waves-0003.png, but" in said(studio)
    drive.fails = None
    tick(studio)
    assert drive.names() == ["cat-waves-0003.png", "cat-waves.checkpoint"]
    kept = [Path(p, "cat-waves.checkpoint") for p in ("outputs", drive.made)]
    assert kept[0].read_bytes() == kept[1].read_bytes()
    drive.fails = fails
    tick(studio)
    assert REASON[fails] in said(studio) and studio.playing


def test_the_studio_paints_on_where_nothing_can_be_kept(studio, monkeypatch, tmp_path):
    monkeypatch.setattr(actions, "KEEP", 0.0)
    monkeypatch.setattr(actions, "BURST", 0.0)
    (tmp_path / "outputs").write_text("a file where the folder should be")
    studio.playing = True
    for number in (1, 2):
        tick(studio)
        assert studio.session.state.number == number and studio.playing
    assert wrong(studio) and "cannot write" in said(studio)
