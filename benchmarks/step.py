"""What one evaluation costs, against the floor of its arithmetic.

    python -m benchmarks.step [--sizes 256 512] [--rounds 5]

The floor is the arithmetic of the convolutions, forward and towards the image, at the
speed of a large float32 matrix product, measured in turn with the evaluations. Also:
what L-BFGS adds with its history full, and how long the bundled weights take to load.
"""

import argparse
import statistics
import time

import torch

import nst
from nst.layers import LAYERS
from nst.lbfgs import default_history
from nst.optimize import optimize


def convolution_flops(vgg, layers, height, width):
    """Multiplications and additions of a forward pass and an input gradient."""
    flops = 0
    for name in LAYERS[: 1 + max(map(LAYERS.index, layers))]:
        if name.startswith("conv"):
            flops += 2 * vgg.layers[name].weight.numel() * height * width
        elif name.startswith("pool"):
            height, width = height // 2, width // 2
    return 2 * flops


def timed(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


class Stopwatch:
    """An objective that counts the seconds spent in evaluations."""

    def __init__(self, objective):
        self.objective, self.seconds = objective, 0.0

    def evaluate(self, image):
        started = time.perf_counter()
        result = self.objective.evaluate(image)
        self.seconds += time.perf_counter() - started
        return result


def step_cost(size, rounds=5, side=2048):
    """Medians: seconds an evaluation and its floor, their ratio, L-BFGS's share."""
    recipe, history = nst.Recipe(), default_history(size * size)
    content = nst.sample("astronaut")
    content = nst.resize(content, (size, size))
    style = nst.sample("brush_strokes", size)
    objective = nst.Objective(nst.load_vgg19(), content, style, recipe)
    layers = (*recipe.content_layers, *recipe.style_layers)
    flops = convolution_flops(objective.vgg, layers, size, size)
    a, b = torch.rand(side, side), torch.rand(side, side)
    objective.evaluate(content), a @ b  # warm up
    seconds, floors = [], []
    for _ in range(rounds):
        rate = 2 * side**3 / min(timed(lambda: a @ b) for _ in range(3))
        floors.append(flops / rate)
        seconds.append(timed(lambda: objective.evaluate(content)))
    watch = Stopwatch(objective)
    steps = optimize(content, watch, history + 2 * rounds)
    for step in steps:
        if step.number == history:  # the history is full: measure from here
            watch.seconds, started = 0.0, time.perf_counter()
    overhead = (time.perf_counter() - started - watch.seconds) / watch.seconds
    return {
        "size": size,
        "evaluation s": statistics.median(seconds),
        "floor s": statistics.median(floors),
        "ratio": statistics.median(s / f for s, f in zip(seconds, floors, strict=True)),
        "L-BFGS adds": overhead,
    }


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[512])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(argv)
    nst.load_vgg19()  # the file is in the page cache from here
    load = statistics.median(timed(nst.load_vgg19) for _ in range(5))
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}")
    print(f"decoding the weights and building the net: {load:.2f} s")
    for size in options.sizes:
        cost = step_cost(size, options.rounds)
        print(
            f"{size}x{size}: {cost['evaluation s']:.3f} s an evaluation, "
            f"{cost['ratio']:.2f} x its floor of {cost['floor s']:.3f} s, "
            f"L-BFGS adds {100 * cost['L-BFGS adds']:.1f} %"
        )


if __name__ == "__main__":
    main()
