"""What one evaluation costs, against the floor of its arithmetic.

    python -m benchmarks.step [--sizes 256 512] [--rounds 7]

The floor is the arithmetic of the convolutions, forward and towards the image, as so
many large float32 matrix products, measured in turn with the evaluations. It is that of
direct convolutions, nine products for a number and a channel, or of Winograd's, which
take 64 for a block of 6x6. Also: what L-BFGS adds with its history full, and how long
the bundled weights take to load.
"""

import argparse
import statistics
import time
from contextlib import contextmanager

import torch

import nst
from nst.convolution import LEAST_CHANNELS, LEAST_SIDE
from nst.layers import LAYERS
from nst.lbfgs import default_history
from nst.optimize import optimize
from nst.vgg import load_network


def convolution_flops(vgg, layers, height, width, winograd=False):
    """Multiplications and additions of a forward pass and an input gradient."""
    flops = 0
    for name in LAYERS[: 1 + max(map(LAYERS.index, layers))]:
        if name.startswith("conv"):
            weight = vgg.layers[name].weight
            large = (
                weight.shape[1] >= LEAST_CHANNELS and min(height, width) >= LEAST_SIDE
            )
            share = 64 / 36 / 9 if winograd and large else 1
            flops += 2 * weight.numel() * height * width * share
        elif name.startswith("pool"):
            height, width = height // 2, width // 2
    return 2 * flops


def timed(work):
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def as_in_convolutions(device):
    """On a GPU let matrix products take TF32 where torch lets convolutions take it."""
    flags = torch.backends.cuda.matmul
    before = flags.allow_tf32
    if device.type == "cuda":
        flags.allow_tf32 = torch.backends.cudnn.allow_tf32
    try:
        yield
    finally:
        flags.allow_tf32 = before


class Stopwatch:
    """An objective that counts the seconds spent in evaluations."""

    def __init__(self, objective):
        self.objective, self.seconds = objective, 0.0

    def evaluate(self, image):
        started = time.perf_counter()
        result = self.objective.evaluate(image)
        self.seconds += time.perf_counter() - started
        return result


def step_cost(size, rounds=7, side=2048, vgg=None):
    """Medians: seconds an evaluation and its floor, their ratio, L-BFGS's share.

    Both are computed where the network ``vgg`` is, by default the one that a default
    run would take here, and as precisely.
    """
    vgg = vgg or load_network(nst.Recipe(), "cpu")
    device, dtype = vgg.compute.device, vgg.compute.dtype
    recipe, history = nst.Recipe(), default_history(size * size)
    content = nst.resize(nst.sample("astronaut"), (size, size)).to(device)
    style = nst.sample("brush_strokes", size).to(device)
    objective = nst.Objective(vgg, content, style, recipe)
    layers = (*recipe.content_layers, *recipe.style_layers)
    extent = objective.vgg, layers, size, size
    flops, fewer = (convolution_flops(*extent, winograd=w) for w in (False, True))
    a, b, product = torch.rand(3, side, side, device=device).to(dtype)
    products = max(1, round(flops / (2 * side**3)))
    share = flops / (2 * side**3 * products)

    def multiply():
        with as_in_convolutions(device):
            for _ in range(products):
                torch.mm(a, b, out=product)
            product[0, 0].item()  # here a GPU's work is waited for

    objective.evaluate(content), multiply()  # warm up
    seconds, floors = [], []
    for _ in range(rounds):
        floors.append(share * timed(multiply))
        objective.evaluate(content)  # in a run, too, an evaluation follows another
        seconds.append(timed(lambda: objective.evaluate(content)))
    watch = Stopwatch(objective)
    steps = optimize(content, watch, history + rounds + 3)
    for step in steps:
        if step.number == history:  # the history is full: measure from here
            watch.seconds, started = 0.0, time.perf_counter()
    overhead = (time.perf_counter() - started - watch.seconds) / watch.seconds
    if objective.vgg is not vgg:
        raise RuntimeError("too large a number for half precision")
    return {
        "size": size,
        "evaluation s": statistics.median(seconds),
        "floor s": statistics.median(floors),
        "ratio": statistics.median(s / f for s, f in zip(seconds, floors, strict=True)),
        "Winograd's floor s": statistics.median(floors) * fewer / flops,
        "L-BFGS adds": overhead,
    }


def tile_cost(size=1024, tile=512, rounds=2):
    """How many times an untiled evaluation one in tiles takes, measured in turn."""
    content = nst.resize(nst.sample("cat"), size)
    style = nst.sample("brush_strokes", size)
    vgg = load_network(nst.Recipe(), "cpu")
    whole, tiled = (
        nst.Objective(vgg, content, style, nst.Recipe(tile=t)) for t in (None, tile)
    )
    whole.evaluate(content)  # warm up
    ratios = []
    for _ in range(rounds):
        seconds = [timed(lambda o=o: o.evaluate(content)) for o in (tiled, whole)]
        ratios.append(seconds[0] / seconds[1])
    return statistics.median(ratios)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[512])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--tiles", action="store_true", help="the cost of tiles, too")
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
    if options.tiles:
        print(f"1024 px in tiles of 512: {tile_cost():.2f} x untiled")


if __name__ == "__main__":
    main()
