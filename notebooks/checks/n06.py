"""Checks of 06_control."""

import torch

from .common import exercise, number
from .guess import Guess, guesses  # noqa: F401  the lesson calls check.guesses()

guess_hue = Guess(
    "In which of the four has every pixel the hue that it has in the photograph, but "
    "for the few that are clamped?",
    ["style", "content", "match", "histogram"],
    "content",
    "It takes I and Q from the photograph, pixel by pixel. The others give the "
    "painter a palette, and the painter decides where to use it.",
)
guess_half_way = Guess(
    "Half way between strokes and glass: does the target say where each shall be?",
    ["yes: both everywhere", "no: patches of each would match it as well"],
    "no: patches of each would match it as well",
    "A Gram matrix is a mean over positions. Half of them strokes and half of them "
    "glass have the same mean as both everywhere.",
)
guess_broader = Guess(
    "At the same cost, which of the two has the broader strokes?",
    ["one size", "coarse to fine", "neither"],
    "coarse to fine",
    "They are painted where the network sees large parts of the picture, and enlarged.",
)
guess_tiles = Guess(
    "How far is the gradient in tiles from that of the whole picture?",
    ["it is the same but for rounding", "a little off at the seams", "clearly off"],
    "it is the same but for rounding",
    "The sums are those of the whole picture, and each tile sees enough of what is "
    "around it to lack no pixel that it needs.",
)


@exercise
def whose_colors(a, b, c):
    """Luminance transfer repaints light and dark alone; matching the style's colours
    first leaves the painter a whole palette. "histogram" matches each channel's values
    exactly, but not how the channels vary together."""
    a, b, c = (str(answer).strip().lower() for answer in (a, b, c))
    for name, answer in {"a": a, "b": b, "c": c}.items():
        if answer not in ("style", "content", "match", "histogram"):
            return f"{name}: {answer!r} is none of style, content, match, histogram."
    if (a, c) == ("match", "content"):
        return "Which of the two acts on the finished picture, pixel by pixel?"
    if a != "content":
        return "a: only one of them looks up each pixel's hue in the photograph."
    if b != "style":
        return "b: what happens if colours are left alone?"
    if c == "histogram":
        return "c: histograms are matched channel by channel; who matches covariance?"
    if c != "match":
        return "c: the style's colours are changed before anything is painted."


@exercise
def blend_by_hand(target, first, second):
    """A weighted mean: only the weights' ratio counts, (1, 3) is (0.25, 0.75)."""
    if not isinstance(target, torch.Tensor) or target.shape != first.shape:
        return f"A target is a Gram matrix, a tensor shaped {tuple(first.shape)}."
    if torch.allclose(target, first + 3 * second, rtol=1e-4):
        return "Four times too large: what do the weights add up to?"
    if torch.allclose(target, (3 * first + second) / 4, rtol=1e-4):
        return "Which of the two has the weight 3?"
    if torch.allclose(target, (first + second) / 2, rtol=1e-4):
        return "That is blend=(1, 1)."
    if not torch.allclose(target, (first + 3 * second) / 4, rtol=1e-4):
        return "The weighted mean of both, with weights 1 and 3."


@exercise
def paint_a_mask(mask):
    """Averaged down to each layer it stays soft: both regions' Gram matrices share the
    positions between, so no seam can show."""
    if not isinstance(mask, torch.Tensor):
        return f"It is a {type(mask).__name__}: make it a tensor of torch."
    if tuple(mask.shape) != (1, 1, 60, 80):
        return "It must be a tensor shaped (1, 1, 60, 80): height before width."
    rows = mask[0, 0].float().mean(1)
    if mask.min() < 0 or mask.max() > 1:
        return "A mask lies between 0 and 1."
    if (mask[0, 0] - rows[:, None]).abs().max() > 0.05:
        return "It must change from top to bottom, not from left to right."
    if rows[0] > 0.5 and rows[-1] < 0.5:
        return "Upside down: black is 0, and row 0 is the top."
    if rows[0] > 0.1 or rows[-1] < 0.9:
        return "Black at the top is 0, white at the bottom is 1."
    if not 0.35 < rows[29:31].mean() < 0.65:
        return "At half height it must be about one half."
    if rows.diff().abs().max() > 0.25:
        return "The edge is hard: let it rise over several rows."


@exercise
def how_wide_a_halo(halo):
    """(68 - 8) / 2 = 30, and 32 is the next multiple of 8. For relu5_1, which owns 16
    pixels and sees 156, it is (156 - 16) / 2 = 70, and 80 on a grid of 16."""
    halo = number(halo)
    if halo == 30:
        return "30 pixels is how far it sees; but 30 is no multiple of 8."
    if halo == 34:
        return "34 is half of 68. Are all of the 68 outside the tile?"
    if halo == 40:
        return "Enough, but not the least: 8 of the 68 pixels are the tile's own."
    if halo in (60, 64, 68, 72):
        return "That is for both sides together."
    if halo == 24:
        return (
            "Rounded down: 6 pixels of what it sees would be missing. Try off_by(24)."
        )
    if halo == 80:
        return "Enough, but that is for relu5_1: relu4_1 needs less."
    if halo != 32:
        return (
            "How much of the 68 is outside, on one side? Then the next multiple of 8."
        )
