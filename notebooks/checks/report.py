"""Which exercises pass in each handed-in notebook.

Each hand-in is executed as a copy, in a folder and a process of its own (sit.py), with
small pictures (NST_FAST=1) on the CPU, within a time, a memory and an amount of output.
So one that loops, deletes files or prints a gigabyte costs nothing but its own row.

It keeps accidents in, not attackers: only the guard of sit.py stands between a hand-in
and the files of whoever grades. It is no security sandbox: a student who means to can
forge a verdict. Grade in a container or as a user that you can lose.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from .common import EXERCISES, modules

COURSE = Path(__file__).resolve().parents[1]
MOST_OUTPUT = 10_000_000  # bytes that a hand-in may print


def exercises() -> list[str]:
    """The names of all, "n01.receptive_field", in the order of the lessons."""
    modules()
    return sorted(EXERCISES, key=lambda name: name.split(".")[0])


def report(folder: Path, seconds: int = 300, megabytes: int = 4000) -> dict:
    """{path below ``folder``: what `grade` finds} of every notebook there."""
    found = {}
    for path in sorted(folder.rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in path.parts:
            name = path.relative_to(folder).as_posix()
            print(name, file=sys.stderr, flush=True)
            found[name] = grade(path, seconds, megabytes)
    return found


def grade(path: Path, seconds: int = 300, megabytes: int = 4000) -> dict:
    """How many exercises of one hand-in are right, what went wrong, what checks said.

    An exercise is right if any call of its check said so.
    """
    said, problem = run(path, seconds, megabytes)
    verdicts = {}
    for line in said:
        if "exercise" in line and not verdicts.get(line["exercise"], {}).get("right"):
            verdicts[line["exercise"]] = {"right": line["right"], "said": line["said"]}
    problems = [line["problem"] for line in said if "problem" in line]
    right = sum(verdict["right"] for verdict in verdicts.values())
    problems += [problem] if problem else []
    return {"right": right, "problems": problems, "exercises": verdicts}


def run(path: Path, seconds: int, megabytes: int) -> tuple[list[dict], str]:
    """The lines that sit.py wrote about a copy of ``path``, and what stopped it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch) / "hand-in"  # so that ".." holds nothing of anybody's
        folder.mkdir()
        try:
            shutil.copyfile(path, copy := folder / "handed-in.ipynb")
        except OSError as error:
            return [], f"cannot be read ({error.strerror})"
        command = [sys.executable, "-m", "checks.sit", str(copy), str(megabytes)]
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(str(folder)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # to end all that it began
        )
        said, printed = Reader(process, process.stdout), Reader(process, process.stderr)
        problem = ""
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            problem = f"stopped after {seconds} s"
        kill(process)
        for reader in (said, printed):
            reader.join(10)
    lines = list(said.lines())
    if said.full or printed.full:
        problem = f"stopped: it printed more than {MOST_OUTPUT // 10**6} MB"
    elif not problem and not any(
        {"finished", "problem"} & {*line} for line in lines[-1:]
    ):
        problem = f"ended early, with exit status {process.returncode}"
    return lines, problem


class Reader(threading.Thread):
    """Take what a process writes, and end the process when that is too much."""

    def __init__(self, process, pipe):
        super().__init__(daemon=True)
        self.process, self.pipe = process, pipe
        self.read, self.full = bytearray(), False
        self.start()

    def run(self):
        while chunk := self.pipe.read1(1 << 16):
            self.read += chunk
            if len(self.read) > MOST_OUTPUT:
                self.full = True
                return kill(self.process)

    def lines(self):
        """The lines of JSON; one that was cut off is none."""
        for line in self.read.decode("utf-8", "replace").splitlines():
            with contextlib.suppress(ValueError):
                yield json.loads(line)


def kill(process) -> None:
    """End a process, and those that it began nevertheless."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
    process.wait()


def environment(folder: str) -> dict[str, str]:
    """Small pictures on the CPU; whatever is written lands in ``folder``."""
    paths = (str(COURSE), str(COURSE.parent), os.environ.get("PYTHONPATH", ""))
    return {
        **os.environ,
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP", "NST_CACHE", "IPYTHONDIR"), folder),
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "agg",
        "NST_FAST": "1",
        "CUDA_VISIBLE_DEVICES": "",
    }


def table(found: dict) -> str:
    """A row for each hand-in, a column for each exercise of the lessons handed in."""
    lessons = {name[:3] for row in found.values() for name in row["exercises"]}
    columns, counts = {}, dict.fromkeys(lessons, 0)
    for name in exercises():
        if name[:3] in lessons:
            counts[name[:3]] += 1
            columns[name] = f"{name[1:3]}.{counts[name[:3]]}"
    width = max(map(len, ["hand-in", *found]))
    lines = [f"{'hand-in':{width}}  {'  '.join(columns.values())}  right  problems"]
    marks = {}
    for path, row in found.items():
        tried = {name[:3] for name in row["exercises"]}
        marks[path] = row["right"], sum(counts[lesson] for lesson in tried)
        said = [row["exercises"].get(name, {}).get("said", "·") for name in columns]
        signs = "  ".join(f"{words[0]:^4}" for words in said)
        problems, right = "; ".join(row["problems"]), "{}/{}".format(*marks[path])
        lines.append(f"{path:{width}}  {signs}  {right:>5}  {problems}".rstrip())
    lines += sums(marks)
    legend = "\n".join(f"{short} {name[4:]}" for name, short in columns.items())
    return (
        "\n".join(lines)
        + f"\n\n✓ right, ✗ not right, ○ not answered, · its check was not run\n{legend}"
    )


def sums(marks: dict[str, tuple[int, int]]) -> list[str]:
    """A line for each folder of several hand-ins: {path: (right, asked)} added up."""
    folders = [path.rpartition("/")[0] for path in marks]
    several = [f for f in dict.fromkeys(folders) if f and folders.count(f) > 1]
    lines = []
    for folder in several:
        own = [m for f, m in zip(folders, marks.values(), strict=True) if f == folder]
        right, asked = map(sum, zip(*own, strict=True))
        lines.append(f"{folder}: {right}/{asked} in all")
    return lines
