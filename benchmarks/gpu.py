"""What a GPU makes of a run: seconds, share of its peak, memory, same bytes or not.

    python -m benchmarks gpu [DEVICE [FOLDER]]

Writes gpu-CARD.json and gpu-CARD.md beside this file, in under eight minutes. The peak
is the speed of a large matrix product in the same precision (in TF32 where convolutions
take that); its share counts the arithmetic of direct convolutions. What fails, or does
not fit into the memory, is a "–"; why, and what there was no time for, stands below.
"""

import datetime
import hashlib
import json
import re
import subprocess
import sys
import time
from functools import partial
from itertools import product
from pathlib import Path

import torch

import nst
from nst.control.memory import estimate
from nst.control.shortage import release
from nst.device import Compute, choose, choose_again
from nst.errors import InputError, first_line
from nst.inputs import Inputs
from nst.studio.engine.session import Session
from nst.vgg import load_network

from . import card, memory, start, step
from .card import FORMATS, PRECISIONS, SWITCHES, Trial, described, switched
from .table import line, markdown

HERE = Path(__file__).parent
SIZES = (256, 512, 1024, 2048)
SECONDS = 420  # the last measurement may take another minute
SIDE, ROUNDS = 8192, 5  # of the matrix product; of each measurement
NONE = (
    "there is no GPU here: in Colab choose Runtime > Change runtime type > T4 GPU, "
    "then run this again"
)


class Clock:
    """Takes measurements while there is time; ``missing`` says what is not there."""

    def __init__(self, seconds):
        self.end, self.took, self.missing = time.monotonic() + seconds, {}, []

    def measure(self, what, size, work, *args):
        """Return ``work(*args)``, or None if it fails or would take too long.

        ``what`` is its name, with {} for the size in pixels: at another size the same
        is expected to take time in proportion to the pixels.
        """
        name, began = what.format(size), time.monotonic()
        if began + self.took.get(what, 0) * size**2 > self.end:
            self.missing.append(f"{name}: there was no time")
            return None
        try:
            return work(*args)
        except Exception as error:  # the rest is measured nevertheless
            self.missing.append(f"{name}: {first_line(error)[:200]}")
            release(error)
            return None
        finally:
            self.took[what] = (time.monotonic() - began) / size**2


def rows(device, clock, sizes, side, rounds):
    """Yield (what, value, unit, promise): small sizes first, for time may end."""
    small, *_ = sizes
    what = "precision that is chosen"
    yield what, clock.measure(what, small, chosen, device), "", ""
    yield from beginning(device, clock, small, rounds)
    for size in sizes[:2]:
        yield from evaluations(device, clock, size, side, rounds)
    yield from studio(device, clock, small, rounds)
    yield from sameness(device, clock, small, rounds)
    if device.type == "cuda":
        yield from switches(device, clock, sizes[:2][-1], side, rounds)
    for size in sizes[2:]:
        yield from evaluations(device, clock, size, side, rounds)
    for size in sizes:
        yield from peaks(device, clock, size)


def chosen(device):
    return choose(device).precision


def beginning(device, clock, size, rounds):
    code = f"import nst; next(nst.iterate('cat', 'brush_strokes', device='{device}'))"
    codes = {"import torch": start.CODES["import torch"], "first picture": ["-c", code]}
    what = "process to first picture"
    found = clock.measure(what, size, start.start, codes, min(3, rounds)) or {}
    yield what, found.get("first picture"), "s", ""
    yield "… of which import torch", found.get("import torch"), "s", ""


def evaluations(device, clock, size, side, rounds):
    for precision, (name, layout) in product(PRECISIONS, FORMATS.items()):
        trial = Trial(device, precision=precision, layout=layout)
        what = f"an evaluation at {{}} px, {described(trial)}, {name}"
        found = clock.measure(what, size, cost, trial, size, side, rounds)
        yield what.format(size), found and found["ms"], "ms", ""
        yield "… of the peak", found and found["share"], "%", ""
        if layout == Compute(device, precision=precision).memory_format:
            yield "… L-BFGS adds", found and found["L-BFGS"], "%", "< 8"


def cost(compute, size, side, rounds):
    """Milliseconds an evaluation, percent of the peak, percent that L-BFGS adds."""
    found = step.step_cost(size, rounds, side, load_network(nst.Recipe(), compute))
    share, added = 100 / found["ratio"], 100 * found["L-BFGS adds"]
    return {"ms": 1000 * found["evaluation s"], "share": share, "L-BFGS": added}


