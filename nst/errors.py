"""The one exception that means: the request, not the program, was wrong."""

import math


class InputError(ValueError):
    """A mistake in what was asked for, told in one sentence with the way out."""


def one_of(what, value, allowed):
    """Return ``value`` if it is among ``allowed``, else raise an `InputError`."""
    if value not in allowed:
        raise InputError(f"unknown {what} {value!r}: choose from {', '.join(allowed)}")
    return value


def within(what, number, least, most=math.inf):
    """Return a finite ``number`` in [least, most], whole where ``least`` is."""
    kinds = int if isinstance(least, int) else int | float
    right = isinstance(number, kinds) and not isinstance(number, bool)
    if not (right and least <= number <= most and number != math.inf):
        kind = "whole" if kinds is int else "finite"
        end = "up" if most == math.inf else f"to {most}"
        wanted = f"give a {kind} number from {least} {end}"
        raise InputError(f"{what} is {number!r}: {wanted}")
    return number
