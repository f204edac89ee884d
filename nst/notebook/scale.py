"""A Bradley-Terry scale of votes, with intervals that are honest for small classes.

Picture i is preferred to picture j with probability 1 / (1 + exp(θ_j - θ_i)) (Bradley
and Terry 1952). A tie counts as half a win for each; many ties make the intervals
somewhat too wide.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from ..errors import InputError, one_of, within
from .plot import COLORS
from .vote import QUESTIONS, Vote

SURE = 1.96  # deviations to each side: 95 % of a normal distribution
DAY = "2026-01-01T00:00:00"  # on which invented people vote


@dataclass(frozen=True)
class Scale:
    """The strength θ of each picture, mean 0, and its interval, all in log-odds.

    A picture one above another is preferred to it by 73 % of the people. ``unbeaten``
    is 1 for a picture that won all its votes, -1 for one that lost all, else 0: the
    votes set no limit to its strength on that side.
    """

    question: str
    names: tuple[str, ...]
    strength: np.ndarray
    low: np.ndarray
    high: np.ndarray
    unbeaten: np.ndarray
    people: int
    votes: int


def bradley_terry(
    votes: Iterable[Vote], question: str = "style", poll: str | None = None
) -> Scale:
    """Return the `Scale` of the votes on one question, and of one poll if named.

    Imagined ties, one vote less than there are pictures, spread evenly over all pairs,
    keep a picture that always wins finite (as many as Firth's correction adds). Votes
    of one person are not independent, so the interval, 95 %, is the wider of two: that
    of independent votes and, by a jackknife, that of independent people. Raise
    `InputError` if there are no votes.

    Example:
        >>> votes = invent_votes({"weight 1": -1, "weight 6": 1}, people=30)
        >>> bradley_terry(votes).names
        ('weight 1', 'weight 6')
    """
    one_of("question", question, QUESTIONS)
    chosen = [v for v in votes if v.question == question and poll in (None, v.poll)]
    if not chosen:
        where = f" in poll {poll!r}" if poll is not None else ""
        seen = f"there are no votes on {question!r}{where}"
        raise InputError(f"{seen}: vote first, or name another poll")
    names = tuple(dict.fromkeys(n for v in chosen for n in sorted((v.left, v.right))))
    voters = dict.fromkeys(v.person for v in chosen)
    people = {person: index for index, person in enumerate(voters)}
    wins = np.zeros((len(people), len(names), len(names)))
    for v in chosen:
        who, i, j = people[v.person], names.index(v.left), names.index(v.right)
        share = {"left": 1.0, "equal": 0.5, "right": 0.0}[v.answer]
        wins[who, i, j] += share
        wins[who, j, i] += 1 - share
    strength, half = _fit(wins)
    won, lost = wins.sum((0, 2)), wins.sum((0, 1))
    unbeaten = (lost == 0).astype(int) - (won == 0)
    found = strength, strength - half, strength + half, unbeaten
    return Scale(question, names, *found, len(people), len(chosen))


def _fit(wins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return strengths and half intervals from wins (people, pictures, pictures)."""
    try:
        import choix
    except ImportError:
        needed = "a scale of votes needs the package choix"
        raise InputError(f"{needed}: pip install choix") from None

    people, count, _ = wins.shape
    total = wins.sum(0) + (1 - np.eye(count)) / count
    strength = choix.ilsr_pairwise_dense(total, max_iter=100_000)
    strength = strength - strength.mean()
    likely = 1 / (1 + np.exp(strength - strength[:, None]))
    games = wins + wins.transpose(0, 2, 1)
    curvature = _curvature(total + total.T, likely)
    deviation = np.sqrt(np.diag(np.linalg.pinv(curvature)))
    if people > 1:
        # So much the strengths move without a person: one step of Newton's method.
        slope = (wins - games * likely).sum(2)
        without = np.linalg.pinv(curvature - _curvature(games, likely), hermitian=True)
        moves = (without @ slope[..., None])[..., 0]
        spread = np.sqrt((people - 1) / people * np.square(moves).sum(0))
        deviation = np.maximum(deviation, spread)
    return strength, SURE * deviation


def _curvature(games: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """Return the second derivative of minus the log-likelihood, (…, n, n)."""
    each = games * likely * (1 - likely)
    return each.sum(-1)[..., None] * np.eye(len(likely)) - each


def show_scale(*scales: Scale, order: Sequence[str] = ()) -> Figure:
    """Draw scales side by side: a dot for each picture, a line for its interval.

    An arrow ends the line where the votes set no limit: a picture was never beaten.
    ``order`` is that of the pictures from top to bottom, by default that of
    the first scale, strongest first.
    """
    if not scales:
        raise InputError("show_scale has no scale: give it what bradley_terry returns")
    first = scales[0]
    found = [name for scale in scales for name in scale.names]
    strongest = [first.names[i] for i in np.argsort(-first.strength)]
    order = list(dict.fromkeys([*order, *strongest, *found]))
    figure, axes = plt.subplots(
        1,
        len(scales),
        figsize=(4.6 * len(scales), 1.2 + 0.4 * len(order)),
        squeeze=False,
        sharex=True,
        sharey=True,
        layout="constrained",
    )
    for axis, scale in zip(axes[0], scales, strict=True):
        color = COLORS[5 + [*QUESTIONS].index(scale.question)]
        rows = [order.index(name) for name in scale.names]
        spread = np.stack([scale.strength - scale.low, scale.high - scale.strength])
        axis.errorbar(scale.strength, rows, xerr=spread, fmt="o", c=color, capsize=3)
        for side, end, mark in ((1, scale.high, ">"), (-1, scale.low, "<")):
            open_ended = scale.unbeaten == side
            axis.plot(end[open_ended], np.array(rows)[open_ended], mark, c=color)
        axis.axvline(0, c="0.6", lw=1, ls=":")
        people = f"{scale.people} {'person' if scale.people == 1 else 'people'}"
        counts = f"{scale.votes} votes of {people}"
        axis.set_title(f"{QUESTIONS[scale.question]}\n{counts}")
        axis.set_xlabel("strength, log-odds")
    axes[0][0].set_yticks(range(len(order)), order)
    axes[0][0].invert_yaxis()
    plt.close(figure)
    return figure


def invent_votes(
    strengths: Mapping[str, float],
    people: int,
    *,
    question: str = "style",
    taste: float = 0.0,
    ties: float = 0.0,
    seed: int = 0,
) -> list[Vote]:
    """Return votes of invented people, who see every pair once, to try a poll on.

    ``strengths`` are true log-odds; each person's own differ from them by a normal
    number with deviation ``taste``; a share ``ties`` of the pairs is called equal.
    """
    within("people", people, 1)
    random: Any = np.random.default_rng(seed)
    names, true, votes = list(strengths), np.array([*strengths.values()], float), []
    for who in range(people):
        own = true + taste * random.standard_normal(len(true))
        for i in range(len(true)):
            for j in range(i):
                wins = random.random() < 1 / (1 + np.exp(own[j] - own[i]))
                answer = "left" if wins else "right"
                answer = "equal" if random.random() < ties else answer
                row = (
                    f"invented {who}",
                    "invented",
                    question,
                    names[i],
                    names[j],
                    answer,
                )
                votes.append(Vote(DAY, *row))
    return votes
