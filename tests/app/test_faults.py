"""What a machine can run out of: one sentence, and earlier results intact."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import nst
from nst.app.cli import main
from nst.keep import checkpoint

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")


def limited(code, folder):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=folder
    )
    told = [line for line in done.stderr.splitlines() if line.startswith("nst: ")]
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, told


@linux
def test_a_full_disk_costs_no_earlier_result(tmp_path):
    """A file may not grow beyond 2 kB: less than the picture needs."""
    (tmp_path / "a.png").write_bytes(b"an earlier result")
    status, told = limited(
        "import resource, sys\n"
        "from nst.app.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "sys.exit(main('cat ink -o a.png --force --size 64 --steps 1'.split()))",
        tmp_path,
    )
    assert status == 2 and len(told) == 1
    assert "cannot write 'a.png' (File too large): choose another place" in told[0]
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"an earlier result"


MEMORY = """
import resource, sys
import nst
from nst.control import memory
from nst.app.cli import main
nst.style_transfer("cat", "ink", sizes=(64,), steps=1)  # everything is imported
with open("/proc/self/statm") as file:
    size = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + 1_500_000_000,) * 2)
{more}
sys.exit(main("cat ink -o a.png --force --size 2048 --steps 1".split()))
"""


@linux
def test_memory_that_will_not_do_is_told_before_the_run(tmp_path):
    (tmp_path / "a.png").write_bytes(b"an earlier result")
    status, told = limited(MEMORY.format(more=""), tmp_path)
    assert status == 2 and len(told) == 1
    assert "2048 px would need about" in told[0] and "choose" in told[0]
    assert (tmp_path / "a.png").read_bytes() == b"an earlier result"


@linux
def test_memory_that_runs_out_is_told_and_the_picture_so_far_kept(tmp_path):
    (tmp_path / "a.png").write_bytes(b"an earlier result")
    blind = "memory.available = lambda device: float('inf')\n"
    blind += "nst.Recipe.levels = lambda recipe: [(64, 1), (2048, 1)]"
    status, told = limited(MEMORY.format(more=blind), tmp_path)
    assert status == 2 and len(told) == 1
    assert "out of memory: choose a size below 2048 px" in told[0]
    assert "the picture as it was is in" in told[0]
    assert (tmp_path / "a.png").read_bytes() == b"an earlier result"
    assert len(list(tmp_path.iterdir())) == 2


def after(evaluations, act, monkeypatch):
    """Let ``act`` happen while a picture is painted."""
    evaluate, left = nst.Objective.evaluate, [evaluations]

    def spy(objective, image):
        left[0] -= 1
        if left[0] == 0:
            act()
        return evaluate(objective, image)

    monkeypatch.setattr(nst.Objective, "evaluate", spy)


def test_a_place_that_vanishes_costs_no_picture(tmp_path, monkeypatch, capsys):
    """The folder becomes a file midway: the picture goes to another, and is named."""
    folder = tmp_path / "there"

    def vanish():
        shutil.rmtree(folder)
        folder.write_bytes(b"a file")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    after(3, vanish, monkeypatch)
    command = f"cat ink -o {folder}/a.png --size 32 --steps 4 --every 2"
    assert main(command.split()) == 2
    *_, told = capsys.readouterr().err.splitlines()
    assert "a.png' (" in told and ": choose another place; the picture is in" in told
    spare = Path(told.split("'")[-2])
    assert spare.parent.parent == tmp_path and nst.read_record(spare)["step"] is None


def test_a_checkpoint_that_cannot_be_kept_costs_no_picture(
    tmp_path, monkeypatch, capsys
):
    kept, out = tmp_path / "run.checkpoint", tmp_path / "a.png"
    command = f"cat ink -o {out} --size 32 --steps 4 --checkpoint {kept}"

    def stop():
        kept.mkdir()
        os.kill(os.getpid(), signal.SIGINT)

    after(3, stop, monkeypatch)
    assert main(command.split()) == 2
    assert "cannot write" in capsys.readouterr().err
    assert nst.read_record(out)["step"] == 2 and [*tmp_path.glob("*.new")] == []


def test_a_file_that_is_no_checkpoint_is_not_written_over(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"a picture")
    with pytest.raises(nst.InputError, match="is no checkpoint of nst"):
        checkpoint.write(path, {})
    assert path.read_bytes() == b"a picture" and len([*tmp_path.iterdir()]) == 1


def test_every_picture_that_is_an_input_is_left_alone(tmp_path, monkeypatch, capsys):
    """And the run goes on."""
    monkeypatch.chdir(tmp_path)
    nst.save_image(nst.sample("cat", 40), "a-0002.png")
    before = Path("a-0002.png").read_bytes()
    command = "a-0002.png ink -o a.png --size 32 --steps 4 --every 2"
    assert main(command.split()) == 0
    assert "'a-0002.png' is the content as well" in capsys.readouterr().err
    assert Path("a-0002.png").read_bytes() == before and Path("a.png").exists()


@linux
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_ends_a_batch_after_the_pictures_at_hand(tmp_path, workers):
    names = "cat coffee rocket astronaut hubble waves"
    command = f"batch {names} --style ink waves -o {tmp_path} --size 64 --steps 12"
    run = [sys.executable, "-m", "nst", *command.split(), f"--workers={workers}"]
    started = subprocess.Popen(
        run,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not [*tmp_path.glob("*.png")] and started.poll() is None:
        pass
    os.killpg(started.pid, signal.SIGINT)
    said, told = started.communicate(timeout=60)
    made = len([*tmp_path.glob("*.png")])
    assert started.returncode == 2 and "Traceback" not in told, told
    assert 0 < made < 12 and f"{made} of 12 pictures are in" in said
    assert "stopping after this picture" in told


def test_ctrl_c_at_another_time_is_no_traceback(monkeypatch, capsys):
    def interrupt(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr("nst.inputs.read", interrupt)
    assert main(["cat"]) == 130
    assert capsys.readouterr().err == "nst: stopped\n"
