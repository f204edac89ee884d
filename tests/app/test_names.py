"""What a batch is given: folders, patterns, and a name for each picture."""

import os
import sys
from pathlib import Path

import pytest
from studio_hands import png

import nst
from nst.app.cli import main
from nst.app.names import expand, told_apart

HERE = "frame_1.png frame_2.PNG frame_10.png a.HEIC notes.txt .hidden.png deep/b.png"
FRAMES = ["frame_1.png", "frame_2.PNG", "frame_10.png"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in HERE.split():
        path = Path("photos", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    Path("photos/[1].png").touch()


def inside(*names):
    return [os.path.join("photos", name) for name in names]


@pytest.mark.parametrize(
    "sources, wanted",
    [
        (["cat", "nowhere.png"], ["cat", "nowhere.png"]),
        (["photos"], inside("[1].png", "a.HEIC", *FRAMES)),
        (["photos/"], ["photos/" + n for n in ("[1].png", "a.HEIC", *FRAMES)]),
        (["photos/f*"], inside(*FRAMES)),
        (["photos/frame_?.*"], inside(*FRAMES[:2])),
        (["photos/**/?.png"], inside("deep/b.png")),
        (["photos/[1].png"], ["photos/[1].png"]),
        (["photos/dee*"], inside("deep/b.png")),
        (["ink", "photos/f*1.png", "photos/f*"], ["ink", *inside(*FRAMES)]),
        (["photos/deep/b.png", "./photos/deep"], ["photos/deep/b.png"]),
        (["https://example.org/*.png"], ["https://example.org/*.png"]),
        (["cat", "cat"], ["cat"]),
    ],
)
def test_folders_and_patterns_stand_for_their_pictures(folder, sources, wanted):
    assert expand(sources) == wanted


def test_what_is_left_out_of_a_folder_is_told(folder, capsys):
    expand(["photos"])
    assert capsys.readouterr().err == "photos: 2 of 7 are no pictures\n"


@pytest.mark.parametrize(
    "sources, wanted",
    [
        ("a.jpg b.jpg cat", "a b cat"),
        ("a/1.jpg b/1.jpg 2.jpg", "a-1 b-1 2"),
        ("x/a/1.jpg y/a/1.jpg y/b/1.jpg", "x-a-1 y-a-1 b-1"),
        ("a/1.jpg a/1.png", "1-jpg 1-png"),
        ("a/1.jpg a/1.png b/1.png", "1-jpg 1-png 1"),
        ("a/IMG.jpg b/img.jpg", "a-IMG b-img"),
        ("cat x/cat.jpg", "cat x-cat"),
        ("http://a.org/x/1.jpg?w=3 http://b.org/x/1.jpg", "a.org-x-1 b.org-x-1"),
        ("http://a.org/a%20b.jpg", "a-20b"),
    ],
)
def test_pictures_of_one_name_are_told_apart_by_their_folders(sources, wanted):
    assert told_apart(sources.split()) == wanted.split()


@pytest.mark.skipif(sys.platform == "win32", reason="its names have no such letters")
def test_the_command_paints_two_folders_without_a_clash(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        Path(name).mkdir()
        Path(name, "IMG_1.png").write_bytes(png(40, 30))
    nst.save_image(nst.sample("ink", 40), "a/IMG_2.png")
    command = "batch a */IMG_1.png --style ink --size 32 --steps 1"
    assert main(command.split()) == 0
    names = ["IMG_2-ink.png", "a-IMG_1-ink.png", "b-IMG_1-ink.png"]
    assert sorted(p.name for p in Path("styled").iterdir()) == names
    before = {path: path.read_bytes() for path in Path("styled").iterdir()}
    assert main([*command.split(), "--seed", "1"]) == 0
    assert all(path.read_bytes() == data for path, data in before.items())
    assert Path("styled/IMG_2-ink-2.png").exists()
    capsys.readouterr()
    assert main([*command.split(), "--seed", "1"]) == 0
    assert "kept: styled/IMG_2-ink-2.png" in capsys.readouterr().out
