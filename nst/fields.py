"""The fields of a recipe: each defines its default, meaning and limits once."""

import dataclasses
import reprlib
from collections.abc import Callable
from functools import partial
from inspect import Parameter, signature
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from .errors import InputError, one_of, within

WANTED = {tuple: "a list", bool: "a bool", str: "a name or a path"}
F = TypeVar("F", bound=Callable[..., Any])


def field(default: Any, about: str, *limits: float, **shown: Any) -> Any:
    """Return a dataclass field; ``limits`` are the least and the most of its numbers.

    ``about`` says what it means. ``change`` is "live" if it may change while the
    picture is painted, "run" if a change begins a new run, "method" if it also turns a
    preset into another recipe. ``option=True`` makes it an option of the command line;
    ``label`` shows it in the Studio, with ``dial`` as a slider over powers of ten, else
    as a setting with the values ``offered``.
    """
    meta = {"about": about, "limits": limits, "change": "run", **shown}
    return dataclasses.field(default=default, metadata=meta)


live = partial(field, change="live")
method = partial(field, change="method")
option = partial(field, option=True)


def dial(default: float, about: str, low: int, high: int, label: str) -> Any:
    """Return a weight: an option, and a slider from 10^low to 10^high in the Studio."""
    powers = (low, high)
    return live(default, about, 0.0, 1e9, dial=powers, label=label, option=True)


def kinds_of(field: dataclasses.Field) -> tuple[list[type], list[str]]:
    """Return the types that a field's value may have, and the words it may be."""
    union = get_origin(field.type) in (Union, UnionType)
    hints = get_args(field.type) if union else (field.type,)
    words = [w for hint in hints if get_origin(hint) is Literal for w in get_args(hint)]
    return [get_origin(h) or h for h in hints if get_origin(h) is not Literal], words


def check(field: dataclasses.Field, value: Any) -> None:
    """Raise `InputError` if ``value`` is not allowed for the field."""
    (kinds, words), limits = kinds_of(field), field.metadata["limits"]
    if value in words or (value is None and NoneType in kinds):
        return
    if words and not kinds:
        one_of(field.name, value, words)
    if kinds[0] in WANTED and not isinstance(value, kinds[0]):
        seen = " ".join(reprlib.repr(value).split())
        raise InputError(f"{field.name} is {seen}: give {WANTED[kinds[0]]}")
    for number in _flat(value) if limits else ():
        within(field.name, number, *limits)


def plain(value: Any) -> Any:
    """Turn lists into tuples, paths into text and NumPy's numbers into Python's."""
    if isinstance(value, list | tuple):
        return tuple(map(plain, value))
    if getattr(value, "shape", None) == ():
        return value.item()
    return str(value) if isinstance(value, Path) else value


def _flat(value: Any) -> list:
    return sum(map(_flat, value), []) if isinstance(value, tuple) else [value]


def lists_fields(of: type) -> Callable[[F], F]:
    """Return a decorator that shows the fields of ``of`` in a function's signature.

    ``of`` is the dataclass whose fields the function takes as ``**changes``. Shift+Tab
    and completion read the signature.
    """

    def decorate(function: F) -> F:
        given = signature(function)
        own = [p for p in given.parameters.values() if p.kind is not p.VAR_KEYWORD]
        own += [
            Parameter(
                f.name, Parameter.KEYWORD_ONLY, default=f.default, annotation=f.type
            )
            for f in dataclasses.fields(of)
            if f.name not in given.parameters
        ]
        function.__dict__["__signature__"] = given.replace(parameters=own)
        return function

    return decorate
