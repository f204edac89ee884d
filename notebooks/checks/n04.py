"""Checks of 04_weights_and_layers."""

import math

from .common import exercise


def _is(answer, right):
    return math.isclose(float(answer), right, rel_tol=0.03)


@exercise
def other_network(beta):
    """Content grows with s², style with s⁴: their ratio with s², and β must undo it.
    Relative losses need no such correction."""
    s = 57
    if _is(beta, 1000 * s**2):
        return "The right factor, the wrong way: which loss has grown too large?"
    if _is(beta, 1000):
        return "The losses have not grown equally: the same β gives them more paint."
    if _is(beta, 1000 / s**4):
        return "That keeps β times the style loss as it was, but content has grown too."
    if _is(beta, 1000 / s):
        return "By which power of s does each of the two losses grow?"
    if not _is(beta, 1000 / s**2):
        return "Write down by what each loss grows, then keep their ratio."


@exercise
def larger_picture(beta):
    """Four times as long is sixteen times as many positions, and the paper's content
    loss is a sum over positions while its style loss is not."""
    if _is(beta, 4000):
        return "The long side is 4 times as long: how many times as many positions?"
    if _is(beta, 1000):
        return "One of the two losses is a sum over positions: it has grown."
    if _is(beta, 1000 / 16) or _is(beta, 250):
        return "Which loss has grown? The other one needs more weight, not less."
    if _is(beta, 1000 * 16**2):
        return "Content grows with M, not with its square."
    if not _is(beta, 16000):
        return "See the first graph: what does each loss do when the size doubles?"


@exercise
def inside_the_square(weight):
    """So 1000 in that notebook is 1e6 elsewhere: ask where a weight stands before you
    copy it."""
    if _is(weight, 1000):
        return "The square comes after the multiplication: what becomes of the weight?"
    if _is(weight, 2000) or _is(weight, 1000**4):
        return "(1000 G - 1000 A)²: take the 1000 out of the bracket."
    if not _is(weight, 1e6):
        return "Take the factor out of (1000 G - 1000 A)²."


@exercise
def read_the_grid(a, b, c):
    """Along β the paint wins; along depth it gains structure: colour, then strokes,
    then swirls. With hardly any weight the layers do not matter: A may be any picture
    of the left column."""
    names = ("weight", "layers", "both", "neither")
    answers = [str(answer).strip().lower() for answer in (a, b, c)]
    for answer in answers:
        if answer not in names:
            return f"{answer!r} is none of: {', '.join(names)}."
    if answers[0] not in ("neither", "layers"):
        return "A: where in the grid is the photograph?"
    if answers[1] != "weight":
        return "B: colours, but no strokes. Which layers know about strokes?"
    if answers[2] != "both":
        return "C: neither the last row nor the last column alone looks like that."
