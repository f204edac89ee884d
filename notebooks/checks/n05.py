"""Checks of 05_studio."""

from pathlib import Path

from IPython.display import Image

from .common import exercise, number
from .guess import Guess, guesses  # noqa: F401  the lesson calls check.guesses()

guess_off = Guess(
    "The style weight is turned off. What does the content's loss do at the next step?",
    ["it goes on as it was", "it falls at once", "it leaps up, then falls"],
    "it leaps up, then falls",
    "The picture is the same, but it is now compared with P, which has less contrast.",
)
guess_way = Guess(
    "Will the two runs end at the same picture?",
    ["at the same", "no, the late one has less paint", "no, it has more paint"],
    "no, the late one has less paint",
    "Weight 1 has brought it to another place, and it has half of the steps to leave "
    "it.",
)


def screenshot():
    """The Studio at work, a picture for readers whose page does not run it.

    tests/browser/film.py makes it, as artefacts/studio.jpg.
    """
    return Image(filename=str(Path(__file__).with_name("studio.jpg")))


@exercise
def amplitude(answer):
    """√0.05 = 0.22: the picture can look further off than its loss sounds."""
    answer = number(answer)
    answer = 100 * answer if answer < 1 else answer
    if answer == 5:
        return "5 % is the loss, a ratio of *squared* lengths; what of the lengths?"
    if answer == 95:
        return (
            "95 % is what is matched. What is left of the loss, and what is its root?"
        )
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
