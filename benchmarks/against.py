"""This tree beside an earlier commit, in turn: seconds and memory, as ratios.

    python -m benchmarks.against COMMIT [--sizes 256 512 1024] [--rounds 5] [--picture]

Each tree has a process of its own that is asked by turns: for a step of a run at one
size, for a step of the Studio at 256 px, and with --picture for default pictures at
512 px. Peak memory is that of a fresh process.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
WORKER = """
import itertools, json, sys, time
import nst
steps = {}

def step(size):
    if size not in steps:
        how = {"sizes": (size,), "steps": (10**6,), "size": size}
        steps[size] = nst.iterate("astronaut", "brush_strokes", **how)
        for _ in range(3):
            next(steps[size])
    next(steps[size])

def studio(size):
    if "studio" not in steps:
        steps["studio"] = nst.Studio(size=size, sizes=(size,), steps=(9999,))
    steps["studio"].run(3)

def picture(size):
    return nst.style_transfer("cat", "brush_strokes", size=size)

def peak(size):
    for _ in itertools.islice(nst.iterate("cat", "ink", size=size), 10**6):
        pass
    lines = open("/proc/self/status").read().splitlines()
    (line,) = (x for x in lines if x.startswith("VmHWM"))
    return int(line.split()[1]) * 1024

for line in sys.stdin:
    name, size = line.split()
    began = time.perf_counter()
    found = globals()[name](int(size))
    seconds = time.perf_counter() - began
    print(json.dumps(found if name == "peak" else seconds), flush=True)
"""


class Worker:
    """A process that runs one tree's nst and answers one question at a time."""

    def __init__(self, tree):
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            cwd=tree,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, what, size):
        self.process.stdin.write(f"{what} {size}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.kill()
        self.process.wait()


def in_turn(trees, what, size, rounds, fresh=False):
    """Medians of both trees' answers and of their ratios, this tree over the other."""
    pairs, workers = [], [] if fresh else [Worker(tree) for tree in trees]
    for worker in workers:
        worker.ask(what, size)  # warm up
    for _ in range(rounds):
        both = [Worker(tree) for tree in trees] if fresh else workers
        pairs.append([worker.ask(what, size) for worker in both])
        for worker in both if fresh else ():
            worker.close()
    for worker in workers:
        worker.close()
    then, now = (statistics.median(side) for side in zip(*pairs, strict=True))
    return then, now, statistics.median(now / then for then, now in pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("commit")
    parser.add_argument("--sizes", type=int, nargs="*", default=[256, 512, 1024])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--picture", action="store_true")
    options = parser.parse_args()
    rows = [("step", size, options.rounds, False) for size in options.sizes]
    rows += [("studio", 256, options.rounds, False)]
    if options.picture:
        rows += [("picture", 512, 1, False), ("peak", 512, 1, True)]
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "then")
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run(
            [*git, "add", "-q", "--detach", tree, options.commit], check=True
        )
        try:
            for what, size, rounds, fresh in rows:
                then, now, ratio = in_turn((tree, ROOT), what, size, rounds, fresh)
                print(
                    f"{what} {size}: {then:.4g} -> {now:.4g}, {ratio:.2f}", flush=True
                )
        finally:
            subprocess.run([*git, "remove", "--force", tree], check=True)


if __name__ == "__main__":
    main()
