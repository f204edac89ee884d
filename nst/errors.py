"""The one exception that means: the request, not the program, was wrong."""

import math


class InputError(ValueError):
    """A mistake in what was asked for, told in one sentence with the way out."""


def one_of(what, value, allowed):
    """Return ``value`` if it is among ``allowed``, else raise an `InputError`."""
    if value not in allowed:
        raise InputError(f"unknown {what} {value!r}: choose from {', '.join(allowed)}")
    return value


def at_least(what, number, least):
    """Return a finite ``number`` from ``least`` up, whole where ``least`` is."""
    kinds = int if isinstance(least, int) else int | float
    right = isinstance(number, kinds) and not isinstance(number, bool)
    if not (right and math.isfinite(number) and number >= least):
        kind = "whole" if kinds is int else "finite"
        raise InputError(f"{what} is {number!r}: give a {kind} number from {least} up")
    return number
