"""Checks of 05_studio."""

from .common import exercise


@exercise
def amplitude(answer):
    """√0.05 = 0.22: the picture can look further off than its loss sounds."""
    answer = float(answer)
    answer = 100 * answer if answer < 1 else answer
    if answer == 5:
        return "5 % of the *squared* amplitudes are missing; what of the amplitude?"
    if 2.4 <= answer <= 2.6:
        return "Half of it is the slope near 1, for matched amplitudes. Take a root."
    if not 22 <= answer <= 23:
        return "Energy is amplitude squared: which amplitude has 0.05 of the energy?"


@exercise
def evaluations(answer):
    """Each optimiser looks once before its first step: n steps, n + 1 evaluations."""
    answer = float(answer)
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
