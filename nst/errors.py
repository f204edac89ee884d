"""The exception for a user's mistake, and the checks that raise it."""

import math
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")
Number = TypeVar("Number", int, float)
LONGEST = 300  # characters of a sentence


class InputError(ValueError):
    """A mistake in what was asked for, in one sentence that says what to do.

    A sentence longer than 300 characters, because of what was asked for, loses its
    middle.
    """

    def __init__(self, message: str) -> None:
        long = len(message) > LONGEST
        super().__init__(f"{message[:148]} … {message[-148:]}" if long else message)


class InputWarning(UserWarning):
    """What a person should know of an input that can be used, in one sentence."""


def one_of(what: str, value: T, allowed: Iterable[T]) -> T:
    """Return ``value`` if it is one of ``allowed``, else raise `InputError`."""
    if value not in allowed:
        choices = ", ".join(map(str, allowed))
        raise InputError(f"unknown {what} {value!r}: choose from {choices}")
    return value


def within(what: str, number: Number, least: float, most: float = math.inf) -> Number:
    """Return ``number`` if it is finite and in [least, most]; else raise `InputError`.

    It must be a whole number if ``least`` is an int.
    """
    kinds = int if isinstance(least, int) else int | float
    right = isinstance(number, kinds) and not isinstance(number, bool)
    if not (right and least <= number <= most and number != math.inf):
        kind = "whole" if kinds is int else "finite"
        end = "up" if most == math.inf else f"to {most}"
        wanted = f"give a {kind} number from {least} {end}"
        raise InputError(f"{what} is {number!r}: {wanted}")
    return number


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its type if it has none."""
    return (str(error) or type(error).__name__).splitlines()[0]
