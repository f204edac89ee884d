"""Checks of 08_pictures_that_move, and its figures' helpers."""

import io
from html import escape

import matplotlib.pyplot as plt
import numpy as np
import torch
from IPython.display import HTML
from matplotlib.colors import hsv_to_rgb

import nst
from nst.video import flow

from .common import exercise, number, random
from .guess import Guess, guesses  # noqa: F401  (guesses ends the lesson)

guess_alone = Guess(
    "Each frame is painted alone. Where do the strokes of two neighbours differ?",
    ["nowhere, the frames are nearly equal", "where the ball is", "nearly everywhere"],
    "nearly everywhere",
    "A small change of the photograph sends L-BFGS another way, and the Gram matrix "
    "does not care where a stroke lies.",
)
guess_back = Guess(
    "The ball rolls to the right. What colour has it in the flow back, to before?",
    ["the wheel's right", "the wheel's left", "white"],
    "the wheel's left",
    "It asks where a pixel was, and it was further left.",
)
guess_ghost = Guess(
    "The frame before is moved along the flow. What stands behind the ball?",
    ["the table", "a piece of the ball", "nothing, a hole"],
    "a piece of the ball",
    "Where the table comes out now, the ball was before: nothing else is there.",
)
guess_least = Guess(
    "Which of the four flickers least?",
    ["alone", "begun from the last", "begun from the last, moved", "and held there"],
    "and held there",
    "The moved beginning does most of it, and the loss holds on to it in every step.",
)


def wheel(flow, most=None):
    """A flow (1, 2, H, W) as colours: hue for the direction, paler for slower."""
    across, down = flow[0].numpy()
    length, turn = np.hypot(across, down), np.arctan2(down, across)
    most = most or max(length.max(), 1e-6)
    strength = np.clip(length / most, 0, 1)
    hsv = np.stack([turn / (2 * np.pi) % 1, strength, np.ones_like(turn)], -1)
    return hsv_to_rgb(hsv)


def show_flow(image, flow, title):
    """A frame, its flow in colours, and the wheel that tells what they mean."""
    line = torch.linspace(-1, 1, 101)
    compass = torch.stack(torch.meshgrid(line, line, indexing="xy"))[None]
    round_one = np.where(
        (compass[0].norm(dim=0) <= 1)[..., None].numpy(), wheel(compass, 1.0), 1
    )
    figure, axes = plt.subplots(
        1, 3, figsize=(9, 2.7), layout="constrained", width_ratios=(4, 4, 2)
    )
    pictures = nst.to_pil(image), wheel(flow), round_one
    for axis, picture, told in zip(
        axes, pictures, ("the frame", title, "the wheel"), strict=True
    ):
        axis.imshow(picture)
        axis.set(title=told, xticks=[], yticks=[])
    plt.close(figure)
    return figure


def play(told, *films, seconds=0.12):
    """Films side by side in one animated picture, ``told`` in words."""
    rows = [nst.to_pil(torch.cat(images, 3)) for images in zip(*films, strict=True)]
    buffer = io.BytesIO()
    milliseconds = round(1000 * seconds)
    rows[0].save(
        buffer,
        "WEBP",
        save_all=True,
        append_images=rows[1:],
        duration=milliseconds,
        loop=0,
        quality=60,
    )
    from base64 import b64encode

    data = b64encode(buffer.getvalue()).decode()
    return HTML(
        f'<img alt="{escape(told)}" src="data:image/webp;base64,{data}">'
        f"<p>{escape(told)}</p>"
    )


def flicker(images, known):
    """By how much pixels change that only moved, in 255ths, over a film."""
    return flow.flicker(images, [frame.motion for frame in known[1:]])


@exercise
def where_was_it(answer):
    """Back in time: 4 pixels to the left and 3 up, and up is negative."""
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return "Two numbers: (across, down)."
    answer = tuple(map(number, answer))
    hints = {
        (4.0, -3.0): "Up is right: rows count downwards. But across, where WAS it?",
        (4.0, 3.0): "That is where it goes to, the flow forth. Where was it before?",
        (-4.0, 3.0): "Across is right. It moved down, so before it was higher, and "
        "rows count downwards.",
        (-3.0, -4.0): "First across, then down.",
        (3.0, 4.0): "First across, then down; and where was it before?",
    }
    if answer in hints:
        return hints[answer]
    if answer != (-4.0, -3.0):
        return "It went 4 to the right and 3 down. Undo that."


@exercise
def which_are_told(answer):
    """There and back you must arrive where you set out: the wall does, and the ball
    itself does. What the ball just uncovered does not, nor what comes into sight."""
    right = {"wall": True, "ball": True, "uncovered": False, "come in": False}
    hints = {
        "wall": "It is seen in both frames, and its flow is easy.",
        "ball": "It moves, but it is seen in both frames: the flow takes it along.",
        "uncovered": "It stood behind the ball before: nobody saw how it is painted.",
        "come in": "It was out of the frame before.",
    }
    if not isinstance(answer, dict):
        return "Keep the dict, with True or False for each name."
    for name, told in right.items():
        if answer.get(name) not in (True, False):
            return f"Write True or False for {name!r}."
        if answer[name] != told:
            return f"{name.capitalize()}: {hints[name]}"


@exercise
def held(function):
    """With c = 0 a pixel is free, with c = 1 it is held, and the mean is over all
    3·H·W numbers, the free ones included: a frame of which little is known is held
    less as a whole."""
    image, before = random(1, 3, 6, 8).abs(), random(1, 3, 6, 8, seed=1).abs()
    weight = (random(1, 1, 6, 8, seed=2) > 0).float()
    found = function(image, before, weight)
    if found is ...:
        return ...
    if not isinstance(found, torch.Tensor) or found.numel() != 1:
        return "Return one number: end with .mean()."
    right = (weight * (image - before).square()).mean()
    hints = (
        ((image - before).square().mean(), "Where is the weight c?"),
        ((weight * (image - before).square()).sum(), "The mean, not the sum."),
        (
            (weight * (image - before)).mean(),
            "Squared: too bright is as bad.",
        ),
        ((weight * (image - before).abs()).mean(), "The squared difference."),
        (((1 - weight) * (image - before).square()).mean(), "c is 1 where it is held."),
        (
            (weight * (image - before).square()).sum() / weight.sum() / 3,
            "The mean over all pixels, those that are free as well.",
        ),
        (
            (weight * (image - before).square()).sum() / weight.sum(),
            "The mean over all 3·H·W numbers, not over the weights.",
        ),
        (
            (weight * (image - before).square()).sum() / 48,
            "D counts the three colours as well: 3·H·W.",
        ),
    )
    if not torch.allclose(found, right, rtol=1e-4):
        for wrong, hint in hints:
            if torch.allclose(found, wrong, rtol=1e-4):
                return hint
        return "c times the squared difference, and the mean of that."
    soft = random(1, 1, 6, 8, seed=3).abs().clamp(max=1)
    if not torch.allclose(
        function(image, before, soft),
        (soft * (image - before).square()).mean(),
        rtol=1e-4,
    ):
        return "With weights between 0 and 1: c is not squared."