def switches(device, clock, size, side, rounds):
    for precision, (name, flags) in product(PRECISIONS, SWITCHES.items()):
        compute = Compute(device, precision=precision)
        what = f"an evaluation at {{}} px, {described(compute)}, {name}"
        with switched(**flags):
            found = clock.measure(what, size, cost, compute, size, side, rounds)
        yield what.format(size), found and found["ms"], "ms", ""


def studio(device, clock, size, rounds):
    what = "a Studio step at {} px, without the browser"
    found = clock.measure(what, size, studio_step, device, size, 2 * rounds)
    yield what.format(size), found, "ms", ""


def studio_step(device, size, steps):
    recipe = nst.Recipe(size=size, sizes=(size,), steps=(1000,))
    session = Session(Inputs.of("cat", "brush_strokes"), recipe, device)
    session.run(5)  # warm up
    return 1000 / steps * step.timed(lambda: session.run(5 + steps))


def sameness(device, clock, size, rounds):
    for precision in PRECISIONS:
        compute = choose(device, precision)
        what = f"the same bytes at {{}} px, {described(compute)}"
        ways = {"twice in a process": twice, "in two processes": in_two_processes}
        if device.type == "cuda":
            ways["twice, cuDNN deterministic"] = partial(twice, deterministic=True)
        for way, compare in ways.items():
            given = compute.described(), str(device), size, 4 * rounds
            same = clock.measure(f"{what}, {way}", size, compare, *given)
            said = {True: "yes", False: "no", None: None}[same]
            yield f"{what}, {way}".format(size), said, "", "yes"


def twice(*given, **flags):
    with switched(**flags):
        return picture(*given) == picture(*given)


def in_two_processes(*given):
    code = f"from benchmarks.gpu import picture; print(picture{given!r})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=HERE.parent, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.splitlines()[-1])
    return done.stdout.split()[-1] == picture(*given)


def picture(made, device, size, steps):
    """Return the sha256 of a picture's bytes, computed as `remake` would."""
    how = {"size": size, "steps": steps, "device": choose_again(made, device)}
    image = nst.style_transfer("cat", "brush_strokes", **how)
    return hashlib.sha256(image.numpy().tobytes()).hexdigest()


def peaks(device, clock, size):
    for precision in PRECISIONS:
        compute = Compute(device, precision=precision)
        what = f"peak memory at {{}} px, {described(compute)}, history full"
        found = clock.measure(what, size, peak, compute, size) or {}
        yield what.format(size), found.get("peak"), "GB", ""
        yield "… / the estimate", found.get("ratio"), "", "≤ 1"


def peak(compute, size):
    """The gigabytes that torch reserves beyond the network, and / the estimate."""
    if compute.device.type != "cuda":
        raise InputError(f"torch does not count the peak of {compute.device.type}")
    recipe, shape = nst.Recipe(size=size), (1, 3, size * 3 // 4, size)
    vgg = load_network(recipe, compute)
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(compute.device)
    before = torch.cuda.memory_reserved(compute.device)
    memory.fill(*shape[2:], tile=0, vgg=vgg)
    most = torch.cuda.max_memory_reserved(compute.device) - before
    told = estimate(recipe, shape, nst.sample("waves", size).shape)
    return {"peak": most / 1e9, "ratio": most / told}


def report(device, found, clock):
    return {
        "date": datetime.date.today().isoformat(),
        **card.machine(device),
        "rows": found,
        "missing": clock.missing,
    }


def write(report, folder):
    """Write the report as JSON and as Markdown; return the path of the latter."""
    name = re.sub(r"[^a-z0-9]+", "-", report["card"].lower()).strip("-")
    path = Path(folder, f"gpu-{name}.md")
    missing = [f"- {sentence}" for sentence in report["missing"]]
    notes = ["", "Not measured:", "", *missing] if missing else []
    text = "\n".join([markdown(report), *notes])
    path.write_text(text + "\n", encoding="utf-8")
    text = json.dumps(report, indent=1, ensure_ascii=False)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    return path


def main(
    device=None, folder=HERE, sizes=SIZES, seconds=SECONDS, side=SIDE, rounds=ROUNDS
):
    """Measure ``device``, by default the GPU; return the exit status."""
    try:
        where = nst.choose_device(device)
    except InputError as error:
        print(f"{error}", file=sys.stderr)
        return 2
    if device is None and where.type == "cpu":
        print(NONE, file=sys.stderr)
        return 2
    clock, found = Clock(seconds), []
    try:
        for row in rows(where, clock, sizes, side, rounds):
            found.append(row)
            print(line(row), flush=True)
    except KeyboardInterrupt:
        clock.missing.append("the rest: it was stopped")
    path = write(report(where, found, clock), folder)
    print("\n".join([*clock.missing, f"the table is in {path}"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
