"""How much a film flickers, with and without each ingredient.

    python -m benchmarks.film [CLIP] [--frames 12] [--size 256] [--style brush_strokes]
    python -m benchmarks.film --frames 24 --save results/film.webp

By default the film that nst makes itself, whose motion is known; of a CLIP the motion
is estimated, and only pixels count whose flow can be trusted. Flicker is the mean
difference between a painted frame and the painted one before it, moved along the
content's flow, in 255ths. The style error is the mean over the frames.
"""

import argparse
import itertools
import statistics
import time
from fractions import Fraction
from pathlib import Path

import nst
from nst.vgg import load_network
from nst.video.clip import made_film
from nst.video.files import Clip, write_film
from nst.video.flow import flicker, flow, reliability


def made(count, size):
    """(frames, [(flow, weight), ...] of all but the first) of the film that we make."""
    known = list(made_film(count, size))
    return [frame.image for frame in known], [frame.motion for frame in known[1:]]


def taken(clip, count, size):
    """The same of a clip, by estimated flow."""
    stills = itertools.islice(Clip(clip), count)
    frames = [nst.resize(nst.load_image(still.picture), size) for still in stills]
    motion = []
    for before, now in itertools.pairwise(frames):
        back = flow(now, before)
        weight = reliability(back, flow(before, now))
        motion.append((back, (weight > 0.99).float()))
    return frames, motion


def alone(frames, style, recipe):
    return [nst.style_transfer(frame, style, recipe) for frame in frames]


def from_the_last(frames, style, recipe):
    """Each frame begins from the last painted one as it is, and is free."""
    film = [nst.style_transfer(frames[0], style, recipe)]
    few = recipe.replace(sizes=recipe.levels()[-1][:1], steps=recipe.frame_steps)
    for frame in frames[1:]:
        *_, step = nst.iterate(frame, style, few, start=film[-1])
        film.append(step.best)
    return film


def film(frames, style, recipe, **changes):
    made = nst.style_video(frames, style, recipe, **changes)
    return [frame.image for frame in made]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", nargs="?")
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--style", default="brush_strokes")
    parser.add_argument("--save", type=Path, help="the default's film alone, as .webp")
    options = parser.parse_args()
    count, size, style = options.frames, options.size, options.style
    given = taken(options.clip, count, size) if options.clip else made(count, size)
    frames, motion = given
    recipe = nst.Recipe(size=size)
    if options.save:
        images = film(frames, style, recipe)
        return write_film([(x, Fraction(1, 12)) for x in images], options.save)
    vgg, painting = load_network(recipe, "cpu"), nst.sample(style, size)
    ways = {
        "alone": lambda: alone(frames, style, recipe),
        "begun from the last": lambda: from_the_last(frames, style, recipe),
        "… moved": lambda: film(frames, style, recipe, temporal_weight=0.0),
        "… and held (the default)": lambda: film(frames, style, recipe),
        "… half as much": lambda: film(
            frames, style, recipe, temporal_weight=recipe.temporal_weight / 2
        ),
        "… twice as much": lambda: film(
            frames, style, recipe, temporal_weight=2 * recipe.temporal_weight
        ),
        "… with look_back 1 2 4": lambda: film(
            frames, style, recipe, look_back=(1, 2, 4)
        ),
    }
    for name, way in ways.items():
        began = time.perf_counter()
        images = way()
        seconds = (time.perf_counter() - began) / len(images)
        errors = []
        for content, image in zip(frames, images, strict=True):
            objective = nst.Objective(vgg, content, painting, recipe)
            errors.append(objective.evaluate(image)[0]["style"])
        told = f"flicker {flicker(images, motion):.2f}, style error "
        told += f"{statistics.mean(errors):.4f}, {seconds:.1f} s a frame"
        print(f"{name}: {told}", flush=True)


if __name__ == "__main__":
    main()
