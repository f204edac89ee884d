"""The one exception that means: the request, not the program, was wrong."""


class InputError(ValueError):
    """A mistake in what was asked for, told in one sentence with the way out."""


def one_of(what, value, allowed):
    """Return ``value`` if it is among ``allowed``, else raise an `InputError`."""
    if value not in allowed:
        raise InputError(f"unknown {what} {value!r}: choose from {', '.join(allowed)}")
    return value
