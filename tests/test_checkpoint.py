import json
import os
import random
import signal
import subprocess
import sys
import time
from copy import deepcopy

import pytest
import torch
from conftest import environment

import nst
from nst.__main__ import main
from nst.checkpoint import read
from nst.optimize import Descent

RUN = {"sizes": (24, 32), "steps": (6, 6)}


def kept(path, **options):
    return nst.Checkpoint(path, every=0, **options)


def same(one, other):
    return all(
        torch.equal(a, b)
        for a, b in zip((one.image, one.best), (other.image, other.best), strict=True)
    ) and (one.losses == other.losses)


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
@pytest.mark.parametrize("stop", [1, 5, 6, 7, 11, 12])
def test_a_run_goes_on_bit_for_bit(tmp_path, stop, optimizer):
    recipe = nst.Recipe(**RUN, optimizer=optimizer, initial="noise")
    recipe = recipe.replace(learning_rate=1.0 if optimizer == "lbfgs" else 0.02)
    whole = list(nst.iterate("cat", "ink", recipe))
    path = tmp_path / "run.checkpoint"
    first = nst.iterate("cat", "ink", recipe, checkpoint=kept(path))
    for _ in range(stop):
        next(first)
    del first
    going = kept(path, resume=True)
    rest = list(nst.iterate("cat", "ink", recipe, checkpoint=going))
    assert [step.number for step in rest] == list(range(stop, 13))
    assert all(map(same, rest, whole[stop - 1 :]))
    assert going.history == [step.losses for step in whole]


def test_a_run_that_failed_goes_on_with_its_halved_learning_rate(cat, strokes, vgg):
    objective = nst.Objective(vgg, cat, strokes, nst.Recipe())

    class Failing:
        count = 0

        def evaluate(self, image):
            self.count += 1
            losses, gradient = objective.evaluate(image)
            return (
                losses | {"total": float("nan")} if self.count == 4 else losses
            ), gradient

    whole = Descent(cat, Failing())
    for _ in range(5):
        next(whole)
    resumed = Descent(cat, objective)
    resumed.load_state_dict(deepcopy(whole.state_dict()))
    for _ in range(4):
        assert same(next(whole), next(resumed))


def test_what_is_no_good_checkpoint_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "run.checkpoint"
    recipe = nst.Recipe(**RUN)
    steps = nst.iterate("cat", "ink", recipe, checkpoint=kept(path))
    next(steps), next(steps)
    assert read(path)["descent"]["number"] == 2
    assert read(f"{path}.previous")["descent"]["number"] == 1
    good = path.read_bytes()

    def refused(says, data=good, content="cat", resume=True, **changes):
        path.write_bytes(data)
        with pytest.raises(nst.InputError, match=says):
            again = kept(path, resume=resume)
            nst.iterate(content, "ink", recipe.replace(**changes), checkpoint=again)
        assert path.read_bytes() == data

    for cut in (0, 10, 16, 40, len(good) // 2, len(good) - 1):
        refused(
            "damaged or incomplete: go on from|is no checkpoint|another nst", good[:cut]
        )
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    refused("damaged or incomplete: go on from '.*previous'", bytes(flipped))
    refused("has the format '99'", good.replace(b"checkpoint 1\n", b"checkpoint 99\n"))
    refused("is no checkpoint of nst", b"\x80\x04pickle\n")
    refused("another recipe or other pictures", style_weight=16.0)
    refused("another recipe or other pictures", content="coffee")
    refused("holds a run already: go on with it by --resume", resume=False)
    path.unlink()  # stopped between two renames: the one before serves
    going = kept(path, resume=True)
    assert next(nst.iterate("cat", "ink", recipe, checkpoint=going)).number == 1


def test_loading_runs_no_code(tmp_path):
    """A pickle that would run something is refused by torch's weights_only."""
    import hashlib
    import io

    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "harm"), "w"))

    buffer = io.BytesIO()
    torch.save({"level": Evil()}, buffer)
    data = buffer.getvalue()
    path = tmp_path / "evil.checkpoint"
    path.write_bytes(b"nst checkpoint 1\n" + hashlib.sha256(data).digest() + data)
    with pytest.raises(nst.InputError, match="is no checkpoint of nst"):
        read(path)
    assert not (tmp_path / "harm").exists()


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


def test_a_step_that_was_broken_off_is_not_kept(tmp_path, monkeypatch):
    whole = list(nst.iterate("cat", "ink", **RUN))
    path, evaluate, left = tmp_path / "run.checkpoint", nst.Objective.evaluate, [4]

    def interrupted(objective, image):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return evaluate(objective, image)

    monkeypatch.setattr(nst.Objective, "evaluate", interrupted)
    keeping = kept(path)
    with pytest.raises(KeyboardInterrupt):
        list(nst.iterate("cat", "ink", checkpoint=keeping, **RUN))
    before = path.read_bytes()
    keeping.save()
    assert path.read_bytes() == before
    monkeypatch.undo()
    rest = list(nst.iterate("cat", "ink", checkpoint=kept(path, resume=True), **RUN))
    assert len(rest) == 10 and all(map(same, rest, whole[2:]))


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
