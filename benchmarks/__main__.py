"""The tables of benchmarks/README.md, measured again.

    python -m benchmarks bench [CONTENT STYLE]    half an hour on two idle cores
    python -m benchmarks soak                     an hour and a half
    python -m benchmarks gpu [DEVICE]             eight minutes on a GPU, see gpu.py

With ``bench`` two pictures of yours are compared with pastiche too.

``bench`` and ``soak`` write benchmarks/bench.json or soak.json: numbers, machine and
versions; and the same as a table into benchmarks/README.md.
"""

import datetime
import json
import os
import platform
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from . import gpu, memory, peer, soak, start, step
from .table import line, markdown

ROOT = Path(__file__).parent.parent
KILLS = 25
PROMISED = "steps=30"


def bench(*pictures):
    """Yield (what, value, unit, promise)."""
    costs = [step.step_cost(size) for size in (128, 256, 512, 1024)]
    for cost in costs:
        what = f"an evaluation at {cost['size']} px / the floor of direct convolutions"
        yield what, cost["ratio"], "", "≤ 1.25"
    for cost in costs:
        what = f"an evaluation at {cost['size']} px / the floor of Winograd's"
        yield what, cost["evaluation s"] / cost["Winograd's floor s"], "", ""
    for cost in costs:
        yield f"an evaluation at {cost['size']} px", cost["evaluation s"], "s", ""
    pixels = [cost["size"] ** 2 for cost in costs]
    seconds = [cost["evaluation s"] for cost in costs]
    slope = np.polyfit(np.log(pixels), np.log(seconds), 1)[0]
    yield "… grows with pixels to the power of", slope, "", "0.95–1.1"
    added = 100 * max(cost["L-BFGS adds"] for cost in costs)
    yield "L-BFGS adds at most", added, "%", "< 8"
    yield "1024 px in tiles of 512 / untiled", step.tile_cost(), "", "≤ 2.3"
    first = start.start()
    beyond = first["first picture"] - first["import torch"]
    for what, most in (("import nst", "0.15"), ("nst --help", "0.2")):
        yield what, first[what], "s", f"≤ {most}"
        yield "… / python -c pass", first[what] / first["nothing"], "", ""
    yield "process to first picture, beyond import torch", beyond, "s", "≤ 6"
    for h, w, limit in ((192, 256, ""), (384, 512, ""), (768, 1024, "< 2.7")):
        yield peak(h, w, "", limit)
    for pair in [("cat", "brush_strokes"), *([pictures] if pictures else [])]:
        yield from against_pastiche(*pair)
    yield from obedience()


def peak(height, width, how, limit, tile=0):
    what = f"peak memory, {width}×{height}{how}, history full"
    return what, memory.peak(height, width, tile) / 1e9, "GB", limit


def against_pastiche(content, style):
    found = peer.compare(content, style)
    seconds = found.pop("pastiche")["seconds"]
    what = f"{Path(content).stem} in {Path(style).stem}: pastiche's command"
    yield f"{what}, 100 evaluations at 256 px", seconds, "s", ""
    for recipe, reached in found.items():
        for aspect, share in (("errors", 1 / 5), ("judged", 1 / 2)):
            what = {"errors": "its errors reached", "judged": "judged no worse"}[aspect]
            promise = f"≤ {seconds * share:.1f}" if recipe == PROMISED else ""
            number, passed = reached.get(aspect, (None, None))
            after = f"after step {number}" if number else "not in its time"
            yield f"… {what}, {recipe}, {after}", passed, "s", promise


def obedience():
    from . import studio  # it needs a browser

    for stack, found in studio.everywhere().items():
        for name, label in studio.ROWS:
            promise = {"first picture": "≤ 3", "label": "≤ 1 and a step"}.get(name, "")
            yield f"Studio, {stack}: {label}", found[name], "s", promise


def endurance():
    """Yield (what, value, unit, promise)."""
    early, late, steps, moves, faults = soak.soak(minutes=30)
    yield f"Studio, 30 minutes, {moves} moves, {steps} steps: faults", faults, "", "0"
    yield "… memory has grown by", 100 * (late / early - 1), "%", "≤ 10"
    kills = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/keep", "-k", "kill_9"],
        env={**os.environ, "NST_KILLS": str(KILLS)},
        cwd=ROOT,
        stdout=sys.stderr,
    )
    survived = "all" if kills.returncode == 0 else "not all"
    yield f"kill -9, {KILLS} times: resumed to the same bytes", survived, "", "all"
    limits = ("< 2.7", "", "< 8")
    for (h, w, tile), limit in zip(memory.CASES, limits, strict=True):
        yield peak(h, w, f", tiles of {tile}" if tile else ", no tiles", limit, tile)


def machine():
    """In words: processor, system, versions."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next(x.split(": ")[1] for x in lines if x.startswith("model name"))
    names = ("torch", "torchvision", "pastiche", "ipywidgets", "jupyterlab")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    count = torch.get_num_threads()
    threads = f"{count} thread{'s' if count > 1 else ''}"
    return (
        f"{threads} on {os.cpu_count()} cores of {model}, "
        f"{platform.system()}, "
        f"Python {platform.python_version()}, {versions}"
    )


def main(argv):
    name, *given = argv
    if name == "gpu":
        return gpu.main(*given)
    rows = []
    for row in {"bench": bench, "soak": endurance}[name](*given):
        rows.append(row)
        print(line(row), flush=True)
    report = {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "rows": rows,
    }
    text = json.dumps(report, indent=1, ensure_ascii=False)
    (ROOT / "benchmarks" / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    show(name, report)


def show(name, report):
    """The table of ``bench`` or ``soak`` into its place in benchmarks/README.md."""
    readme, mark = ROOT / "benchmarks" / "README.md", f"<!-- {name} -->"
    text = re.sub(
        f"{mark}\n.*?{mark}",
        lambda _: f"{mark}\n{markdown(report)}\n{mark}",
        readme.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
