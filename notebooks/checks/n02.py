"""Checks of 02_style_is_statistics."""

import torch

from .common import exercise


@exercise
def gram_by_hand(answer):
    """Upward meets itself most (1.5): it has a 2. The matrix is symmetric, since
    yellow with upward is upward with yellow."""
    answer = torch.as_tensor(answer, dtype=torch.float32).squeeze()
    if answer.shape != (2, 2):
        return "Two rows of two numbers: one row and one column for each channel."
    right = torch.tensor([[0.5, 0.5], [0.5, 1.5]])
    hints = (
        (4 * right, "These are the sums: divide by M, the number of positions."),
        (2 * right, "M is the number of positions, and a 2×2 picture has four."),
        (
            torch.tensor([[0.5, 0.5], [0.5, 1.0]]),
            "Upward with itself: the 2 meets the 2.",
        ),
        (
            torch.tensor([[1.0, 2.0], [1.0, 3.0]]),
            "That is a product of the two matrices: flatten each into a row first.",
        ),
    )
    for wrong, hint in hints:
        if torch.allclose(answer, wrong):
            return hint
    if not torch.allclose(answer, answer.mT):
        return "Yellow with upward is upward with yellow: it should be symmetric."
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
