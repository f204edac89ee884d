import os
from pathlib import Path

import pytest

from nst import files
from nst.errors import InputError


def refused(written, given, what="content"):
    with pytest.raises(InputError, match=f"is the {what} as well: name another file"):
        files.check_apart([written], [(what, given)])


@pytest.fixture
def photo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photo.png").write_bytes(b"a photograph")
    (tmp_path / "folder").mkdir()
    return tmp_path / "photo.png"


def test_a_file_is_known_by_itself_not_by_its_name(photo):
    os.symlink(photo, "symbolic.png")
    os.link(photo, "hard.png")
    names = ("photo.png", "./folder/../photo.png", str(photo), "symbolic.png")
    for given in (*names, "hard.png"):
        for written in (*names, "hard.png"):
            refused(written, given)
    files.check_apart(["folder/photo.png", "other.png"], [("content", photo)])


def test_a_file_that_is_not_yet_there_is_known_by_its_place(photo):
    """Such as one that another job is going to write."""
    os.symlink(photo.parent, "link")
    for given in ("new.png", "./new.png", "link/new.png", photo.with_name("new.png")):
        refused("folder/../new.png", given, "style 2")
        files.check_apart(["folder/new.png"], [("style 2", given)])


def test_what_is_no_file_is_in_nobodys_way(photo):
    files.check_apart(["photo.png"], [("content", None), ("style", "other.png")])


def test_a_file_system_that_folds_case_is_believed(photo, monkeypatch):
    """It says that both names are one file; here a stand-in says so."""
    stat = os.stat

    def folding(path, **how):
        return stat(Path(path).with_name(Path(path).name.lower()), **how)

    files.check_apart(["PHOTO.PNG"], [("content", photo)])
    with monkeypatch.context() as patch:
        patch.setattr(files.os, "stat", folding)
        refused("PHOTO.PNG", photo)


def test_bytes_are_written_whole_or_not_at_all(photo, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", full)
        with pytest.raises(InputError, match="cannot write .*No space left.*: choose"):
            files.write_atomically(photo, b"other bytes")
    assert photo.read_bytes() == b"a photograph"
    assert sorted(p.name for p in photo.parent.iterdir()) == ["folder", "photo.png"]
    files.write_atomically(Path("new/folder/a"), b"other bytes")
    assert Path("new/folder/a").read_bytes() == b"other bytes"


def test_a_place_is_tried_before_it_is_needed(photo):
    files.check_writable("new/a.png")
    assert [*Path("new").iterdir()] == []
    for place, says in (("photo.png/a.png", "cannot write"), ("folder", "is a folder")):
        with pytest.raises(InputError, match=says):
            files.check_writable(place)
