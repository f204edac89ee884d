"""The Studio under random hands: does memory grow, is anything logged?

    python -m benchmarks.soak --minutes 30

Moves controls at random while the clock ticks, after having touched everything once.
Fails if memory has then grown by more than 10 % or an exception was logged.
"""

import argparse
import gc
import logging
import os
import random
import statistics
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import get_args

import nst
from nst.presets import PRESETS
from nst.recipe import INITIALS, Color, Pooling
from nst.samples import SAMPLES
from nst.studio.panel.dials import DIALS

SIZES, POOLINGS = (128, 192), get_args(Pooling)
LIMIT = 0.10


class Faults(logging.Handler):
    """Counts what is logged as an error."""

    count = 0

    def emit(self, entry):
        self.count += 1
        print(self.format(entry), file=sys.stderr)


def hands(studio):
    """{name: what a person might do}, each drawn equally often."""
    panel, draw = studio.panel, random.choice
    dials = [*DIALS, *studio.recipe.style_layers]

    def turn():
        dial = panel.dials[draw(dials)]
        dial.value = draw([stop for _, stop in dial.options])

    def choose():
        chooser = panel.chooser[draw(("content", "style"))]
        chooser.name.value = draw(SAMPLES)

    def mistake():
        panel.chooser[draw(("content", "style"))].place.value = f"/{random.random()}"

    def back():
        if len(panel.strip):
            draw(panel.strip.children[1:]).click()

    def setting(name, values):
        panel.setting[name].value = draw(values)

    return {
        "dial": turn,
        "again": turn,
        "choose": choose,
        "mistake": mistake,
        "back": back,
        "size": lambda: setting("size", SIZES),
        "start": lambda: setting("initial", INITIALS),
        "recipe": lambda: setting("preset", tuple(PRESETS)),
        "colours": lambda: setting("color", get_args(Color)),
        "pooling": lambda: setting("pooling", POOLINGS),
        "compare": lambda: setattr(panel.compare, "value", not panel.compare.value),
        "pause": lambda: setattr(studio, "playing", not studio.playing),
        **{
            name: panel.button[name].click
            for name in ("step", "undo", "restart", "snapshot", "save", "film")
        },
    }


def warm_up(studio):
    """Every sample, size, recipe and pooling, and as many snapshots as are kept."""
    for kind in studio.panel.chooser:
        for name in SAMPLES:
            studio.set(**{kind: name})
            studio.run(1)
            studio.snapshot()
    for size, preset, pooling in product(SIZES, PRESETS, POOLINGS):
        studio.set(recipe=nst.Recipe.preset(preset, size=size, pooling=pooling))
        studio.run(2)


def soak(minutes, seed=0):
    """(megabytes after warming up, at the end, steps, moves, faults)."""
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # results are saved beside the notebook
        try:
            return _soak(minutes, seed)
        finally:
            os.chdir(here)


def _soak(minutes, seed):
    random.seed(seed)
    faults = Faults()
    logging.getLogger("nst").addHandler(faults)
    studio = nst.Studio("cat", "waves", size=SIZES[0])
    warm_up(studio)
    began = time.monotonic()
    samples, steps, moves = [], 0, 0
    while (passed := (time.monotonic() - began) / 60 / minutes) < 1:
        if random.random() < 0.02:  # the cell is run again
            studio.close()
            studio = nst.Studio("cat", "waves", size=SIZES[0])
        random.choice(list(hands(studio).values()))()
        moves += 1
        for _ in range(5):
            before = studio.session.state.number
            studio.panel.play.value += 1
            steps += max(0, studio.session.state.number - before)
        studio.playing = True
        gc.collect()
        samples.append((passed, resident()))
    early = statistics.median(m for at, m in samples if at < 0.15)
    late = statistics.median(m for at, m in samples if at >= 0.85)
    return early, late, steps, moves, faults.count


def resident():
    """Megabytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    early, late, steps, moves, faults = soak(options.minutes, options.seed)
    growth = late / early - 1
    did = f"{options.minutes:g} min, {steps} steps, {moves} moves, {faults} faults"
    print(f"{did}, memory {early:.0f} -> {late:.0f} MB ({growth:+.1%})")
    return int(growth > LIMIT or faults > 0)


if __name__ == "__main__":
    sys.exit(main())
