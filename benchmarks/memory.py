"""Peak memory of one process that paints, with the optimiser's history full.

    python -m benchmarks.memory [HEIGHT WIDTH TILE]

L-BFGS fills its history on the smoothness term alone, which is cheap, and then takes
real steps. A tile of 0 is none. Linux only: the peak is the kernel's own count.
"""

import subprocess
import sys
from pathlib import Path

import torch

import nst
from nst.control.memory import counted
from nst.lbfgs import default_history
from nst.losses import total_variation
from nst.optimize import optimize
from nst.vgg import load_network

CASES = ((768, 1024, 0), (1152, 1536, 512), (3072, 4096, 512))


class Cheap:
    """The smoothness term for the first ``count`` evaluations, then ``objective``."""

    def __init__(self, objective, count):
        self.objective, self.count = objective, count

    def evaluate(self, image):
        self.count -= 1
        if self.count < 0:
            return self.objective.evaluate(image)
        image = image.detach().requires_grad_()
        loss = total_variation(image)
        (gradient,) = torch.autograd.grad(loss, image)
        return {"total": loss.item()}, gradient


def fill(height, width, tile, real=2, vgg=None):
    """Fill the history and take ``real`` steps, where the network ``vgg`` is."""
    vgg = vgg or load_network(nst.Recipe(), "cpu")
    device = vgg.compute.device
    content = nst.resize(nst.sample("coffee"), (height, width))
    style = nst.sample("waves", max(height, width))
    recipe = nst.Recipe(size=max(height, width), tile=tile or None)
    objective = nst.Objective(vgg, content.to(device), style.to(device), recipe)
    cheap = default_history(height * width) + 2
    start = nst.resize(nst.match_colors(content, style), (height, width)).to(device)
    del content
    for _ in optimize(start, Cheap(objective, cheap), cheap + real - 1):
        pass


def paint(height, width, tile, real=2):
    """`fill` on the CPU; return the process's peak in bytes."""
    fill(height, width, tile, real)
    return counted("/proc/self/status")["VmHWM"]


def peak(height, width, tile, real=2):
    """`paint` in a process of its own."""
    numbers = ", ".join(map(str, (height, width, tile, real)))
    code = f"from benchmarks.memory import paint; print(paint({numbers}))"
    root = Path(__file__).parent.parent
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return int(done.stdout)


def main(argv):
    cases = [tuple(map(int, argv))] if argv else CASES
    print("| picture | tile | peak of the process (GB) |\n|---|---|---|")
    for height, width, tile in cases:
        size = peak(height, width, tile) / 1e9
        print(f"| {width}×{height} | {tile or 'none'} | {size:.2f} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
