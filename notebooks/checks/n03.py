"""Checks of 03_painting_by_optimisation."""

import torch

from .common import exercise, number, random
from .guess import Guess, guesses  # noqa: F401  the lesson calls check.guesses()

guess_fall = Guess(
    "How does the loss fall?",
    ["evenly", "most of it in the first quarter of the steps", "most of it at the end"],
    "most of it in the first quarter of the steps",
    "Colours and contrast are quickly right. Strokes take longer and count less.",
)
guess_layers = Guess(
    "Which layers does the style match best in the end, and what happens to the "
    "content error?",
    [
        "the shallow ones, and it falls",
        "the shallow ones, and it rises",
        "the deepest, and it falls",
        "the deepest, and it rises",
    ],
    "the shallow ones, and it rises",
    "Colours and fine strokes need few pixels to agree; a large motif needs many, and "
    "displaces the cat. Style is bought with content.",
)
guess_order = Guess(
    "Who is lowest at the end, then who?",
    [
        "L-BFGS, Adam, gradient descent",
        "Adam, L-BFGS, gradient descent",
        "L-BFGS, gradient descent, Adam",
    ],
    "L-BFGS, Adam, gradient descent",
    "L-BFGS knows most about the curvature, gradient descent nothing.",
)
guess_starts = Guess(
    "Will the four starts end in the same picture?",
    ["in the same", "in four pictures of one cat", "not even all in a cat"],
    "not even all in a cat",
    "The painting hardly turns into one.",
)
guess_ridge = Guess(
    "On the way from one end to another, what does the loss do?",
    ["it stays about level", "it falls", "it rises and falls again"],
    "it rises and falls again",
    "A mixture of two good pictures is a poor one: strokes that cross are no strokes.",
)
guess_raw = Guess(
    "The paper's losses, weights chosen with normalisation, and then none. The "
    "picture?",
    ["nearly the photograph", "mostly paint", "noise"],
    "nearly the photograph",
    "Style has shrunk more than content, so the same weight does less.",
)
guess_undone = Guess(
    "How much of a step does the clamp undo?",
    ["next to nothing, always", "up to about 40 %", "nearly all of it"],
    "up to about 40 %",
    "In the painting many pixels want to be black or white, and more.",
)
guess_clamp = Guess(
    "Which picture that you get has the lower loss?",
    ["the one clamped after the run", "the one clamped inside the closure"],
    "the one clamped inside the closure",
    "Its every step took the limits into account; the other was cut at the end.",
)
guess_in_place = Guess(
    "What does the hook's variable hold after ReLU has run?",
    ["conv4_2's output", "relu4_2's output"],
    "relu4_2's output",
    "The variable is the same memory, and ReLU has written into it.",
)
guess_frozen = Guess(
    "What is different without it?",
    ["the picture", "the weights", "neither: it costs time and memory only"],
    "neither: it costs time and memory only",
    "The optimiser was given the pixels alone, so it moves nothing else.",
)


@exercise
def paper_constants(content, style):
    """These are the paper's own; notebook 04 asks what its constants are for."""
    found, wanted = random(1, 3, 4, 5), random(1, 3, 4, 5, seed=1)
    n, m = 3, 20
    answer = content(found, wanted)
    if answer is ... or answer is None:
        return ...
    ratio = float(answer / ((found - wanted).square().sum() / 2))
    if abs(ratio - 2) < 1e-3:
        return "Content: one factor of equation (1) is missing."
    if abs(ratio * n * m / 2 - 1) < 1e-3 or abs(ratio * n * m - 1) < 1e-3:
        return "Content: equation (1) is a sum, you have taken a mean."
    if abs(ratio - 1) > 1e-3:
        return f"Content: your value is {ratio:.3g} times the paper's."
    answer = style(found, wanted)
    if answer is ... or answer is None:
        return "Content is done. Now replace the ... after the style's `return`."
    f, p = found.flatten(2), wanted.flatten(2)
    sums = (f @ f.mT - p @ p.mT).square().sum()
    ratio = float(answer / (sums / (4 * n**2 * m**2)))
    hints = {
        4.0: "Style: one plain number of equation (4) is missing.",
        n * m: "Style: N and M are squared in equation (4).",
        4.0 * n * m: "Style: N and M are squared, and one number is missing.",
        m**-2: "Style: the Gram matrices are means already; the paper's are sums.",
        4.0 * m**-2: "Style: the paper's Gram matrices are sums, not means.",
        4.0 * n**2 * m**2: "Style: the whole fraction in front is missing.",
    }
    for wrong, hint in hints.items():
        if abs(ratio / wrong - 1) < 1e-3:
            return hint
    if abs(ratio - 1) > 1e-3:
        return f"Content is right. Style: your value is {ratio:.3g} times the paper's."


