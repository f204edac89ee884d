"""What every exercise check shares: a verdict that shows itself."""

import functools
from importlib import import_module
from pathlib import Path

import torch

EXERCISES = {}  # "n01.receptive_field": the check


class Verdict:
    """Right or not, and why; truthy when right."""

    def __init__(self, right, text):
        self.right, self.text = right, text

    def __bool__(self):
        return self.right

    def __repr__(self):
        return self.text


class Hint(Exception):
    """What is wrong with an answer, told from inside a check."""


def number(answer):
    """The answer as a float; "22 %" is one as well. Raise `Hint` if it is none."""
    try:
        return float(answer.strip(" %") if isinstance(answer, str) else answer)
    except (TypeError, ValueError, RuntimeError):  # a tensor of several
        raise Hint(f"{answer!r} is not one number: write it like 22 or 0.5.") from None


def random(*shape, seed=0):
    """Normal numbers, the same for the same shape and seed."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def modules():
    """The modules of all lessons, n00, n01, …: importing them fills `EXERCISES`."""
    paths = sorted(Path(__file__).parent.glob("n[0-9]*.py"))
    return [import_module(f"{__package__}.{path.stem}") for path in paths]


def unanswered(answer):
    """Whether there is still a ... in it, however deep in lists and dicts."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, list | tuple):
        return any(unanswered(part) for part in answer)
    return answer is ... or answer is None


def exercise(check):
    """Turn ``check(answer, ...)``, which returns a hint or None, into an exercise.

    Its docstring is shown with a right answer. An unanswered exercise, and an answer
    that makes the check fail, get a hint instead of an error: the lesson goes on.
    """

    @functools.wraps(check)
    def verdict(*answers):
        try:
            hint = ... if unanswered(answers) else check(*answers)
        except Hint as told:
            hint = str(told)
        except Exception as error:  # the student's code or an answer of another kind
            kind = type(error).__name__
            hint = f"Checking your answer raised {kind}: {error}"
        if hint is ...:  # a check says so too, of a function that returns it
            return Verdict(False, "○ Not answered yet: replace the ... and run again.")
        if hint:
            return Verdict(False, f"✗ Not yet. {hint}")
        why = " ".join((check.__doc__ or "").split())
        return Verdict(True, f"✓ Right. {why}".rstrip())

    EXERCISES[f"{check.__module__.rsplit('.', 1)[-1]}.{check.__name__}"] = verdict
    return verdict
