"""Checks of 00_start_here."""

import torch
from torch.nn.functional import interpolate

from .common import exercise
from .guess import Guess, guesses  # noqa: F401  the lesson calls check.guesses()

guess_first = Guess(
    "What comes first: the painting's colours, its strokes, or swirls in the eyes?",
    ["the colours", "the strokes", "the eyes"],
    "the colours",
    "They are there from the start: the loop begins at the photograph in the "
    "painting's colours.",
)
guess_dial = Guess(
    "What does the largest style weight leave of the cat?",
    ["everything, stripes too", "eyes, nose and outline", "nothing"],
    "eyes, nose and outline",
    "The fur dissolves into strokes; large forms are what the content loss holds "
    "longest.",
)


@exercise
def average_color(answer, style):
    """Three numbers say which colour a painting has, and not a thing about its strokes:
    notebook 02 finds numbers that do."""
    answer = torch.as_tensor(answer, dtype=torch.float32).flatten()
    right = style.mean((0, 2, 3)).flatten()
    if answer.numel() == 1:
        return "That is one number, a grey: keep the dimension of the colours apart."
    if answer.numel() != 3:
        return f"{answer.numel()} numbers: average over rows and columns alike."
    if torch.allclose(answer.flip(0), right, atol=1e-3):
        return "The channels come in the order red, green, blue."
    if not torch.allclose(answer, right, atol=1e-3):
        return "Three numbers, but not those of `style`: is it the other picture?"


@exercise
def swapped(answer, content, style):
    """The content decides the shape of the result, so here the painting does: the
    style is only asked how, never where, and may have any shape."""
    if not isinstance(answer, torch.Tensor):
        return f"It is a {type(answer).__name__}: call `nst.style_transfer`."
    seen = tuple(answer.shape)
    if len(seen) != 4 or max(seen) > 64:
        return f"The result is shaped {seen}: use size=64."
    wide = [image.shape[-1] / image.shape[-2] for image in (content, style)]
    got = seen[-1] / seen[-2]
    if abs(got - wide[0]) < abs(got - wide[1]):
        return "It has the photograph's shape: the first picture is what is shown."
    unpainted = interpolate(style, seen[2:], mode="bilinear", antialias=True)
    if (answer - unpainted).abs().mean() < 0.01:
        return "That is the painting as it was: call `nst.style_transfer`."


@exercise
def who_pays(content_loss, style_loss):
    """There is no free lunch: the weight only says which of the two may be worse."""
    answers = [str(answer).strip().lower() for answer in (content_loss, style_loss)]
    if not set(answers) <= {"up", "down"}:
        return 'Write "up" or "down" for each.'
    if answers[0] == answers[1]:
        return "Look at the columns again: they do not go the same way."
    if answers == ["down", "up"]:
        return "A larger weight makes its own loss matter more, so that one is pressed."
