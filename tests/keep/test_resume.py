"""Runs that end before their time, and go on to the same bytes."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
import torch
from conftest import environment

import nst
from nst.app.cli import main
from nst.keep.checkpoint import read


def command(folder, output, *options):
    sizes = ["--size", "40", "--steps", "60", "--device", "cpu"]
    keeping = [
        "--checkpoint",
        str(folder / "run.checkpoint"),
        "--checkpoint-every",
        "0",
    ]
    return ["cat", "waves", "-o", str(folder / output), *sizes, *keeping, *options]


KILLS = int(os.environ.get("NST_KILLS", 3))


ALONE = environment(OMP_NUM_THREADS="1")  # threads add numbers in another order


def process(folder, *options):
    return [sys.executable, "-m", "nst", *command(folder, "a.png", *options)]


@pytest.mark.parametrize("turn", range(KILLS))
def test_kill_9_at_a_random_moment_costs_nothing(tmp_path, whole, turn):
    """Start, kill -9 after some seconds of painting, and go on to the end."""
    seconds = random.Random(turn).uniform(0, 1.5)
    stop_and_go_on(tmp_path, whole, signal.SIGKILL, seconds)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_was_asked_to_stop_goes_on_bit_for_bit(tmp_path, whole, number):
    stop_and_go_on(tmp_path, whole, number, 0.3)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The picture of a run that nobody stopped."""
    folder = tmp_path_factory.mktemp("whole")
    subprocess.run(process(folder), check=True, env=ALONE)
    return (folder / "a.png").read_bytes()


def stop_and_go_on(tmp_path, whole, number, seconds):
    """Some seconds after the first writing; the same bytes in the end."""
    run = process(tmp_path, "--resume")
    started = subprocess.Popen(run, stderr=subprocess.DEVNULL, env=ALONE)
    while not (tmp_path / "run.checkpoint").exists() and started.poll() is None:
        time.sleep(0.01)
    time.sleep(seconds)
    os.kill(started.pid, number)
    started.wait()
    subprocess.run(run, check=True, env=ALONE)
    assert (tmp_path / "a.png").read_bytes() == whole


def test_the_command_line_resumes_and_says_what_it_cannot(tmp_path, capsys):
    assert main(command(tmp_path, "a.png")) == 0
    assert main(command(tmp_path, "b.png")) == 2
    assert "holds a run already" in capsys.readouterr().err
    assert main(command(tmp_path, "b.png", "--resume")) == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    history = read(tmp_path / "run.checkpoint")["history"]
    assert len(history) == 60 and history[-1]["total"] < history[0]["total"]
    assert main(["cat", "ink", "-o", str(tmp_path / "c.png"), "--resume"]) == 2
    assert "name it with --checkpoint FILE" in capsys.readouterr().err
    nowhere = str(tmp_path / "a.png" / "run.checkpoint")
    assert (
        main(["cat", "ink", "--checkpoint", nowhere, "-o", str(tmp_path / "c.png")])
        == 2
    )
    assert "cannot write" in capsys.readouterr().err
    assert json.loads(json.dumps(history)) == history


def test_the_command_line_resumes_with_masks(tmp_path, capsys):
    """Stopped after some steps by Ctrl-C, and gone on with to the same bytes."""
    cat = nst.sample("cat", 64)
    left = torch.zeros_like(cat)
    left[..., :30] = 1
    for name, image in (("left", left), ("right", 1 - left)):
        nst.save_image(image, tmp_path / f"{name}.png")
    masks = [f"--mask={tmp_path / name}.png" for name in ("left", "right")]
    styles = ["ink", "--blend", "1", "2", *masks]  # beside waves
    small = [*styles, "--size", "32", "--steps", "8"]
    run = lambda name, *more: main(command(tmp_path, name, *small, *more))  # noqa: E731
    with stopped_after(5):
        assert run("a.png") == 0
    assert "stopped after 5 of 8 steps" in capsys.readouterr().err
    assert nst.read_record(tmp_path / "a.png")["step"] == 5
    assert run("a.png", "--resume") == 0
    (tmp_path / "run.checkpoint").unlink()
    (tmp_path / "run.checkpoint.previous").unlink()
    assert run("b.png") == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@contextmanager
def stopped_after(evaluations):
    """Ctrl-C during an evaluation; the first one is of the start."""
    evaluate, left = nst.Objective.evaluate, [evaluations + 1]

    def spy(objective, image):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGINT)
        return evaluate(objective, image)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nst.Objective, "evaluate", spy)
        yield
