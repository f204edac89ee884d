"""The ideas of style: what a step costs, how steady a run is, what a weight is worth.

    python -m benchmarks.ideas [cost steady worth]

``worth`` is how the constants in nst/ideas were found: eight pairs are painted at 128
px with Gram matrices and the default weight, and with each idea at several weights. Its
constant is the factor of the weight at which the content error at the end is, on the
geometric mean over the pairs, that of the Gram matrices.
"""

import statistics
import sys
import time
from typing import get_args

import numpy as np

import nst
from nst.ideas import idea_of
from nst.optimize import SPIKE
from nst.recipe import Idea
from nst.vgg import load_network

IDEAS = get_args(Idea)
PAIRS = (
    ("cat", "brush_strokes"),
    ("astronaut", "stained_glass"),
    ("coffee", "waves"),
    ("rocket", "pointillism"),
    ("cat", "ink"),
    ("astronaut", "waves"),
    ("coffee", "stained_glass"),
    ("rocket", "brush_strokes"),
)
STEPS = 50
FACTORS = (1 / 3, 1, 3)  # of the weight, tried to see what it is worth


def cost(sizes=(256, 512), rounds=7):
    """An evaluation's seconds over one with Gram matrices, medians of paired runs."""
    for size in sizes:
        content, style = (nst.sample(name, size) for name in PAIRS[0])
        recipe = nst.Recipe(size=size)
        vgg = load_network(recipe, "cpu")
        objectives = {
            idea: nst.Objective(vgg, content, style, recipe.replace(style_loss=idea))
            for idea in IDEAS
        }
        seconds = {idea: [] for idea in IDEAS}
        for number in range(rounds + 1):
            for idea, objective in objectives.items():
                began = time.perf_counter()
                objective.evaluate(content)
                if number:  # the first warms up
                    seconds[idea].append(time.perf_counter() - began)
        for idea in IDEAS:
            pairs = zip(seconds[idea], seconds["gram"], strict=True)
            ratio = statistics.median(ours / gram for ours, gram in pairs)
            print(f"{size} px, {idea}: {ratio:.2f} of Gram's", flush=True)


def painted(pair, idea, weight):
    """The steps of a run at 128 px."""
    how = {"sizes": (128,), "steps": STEPS, "style_weight": weight}
    return list(nst.iterate(*pair, style_loss=idea, **how))


def steady():
    """In how many steps a total was above twice the lowest so far."""
    for idea in IDEAS:
        spikes = 0
        for pair in PAIRS:
            lowest = np.inf
            for step in painted(pair, idea, nst.Recipe().style_weight):
                spikes += step.losses["total"] > SPIKE * lowest
                lowest = min(lowest, step.losses["total"])
        print(f"{idea}: {spikes} spikes in {len(PAIRS) * STEPS} steps", flush=True)


def worth():
    """The factors that a weight needs to keep as much of the content as with Gram."""

    def content_error(idea, weight):
        ends = (painted(pair, idea, weight)[-1].losses for pair in PAIRS)
        return np.mean([np.log(end["content"]) for end in ends])

    usual = nst.Recipe().style_weight
    wanted = content_error("gram", usual)
    for idea in IDEAS[1:]:
        found = [content_error(idea, usual * factor) for factor in FACTORS]
        factor = np.exp(np.interp(wanted, found, np.log(FACTORS)))
        now = idea_of(idea, "relu3_1").worth
        print(f"{idea}: {now:.3g} times {factor:.3g} is {now * factor:.3g}", flush=True)


def main(argv):
    for what in argv or ("cost", "steady", "worth"):
        {"cost": cost, "steady": steady, "worth": worth}[what]()


if __name__ == "__main__":
    main(sys.argv[1:])
