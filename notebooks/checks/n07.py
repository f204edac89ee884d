"""Checks of 07_other_ideas."""

import math

import torch

from .common import Hint, exercise, number, random
from .guess import Guess, guesses  # noqa: F401  (guesses ends the lesson)

guess_clouds = Guess(
    "One Gram matrix: how many other ideas tell the heap from all four others?",
    ["none", "one", "two", "all four"],
    "one",
    "cmd alone looks beyond mean and covariance. The nearest feature need only point "
    "the same way, and in a plane each of these clouds has all directions.",
)
guess_textures = Guess(
    "Which idea comes nearest to painting the picture again, everything in its place?",
    ["moments", "cmd", "wasserstein", "neighbours"],
    "wasserstein",
    "It counts distances, not squares of products: a covariance's quiet directions "
    "weigh as well, and with them the features that only the rim has.",
)
guess_cost = Guess(
    "How much more does a step of the dearest idea cost than with Gram matrices?",
    [
        "hardly more",
        "more by less than a quarter",
        "half as much again",
        "twice as much",
    ],
    "more by less than a quarter",
    "Nearly all of a step is the network, which none of them changes.",
)
guess_far = Guess(
    "All features are moved by the same vector v. The squared distance is then",
    ["0", "‖v‖²", "it depends on the cloud"],
    "‖v‖²",
    "Every feature has to travel by v, whatever the shape of the cloud.",
)


@exercise
def blind(answer):
    """Shuffled by itself, each channel keeps its own values, so all that looks at one
    channel at a time (mean, deviation, central moments) is as it was. What channels do
    together is lost: products of two (Gram matrix, covariance) and whole features."""
    names = ["gram", "moments", "cmd", "wasserstein", "neighbours"]
    right = {"moments", "cmd"}
    if not isinstance(answer, set | list | tuple):
        return "Write a set of names, such as {'gram', 'cmd'}."
    if unknown := set(answer) - set(names):
        return f"{sorted(unknown)} are none of the five: {', '.join(names)}."
    for name in names:
        if (name in answer) != (name in right):
            if name in right:
                return f"{name} looks at one channel at a time. Does it mind the order?"
            why = {
                "gram": "G_ij multiplies channel i and channel j at the same position",
                "wasserstein": "a covariance, too, multiplies two channels",
                "neighbours": "a feature is all channels at one position",
            }[name]
            return f"{name}: {why}."


@exercise
def earth(answer):
    """(3-0)² + (2-1)² = 10: with one channel the roots are the deviations themselves,
    σ² + σ̂² - 2σσ̂ = (σ - σ̂)². It is then the same as moments."""
    answer = number(answer)
    hints = {
        9 + 3: "σ² + σ̂² - 2·√(σ²σ̂²): σ is 2 here and σ̂ is 1.",
        9: "The means account for 9. The deviations differ as well.",
        1: "That is what the deviations add. The means differ as well.",
        3 + 1: "Squared, both of them.",
        math.sqrt(10): "That is the distance; the loss is its square.",
        9 + 4 + 1: "The clouds share a part of their width: subtract 2·σσ̂.",
        9 + 9: "(σ - σ̂)², not (σ + σ̂)².",
        9 + (math.sqrt(2) - 1) ** 2: "2 is the deviation, not its square.",
    }
    for wrong, hint in hints.items():
        if math.isclose(answer, wrong, rel_tol=1e-2):
            return hint
    if not math.isclose(answer, 10, rel_tol=1e-3):
        return "‖μ - μ̂‖² + σ² + σ̂² - 2·√(σ̂ σ² σ̂), with numbers for matrices."


@exercise
def own_loss(function):
    """It is 0 for the style itself, more for another, and has a slope to follow."""
    style, other = random(1, 6, 8, 9).relu(), 2 * random(1, 6, 7, 10, seed=1).relu() + 1
    if not callable(function):
        return "Give the function itself, my_loss, without brackets."
    try:
        same = function(style, style)
    except Exception as error:
        kind = type(error).__name__
        raise Hint(f"my_loss(features, style) ended in {kind}: {error}") from None
    if same is ...:
        return ...
    if not isinstance(same, torch.Tensor) or same.numel() != 1:
        return "It should return a tensor of one number: end with .sum() or .mean()."
    if abs(same.item()) > 1e-5:
        return f"For the style itself it gives {same.item():.3g}; it should give 0."
    try:
        free = other.clone().requires_grad_()
        loss = function(free, style)
    except RuntimeError as error:
        return (
            "Picture and style may have different sizes (here 7x10 and 8x9 positions): "
            f"compare what does not depend on the places. ({error})"
        )
    if not loss > 1e-6 or not function(style, other) > 1e-6:
        return "For features of another kind it gives 0 or less: square the difference."
    if not loss.requires_grad:
        return "L-BFGS needs its slope: no .detach(), .item(), .argmax() or NumPy."
    (slope,) = torch.autograd.grad(loss, free)
    if not slope.abs().sum() > 0 or not slope.isfinite().all():
        return "Its slope is 0 or not a number: L-BFGS would not know where to go."
