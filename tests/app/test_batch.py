import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

import nst
from nst.app.cli import main

TINY = nst.Recipe(sizes=(32,), steps=3)
PHOTOS = ("cat", "astronaut", "coffee", "rocket", "hubble", "ink", "waves")


@pytest.fixture
def jobs(tmp_path):
    """Seven good ones, and in their middle one whose content is no picture."""
    (tmp_path / "corrupt.jpg").write_bytes(b"\xff\xd8\xff not a picture")
    contents = [*PHOTOS[:3], str(tmp_path / "corrupt.jpg"), *PHOTOS[3:]]
    return [
        nst.Job(content, "brush_strokes", str(tmp_path / f"{number}.png"), TINY)
        for number, content in enumerate(contents)
    ]


@contextmanager
def dask():
    from distributed import Client, LocalCluster

    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        yield client.get_executor(pure=False)


def statuses(jobs, executor=None):
    results = list(nst.style_many(jobs, executor))
    assert [result.job.output for result in results] == [job.output for job in jobs]
    return [result.status for result in results], [r.message for r in results]


@pytest.mark.parametrize("executor", [lambda: nst.pool(2), dask])
def test_one_corrupt_file_of_eight_stops_nobody(jobs, executor):
    with executor() as running:
        seen, messages = statuses(jobs, running)
        assert seen == ["made"] * 3 + ["failed"] + ["made"] * 4
        assert "cannot read" in messages[3] and "corrupt.jpg" in messages[3]
        assert not any(messages[:3] + messages[4:])
        times = [os.stat(jobs[i].output).st_mtime_ns for i in (0, 7)]
        again, _ = statuses(jobs, running)
        assert again == ["kept"] * 3 + ["failed"] + ["kept"] * 4
        assert times == [os.stat(jobs[i].output).st_mtime_ns for i in (0, 7)]


def test_a_killed_worker_of_a_cluster_is_survived(jobs):
    with dask() as executor:
        client = executor._client
        slow = [
            nst.Job(job.content, job.style, job.output, TINY.replace(steps=40))
            for job in jobs
        ]
        results = nst.style_many(slow, executor)
        assert next(results).status == "made"
        os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
        seen = [result.status for result in results]
    assert seen == ["made"] * 2 + ["failed"] + ["made"] * 4


def test_here_it_paints_as_you_iterate_what_style_transfer_paints(jobs):
    results = nst.style_many(jobs[:2])
    assert not os.path.exists(jobs[0].output)
    assert next(results).status == "made" and not os.path.exists(jobs[1].output)
    image = nst.style_transfer("cat", "brush_strokes", TINY)
    nst.save_image(image, jobs[1].output, nst.record(TINY, "cat", "brush_strokes"))
    with open(jobs[0].output, "rb") as one, open(jobs[1].output, "rb") as other:
        assert one.read() == other.read()


def test_what_was_made_otherwise_is_made_anew(jobs):
    first = nst.Job(*vars(jobs[0]).values())
    other = nst.Job("cat", "brush_strokes", first.output, TINY.replace(steps=2))
    assert statuses([first])[0] == ["made"]
    assert statuses([other])[0] == ["made"]
    assert statuses([other])[0] == ["kept"]
    with open(first.output, "wb") as file:
        file.write(b"another's")
    seen, (why,) = statuses([other])
    assert seen == ["failed"] and "0.png' is there and nst did not make it" in why
    with open(first.output, "rb") as file:
        assert file.read() == b"another's"


def test_a_numbered_job_leaves_what_was_made_otherwise(jobs, tmp_path):
    def outcome(**changes):
        job = nst.Job("cat", "ink", tmp_path / "a.png", TINY.replace(**changes))
        (result,) = nst.style_many([replace(job, numbered=True)])
        return result.status, os.path.basename(result.job.output)

    assert outcome(steps=1) == ("made", "a.png")
    before = (tmp_path / "a.png").read_bytes()
    assert outcome(steps=2) == ("made", "a-2.png")
    assert outcome(steps=2) == ("kept", "a-2.png")
    (tmp_path / "a-3.png").write_bytes(b"another's")
    assert outcome(steps=1, seed=1) == ("made", "a-4.png")
    assert outcome(steps=1) == ("kept", "a.png")
    assert (tmp_path / "a.png").read_bytes() == before
    assert (tmp_path / "a-3.png").read_bytes() == b"another's"


def test_outputs_that_collide_are_refused_before_anything_is_painted(jobs):
    with pytest.raises(nst.InputError, match="two jobs write .*0.png"):
        nst.style_many([*jobs, jobs[0]])


@pytest.mark.parametrize("there_is_one", [False, True])
@pytest.mark.parametrize("other", ["./a.png", "b/../a.png", "link/a.png", "{}/a.png"])
def test_jobs_that_write_one_file_under_two_names_collide(
    tmp_path, monkeypatch, other, there_is_one
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    if there_is_one:
        (tmp_path / "a.png").write_bytes(b"an earlier result")
    names = ("a.png", other.format(tmp_path))
    with pytest.raises(nst.InputError, match="two jobs write .*a.png': give each a"):
        nst.style_many([nst.Job("cat", "ink", name, TINY) for name in names])
    beside = [nst.Job("cat", "ink", name, TINY) for name in ("a.png", "b/a.png")]
    assert next(nst.style_many(beside[1:] + beside[:1])).status == "made"


def test_a_worker_that_died_costs_its_picture_one_sentence(jobs):
    executor = ThreadPoolExecutor(1)
    executor.submit = lambda paint, job: ThreadPoolExecutor.submit(executor, _die)
    seen, messages = statuses(jobs[:1], executor)
    assert seen == ["failed"] and "(worker lost): call again" in messages[0]


def _die():
    raise RuntimeError("worker lost\nand a traceback")


def test_the_command_paints_every_content_in_every_style(tmp_path, capsys):
    command = ["batch", "cat", "nowhere.jpg", "coffee", "--style", "ink", "waves"]
    options = ["-o", str(tmp_path / "out"), "--size", "32", "--steps", "2"]
    assert main([*command, *options]) == 2
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    pairs = [f"{c}-{s}.png" for c in ("cat", "coffee") for s in ("ink", "waves")]
    assert names == sorted(pairs)
    said = capsys.readouterr()
    assert said.err.count("no such picture 'nowhere.jpg'") == 2
    command.remove("nowhere.jpg")
    assert main([*command, *options, "--workers", "2"]) == 0
    assert capsys.readouterr().out.count("kept: ") == 4
    assert main(["batch", "cat", "--workers", "0"]) == 2
    assert "--workers is 0: give a whole number from 1 up" in capsys.readouterr().err