@exercise
def mended(loop):
    """A start that stays as it is, a gradient that begins at zero, and a picture that
    only the optimiser moves: three lines that most broken loops lack."""
    start = torch.full((1, 3, 4, 4), 0.5)
    target = random(1, 3, 4, 4)
    stiffness = torch.linspace(0.5, 4, target.numel()).view_as(target)
    shown, slopes, clamped = [], [], []

    def loss_of(image):
        shown.append(image.detach().clone())
        clamped.append(not image.is_leaf)  # computed from the picture, perhaps cut
        own = None if clamped[-1] else image.grad
        slopes.append(own is None or not own.any())
        return (stiffness * (image - target).square()).sum()

    given = start.clone()
    result = loop(given, 40, loss_of)
    if result is ... or result is None:
        return "The loop returns nothing."
    if not shown:
        return "Your loop never asks for the loss."
    if not torch.equal(given, start) or given.requires_grad:
        return (
            "The picture handed in was changed: whoever called you wanted to keep it. "
            "Work on a copy."
        )
    missed = (result - target.clamp(0, 1)).abs().max() > 0.02
    if missed and not all(slopes[1:]):
        return (
            "The loss is asked for while the last gradient is still there: backward() "
            "adds to it."
        )
    if all(image.min() >= 0 and image.max() <= 1 for image in shown[1:]):
        if all(clamped):
            return (
                "You ask for the loss of a clamped copy: a pixel that is outside has "
                "no gradient there and never comes back. Clamp only what you return."
            )
        return (
            "The picture is moved behind the optimiser's back: who keeps it in range?"
        )
    if result.requires_grad or result.min() < 0 or result.max() > 1:
        return "What you return must be a plain picture in [0, 1]."
    if missed:
        return "It runs, but does not reach the minimum: are all the steps taken?"


@exercise
def evaluations(answer):
    """After 25 calls the count is 500, which is not above 500 yet: one more call of 20.
    Compare optimisers by evaluations, never by calls."""
    answer = number(answer)
    if answer in (25, 26):
        return "That is how often `step` is called; the closure runs 20 times in each."
    if answer == 500:
        return "When the count is 500, is `count <= 500` still true?"
    if answer == 501:
        return "The loop looks at the count only between calls, not inside one."
    if answer != 520:
        return "Count in twenties, and look at the condition after each call."


@exercise
def diagnose(ada, ben, cleo):
    """None of the three saw an error message: know your symptoms."""
    names = ("not normalised", "clamped", "in place", "not frozen")
    answers = [
        str(answer).strip().lower().replace("normalized", "normalised")
        for answer in (ada, ben, cleo)
    ]
    for answer in answers:
        if answer not in names:
            return f"{answer!r} is none of the four: {', '.join(names)}."
    if answers[0] != "not frozen":
        return "Ada: the picture is right. Which bug costs only time and memory?"
    if answers[1] != "not normalised":
        return "Ben: content counts features squared, style to the fourth power."
    if answers[2] != "in place":
        return "Cleo: two different layers, one and the same content. Who wrote there?"
