"""`nst video` paints a film, keeps its frames, goes on from them and loses nothing."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import av
import pytest

import nst
from nst.app import video
from nst.app.cli import main
from nst.video.clip import made_film
from nst.video.files import Clip, write_film

ROOT = Path(__file__).parents[2]
TINY = ["--size", "48", "--steps", "2", "--frame-steps", "2"]


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "in.mp4"
    frames = (frame.image for frame in made_film(6, 64))
    write_film(((frame, Fraction(1, 10)) for frame in frames), path)
    return path


def frames(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.png"))}


def test_a_film_comes_out_with_its_frames_beside_it(clip, tmp_path, capsys):
    out = tmp_path / "out.mp4"
    assert main(["video", str(clip), "ink", *TINY, "-o", str(out)]) == 0
    assert f"the film is in {out}" in capsys.readouterr().out
    film = Clip(out)
    assert (film.count, film.shape) == (6, (36, 48))
    assert [still.seconds for still in film][:5] == [Fraction(1, 10)] * 5
    made = nst.read_record(tmp_path / "out.frames" / "000002.png")
    assert made["recipe"]["frame_steps"] == 2 and made["film"]["frame"] == 2


def test_the_same_command_paints_nothing_again(clip, tmp_path, monkeypatch):
    out = tmp_path / "out.mp4"
    command = ["video", str(clip), "ink", *TINY, "-o", str(out)]
    assert main(command) == 0
    kept = frames(tmp_path / "out.frames")
    painted = []
    own = video.FilmPainter.paint
    monkeypatch.setattr(
        video.FilmPainter, "paint", lambda *a: painted.append(1) or own(*a)
    )
    assert main(command) == 0 and painted == []
    assert frames(tmp_path / "out.frames") == kept and Clip(out).count == 6
    (tmp_path / "out.frames" / "000004.png").unlink()  # and those after it follow it
    assert main(command) == 0 and len(painted) == 1
    assert frames(tmp_path / "out.frames") == kept
    assert main([*command, "--style-weight", "20"]) == 0 and len(painted) == 7
    assert frames(tmp_path / "out.frames") == kept  # another recipe, another folder
    assert len(frames(tmp_path / "out-2.frames")) == 6
    assert main(command) == 0 and len(painted) == 7


DIRECT = """
import sys
from nst import device
from nst.app.cli import main
device.fastest = lambda: "direct"  # so that two processes compute alike
sys.exit(main(sys.argv[1:]))
"""


def run(clip, out, *more):
    command = [sys.executable, "-c", DIRECT, "video", str(clip), "ink", *TINY, *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [*command, "-o", str(out)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(folder, count):
    began = time.monotonic()
    while len(list(folder.glob("*.png"))) < count:
        assert time.monotonic() - began < 90
        time.sleep(0.01)


def test_killed_at_any_moment_it_ends_with_the_same_frames(clip, tmp_path):
    assert run(clip, tmp_path / "whole.mp4").wait() == 0
    out, dice = tmp_path / "out.mp4", random.Random(1)
    for count in (1, 3, 5):
        process = run(clip, out)
        wait_for(tmp_path / "out.frames", count)
        time.sleep(dice.random() / 5)
        process.kill()
        process.wait()
    assert run(clip, out).wait() == 0
    assert frames(tmp_path / "out.frames") == frames(tmp_path / "whole.frames")
    assert Clip(out).count == Clip(tmp_path / "whole.mp4").count == 6


def test_it_goes_on_as_it_was_computed(clip, tmp_path, monkeypatch):
    out = tmp_path / "out.mp4"
    command = ["video", str(clip), "ink", *TINY, "-o", str(out)]
    for convolution in ("winograd", "direct"):
        monkeypatch.setattr("nst.device.fastest", lambda way=convolution: way)
        assert main(command) == 0
        for number in (3, 4, 5, 6):
            made = nst.read_record(tmp_path / "out.frames" / f"{number:06d}.png")
            assert made["convolution"] == "winograd"
            (tmp_path / "out.frames" / f"{number:06d}.png").unlink()


def test_ctrl_c_keeps_a_film_of_what_there_is(clip, tmp_path):
    out = tmp_path / "out.mp4"
    process = run(clip, out, "--frame-steps", "40")
    wait_for(tmp_path / "out.frames", 2)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 2 and "stopped after" in told
    assert 2 <= Clip(out).count < 6


def test_ctrl_c_leaves_a_film_that_is_there(clip, tmp_path):
    out = tmp_path / "out.mp4"
    assert run(clip, out).wait() == 0
    film, kept = out.read_bytes(), frames(tmp_path / "out.frames")
    process = run(clip, out, "--frame-steps", "40")
    wait_for(tmp_path / "out-2.frames", 2)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert out.read_bytes() == film and frames(tmp_path / "out.frames") == kept
    (part,) = tmp_path.glob("out-0*.mp4")
    assert Clip(part).count == int(part.stem[-4:])


def test_no_frame_of_others_is_replaced(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("clip.frames", "mine.frames"):
        Path(name).mkdir()
    for index, frame in enumerate(made_film(3, 48), 1):
        nst.save_image(frame.image, f"clip.frames/{index:06d}.png")
    Path("mine.frames/000001.png").write_bytes(b"precious")
    given = frames(Path("clip.frames"))
    assert main(["video", "clip.frames", "ink", *TINY, "-o", "clip.mp4"]) == 0
    assert frames(Path("clip.frames")) == given
    assert main(["video", "clip.frames", "ink", *TINY, "-o", "mine.mp4"]) == 0
    assert Path("mine.frames/000001.png").read_bytes() == b"precious"
    assert len(frames(Path("mine-2.frames"))) == 3


def test_by_default_another_recipe_gets_a_number(clip, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for more in ([], ["--frame-steps", "3"], []):
        assert main(["video", str(clip), "ink", *TINY, *more]) == 0
    films = sorted(path.name for path in tmp_path.glob("*.mp4"))
    assert films == ["in-ink-2.mp4", "in-ink.mp4"]
    assert len(list(tmp_path.glob("*.frames"))) == 2


def test_folders_patterns_and_animations_are_films(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("photos").mkdir()
    for index, frame in enumerate(made_film(3, 48)):
        nst.save_image(frame.image, f"photos/{index}.png")
    assert main(["video", "photos", "ink", *TINY, "-o", "a.webp"]) == 0
    assert main(["video", "photos/*.png", "ink", *TINY, "-o", "b.gif"]) == 0
    assert main(["video", "a.webp", "ink", *TINY]) == 0
    assert [Clip(name).count for name in ("a.webp", "b.gif", "a-ink.mp4")] == [3, 3, 3]


def test_odd_sizes_become_even_and_the_sound_stays(tmp_path):
    from video.test_film_files import write

    pictures = [nst.to_pil(frame.image) for frame in made_film(4, 64)]
    source = write(tmp_path / "in.mp4", pictures, sound=True)
    out = tmp_path / "out.mp4"
    command = ["video", str(source), "ink", *TINY[2:], "-o", str(out), "--size", "51"]
    assert main(command) == 0
    assert Clip(out).shape == (38, 50)
    with av.open(str(out)) as film:
        assert len(film.streams.audio) == 1


@pytest.mark.parametrize(
    "more, told",
    [
        (["-o", "out.avi"], "unknown ending of a film '.avi'"),
        (["--size", "full"], "--size full is for pictures"),
        (["-o", "in.mp4"], "is the film as well"),
        (["-o", "mine.mp4"], "nst did not make it"),
        (["--style-loss", "cdm"], "unknown style_loss"),
        (["--mask", "ink", "--mask", "ink"], "2 masks for 1 styles"),
    ],
)
def test_mistakes_are_one_sentence(clip, tmp_path, monkeypatch, capsys, more, told):
    monkeypatch.chdir(tmp_path)
    shutil.copy(clip, "in.mp4")
    Path("mine.mp4").write_bytes(b"mine")
    assert main(["video", "in.mp4", "ink", *TINY, *more]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("nst: ") and told in error
    assert Path("mine.mp4").read_bytes() == b"mine"
    assert Path("in.mp4").read_bytes() == clip.read_bytes()


def test_a_style_that_is_a_film_is_told(clip, tmp_path, capsys):
    command = ["video", str(clip), str(clip), *TINY, "-o", str(tmp_path / "a.mp4")]
    assert main(command) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("nst: ")


def test_a_full_disk_is_told_before(clip, tmp_path, monkeypatch, capsys):
    full = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(video.shutil, "disk_usage", lambda path: full)
    out = tmp_path / "out.mp4"
    assert main(["video", str(clip), "ink", *TINY, "-o", str(out)]) == 2
    assert "choose a smaller --size or another disk" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())
