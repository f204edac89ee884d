"""Checks of 02_style_is_statistics."""

import torch

from .common import exercise
from .guess import Guess, guesses  # noqa: F401  (guesses ends the lesson)

guess_pixels = Guess(
    "Is the difference of the pixels smaller for two pieces of the same picture?",
    ["much smaller, less than a half", "a little smaller", "larger"],
    "a little smaller",
    "Even two pieces of one picture have their strokes in different places.",
)
guess_shuffled = Guess(
    "The positions are shuffled: what happens to the Gram matrix?",
    ["it becomes another one", "it changes a little", "nothing, up to rounding"],
    "nothing, up to rounding",
    "Each of its numbers is a sum over positions, and a sum minds no order.",
)
guess_sand = Guess(
    "The pixels are shuffled: which layers notice?",
    ["none", "the shallow ones most", "the deep ones most"],
    "the deep ones most",
    "relu1_1 sees 3×3 pixels and above all their colours; a wide window sees sand.",
)
guess_nearest = Guess(
    "How many of the 10 pieces find their other half by Gram matrices?",
    None,
    10,
    "By pixels 2 do, hardly more than by chance.",
)
guess_vortices = Guess(
    "In which picture will you first see several round vortices with a yellow core?",
    ["relu1_1", "up to relu2_1", "up to relu3_1", "up to relu4_1", "up to relu5_1"],
    "up to relu5_1",
    "relu3_1 sees strokes only; a window of relu4_1 just holds a small vortex, and a "
    "first curl closes; those of relu5_1 are over twice as wide and meet a vortex with "
    "its surroundings.",
)
guess_grey = Guess(
    "Are the features of a plain grey picture the same at all positions of relu5_1?",
    [
        "yes, everywhere",
        "yes, but for the outermost line",
        "at fewer than half of them",
    ],
    "at fewer than half of them",
    "The window of a position in relu5_1 is so wide that it hangs over the rim.",
)


@exercise
def gram_by_hand(answer):
    """Slanting meets itself most (2.75): it has a 3. The matrix is symmetric, since red
    with slanting is slanting with red."""
    answer = torch.as_tensor(answer, dtype=torch.float32).squeeze()
    if answer.shape != (2, 2):
        return "Two rows of two numbers: one row and one column for each channel."
    right = torch.tensor([[1.5, 1.0], [1.0, 2.75]])
    hints = (
        (4 * right, "These are the sums: divide by M, the number of positions."),
        (2 * right, "M is the number of positions, and a 2×2 picture has four."),
        (
            torch.tensor([[1.5, 1.0], [1.0, 1.25]]),
            "Slanting with itself: the 3 meets the 3.",
        ),
        (
            torch.tensor([[0.0, 2.0], [3.0, 2.0]]),
            "That is a product of the two matrices: flatten each into a row first.",
        ),
    )
    for wrong, hint in hints:
        if torch.allclose(answer, wrong):
            return hint
    if not torch.allclose(answer, answer.mT):
        return "Red with slanting is slanting with red: it should be symmetric."
    if not torch.allclose(answer, right):
        return "Multiply position by position, add the four products, divide by four."


@exercise
def same_gram(answer):
    """Sums over positions do not care for their order, nor, divided by M, for their
    number; but twice the features are four times the products, and the Gram matrix
    knows its channels by their place."""
    hints = {
        "mirrored": (True, "Mirroring moves positions about. Does a sum care?"),
        "laid out twice, side by side": (
            True,
            "Twice as many positions, and M is twice as large.",
        ),
        "twice as bright": (False, "Every product is of two features."),
        "channels in another order": (
            False,
            "Row i and column i belong to channel i: try a.flip(1).",
        ),
    }
    for name, (right, hint) in hints.items():
        if answer.get(name) not in (True, False):
            return f"Write True or False for {name!r}."
        if answer[name] != right:
            return f"{name.capitalize()}: {hint}"


@exercise
def more_than_means(a, b):
    """Each channel is as active as before, but no longer together with the others:
    that companionship is what the Gram matrix adds to the means."""
    a, b = a.flatten(2), b.flatten(2)
    if a.shape != b.shape:
        return f"b is shaped {tuple(b.shape)}: keep the shape of a, {tuple(a.shape)}."
    if not torch.allclose(a.mean(2), b.mean(2), atol=1e-3, rtol=1e-4):
        return "Some channel's mean has changed: move numbers within a channel only."
    if not torch.equal(a.sort(2).values, b.sort(2).values):
        return "The means are right, but the numbers are others: move them only."
    gram_a, gram_b = a @ a.mT, b @ b.mT
    if (gram_a - gram_b).norm() < 1e-5 * gram_a.norm():
        return "Same Gram matrix: all channels moved alike. Give each its own order."


@exercise
def different_numbers(answer):
    """2,080; all five layers together 305,888. That describes the style of a painting
    of any size, be it a stamp or a wall."""
    answer = float(answer)
    hints = {
        64 * 64: "It is symmetric: what is above the diagonal is below it as well.",
        64 * 63 / 2: "Do not forget the diagonal.",
        64 * 64 / 2: "Half of it, but the diagonal is its own mirror image.",
        64: "That is the diagonal alone.",
    }
    if answer in hints:
        return hints[answer]
    if answer != 2080:
        return "Count the entries on the diagonal and above it."
