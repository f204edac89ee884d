"""Checks of 05_studio."""

from .common import exercise, number


@exercise
def amplitude(answer):
    """√0.05 = 0.22: the picture can look further off than its loss sounds."""
    answer = number(answer)
    answer = 100 * answer if answer < 1 else answer
    if answer == 5:
        return "5 % is the loss, a ratio of *squared* lengths; what of the lengths?"
    if answer == 95:
        return "95 % is what is matched. What is left of the loss, and what is its root?"
    if answer == 2.5:
        return "Not half of 5: a length is the root of its square."
    if 2.2 <= answer <= 2.3:
        return "That is the root of 5; take it of 0.05, then say it in percent."
    if not 22 <= answer <= 23:
        return "The loss is (length / length)²: which ratio has the square 0.05?"


@exercise
def evaluations(answer):
    """Each optimiser looks once before its first step: n steps, n + 1 evaluations."""
    answer = number(answer)
    if answer == 30:
        return "Each optimiser must also look where it is before its first step."
    if answer == 31:
        return "That is one optimiser; how many were there?"
    if answer == 32:
        return "The two moves cost one each; and the very first optimiser?"
    if answer != 33:
        return "Count the optimisers, then the steps of each and one look around more."


@exercise
def moves(answer):
    """A move acts on the image of its moment, which is another one later."""
    if not isinstance(answer, bool):
        return "Answer True or False."
    if answer:
        return "Think of a dial that is moved after the very last step."
