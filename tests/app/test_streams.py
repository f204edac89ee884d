"""What is printed may not arrive; the picture does."""

import subprocess
import sys
from pathlib import Path

import pytest
from conftest import environment

import nst
from nst.app.streams import Stream

linux = pytest.mark.skipif(sys.platform != "linux", reason="devices of Linux")
TINY = ["cat", "ink", "--size", "32", "--steps", "2"]


def run(*command, **how):
    command = [sys.executable, "-m", "nst", *command]
    how = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    return subprocess.run(command, text=True, **how)


@linux
@pytest.mark.parametrize(
    "stream, command, status",
    [
        ("stdout", TINY, 2),
        ("stderr", TINY, 0),
        ("stdout", ["batch", *TINY[:1], *TINY[2:], "--style", "ink"], 2),
        ("stdout", ["--help"], 0),
    ],
)
def test_a_full_disk_behind_an_output_costs_no_picture(
    stream, command, status, tmp_path
):
    with open("/dev/full", "w") as full:
        done = run(*command, cwd=tmp_path, **{stream: full})
    assert done.returncode == status, done.stderr
    if stream == "stdout":
        assert "Traceback" not in done.stderr and "ignored" not in done.stderr
    if status:
        *_, told = done.stderr.splitlines()
        assert told.startswith("nst: the output is not complete (No space left")
    if "--help" not in command:
        (made,) = tmp_path.rglob("cat-ink.png")
        assert nst.read_record(made)["step"] is None


@linux
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_that_leaves_costs_no_picture(stream, tmp_path):
    started = subprocess.Popen(
        [sys.executable, "-m", "nst", *TINY],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    getattr(started, stream).close()
    other = "stderr" if stream == "stdout" else "stdout"
    said = getattr(started, other).read()
    getattr(started, other).close()
    assert started.wait(120) == 0 and "Traceback" not in said
    assert nst.read_record(tmp_path / "cat-ink.png")["step"] is None


@linux
def test_an_output_that_is_closed_costs_no_picture(tmp_path):
    command = f"{sys.executable} -m nst {' '.join(TINY)} >&- 2>&-"
    assert subprocess.run(command, shell=True, cwd=tmp_path).returncode == 0
    assert (tmp_path / "cat-ink.png").exists()


@pytest.mark.parametrize(
    "settings, shown",
    [
        ({"PYTHONIOENCODING": "ascii"}, "\\xfc.png"),
        ({"PYTHONIOENCODING": "utf-8"}, "ü.png"),
        ({"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, ".png"),
    ],
)
def test_a_name_that_cannot_be_printed_costs_no_picture(settings, shown, tmp_path):
    done = run(
        *TINY,
        "-o",
        "ü.png",
        cwd=tmp_path,
        env=environment(**settings),
        encoding="utf-8",
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert done.stdout.startswith("the result is in ") and shown in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["ü.png"]


def test_a_stream_that_is_well_is_as_it_was(tmp_path):
    with Path(tmp_path, "a.txt").open("w", encoding="utf-8") as file:
        stream = Stream(file)
        print("one", "zwö", file=stream, flush=True)
        assert stream.encoding == "utf-8" and stream.fault is None
    assert Path(tmp_path, "a.txt").read_text("utf-8") == "one zwö\n"
