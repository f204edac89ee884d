"""Checks of 04_weights_and_layers."""

import math

from .common import exercise, number
from .guess import Guess, guesses  # noqa: F401  the lesson calls check.guesses()

PAIRS = ["astronaut × brush_strokes", "cat × brush_strokes", "cat × ink"]
guess_size = Guess(
    "The picture becomes twice as wide and twice as high. How do the paper's losses "
    "grow?",
    ["content and style 4 times", "content 4 times, style not", "style 4 times only"],
    "content 4 times, style not",
    "Content is a sum over positions, of which there are 4 times as many. The style's "
    "sums grow as well, but are divided by M².",
)
guess_scale = Guess(
    "Every activation is multiplied by s. By what are the two losses multiplied?",
    ["both by s²", "content by s², style by s⁴", "content by s, style by s²"],
    "content by s², style by s⁴",
    "Content squares features. A Gram matrix is made of products of two features, and "
    "style squares it.",
)
guess_same_numbers = Guess(
    "A β chosen for activations around 1 is used with ours. What is the picture?",
    ["nearly the photograph", "a fair mixture", "mostly paint"],
    "mostly paint",
    "Style has grown with s⁴ and content with s² only, so style counts s² times more.",
)
guess_loudest = Guess(
    "With the paper's constants, which layer makes up most of the style loss?",
    ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"],
    "relu4_1",
    "Its activations are the largest, and their fourth power is what counts.",
)
guess_odd_pair = Guess(
    "In small pictures, 128 pixels long (on a GPU 256): for which pair is r furthest "
    "from 1?",
    PAIRS,
    "cat × brush_strokes",
    "A soft photograph has little energy, bold strokes have much. The portrait has "
    "much as well, and thin lines have little while they blur.",
)
guess_largest_error = Guess(
    "Each pair is painted with the same β, first with the content's own energy, then "
    "with the style's. What does the second do to the three style errors?",
    ["all become equal", "they come nearer to each other", "all fall by the same part"],
    "they come nearer to each other",
    "It helps most where r is furthest from 1, for no picture can have both energies. "
    "But energy is not all: some forms are harder to paint in some strokes.",
)
guess_photograph = Guess(
    "Where in the grid is the photograph?",
    ["in the top row", "in the left column", "in the top left corner only"],
    "in the left column",
    "Hardly any weight means hardly any paint, whatever the layers.",
)
guess_pooling = Guess(
    "The average instead of the maximum: what does it change in the picture?",
    ["hardly anything is painted", "details", "the strokes are twice as broad"],
    "details",
    "The network sees the same things either way. Only the gradient takes another way "
    "back: to all four positions of a square, or to one.",
)
guess_smooth = Guess(
    "The largest weight of total variation: what does it do to the style error?",
    ["lowers it", "leaves it", "raises it"],
    "raises it",
    "Strokes have edges, and edges are variation too. It rises about 3 times.",
)
guess_shapes = Guess(
    "Which of the three recipes keeps the most of the photograph's edges, the "
    "squeezing aside?",
    ["the paper", "the original notebook", "ours"],
    "the original notebook",
    "It starts at the photograph, and its content layer conv2_2 is shallow, so it "
    "knows every edge.",
)


def _is(answer, right):
    return math.isclose(number(answer), right, rel_tol=0.03)


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
