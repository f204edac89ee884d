"""Checkpoints: files with all that decides how a run goes on."""

import hashlib
import io
import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..device import Compute, choose_again
from ..errors import InputError, within
from ..files import check_apart, check_writable, write_atomically, writing
from ..inputs import Inputs, fingerprint
from ..optimize import Descent, Step
from ..recipe import INITIALS, Recipe
from .record import describe

MAGIC, FORMAT = b"nst checkpoint ", 2  # 1 knew no energy of the style
EVERY = 30.0  # seconds from one save to the next


class Checkpoint:
    """A checkpoint: the file ``path``, from which a run can go on.

    The steps after it are the same, bit for bit, as if the run had not stopped. It is
    saved at most every ``every`` seconds; the save before it is ``PATH.previous``.
    ``resume=True`` goes on from the file, or begins a run if there is none yet.
    ``history`` holds the losses of all steps so far, also of those before resuming.
    """

    def __init__(
        self, path: str | Path, resume: bool = False, every: float = EVERY
    ) -> None:
        self.path, self.resume = Path(path), resume
        self.every = within("every", every, 0.0)
        self.kept: dict[str, Any] | None = None
        self.history: list[dict[str, float]] = []
        self._now: tuple[int, Descent] | None = None
        self._written = time.monotonic()

    def open(
        self,
        recipe: Recipe,
        inputs: Inputs,
        compute: Compute,
        start: Tensor | None = None,
    ) -> Compute:
        """Prepare for the run of ``recipe`` and ``inputs``; read the file if it exists.

        ``start`` is the first image if it is a picture. Return how to compute: as the
        file says, if that was on the same kind of device. Raise `InputError` if the
        file is damaged, is an input, is of another run, or holds a run and ``resume``
        is False.
        """
        known = inputs
        if recipe.initial_picture is None:  # ``start`` is not of the recipe
            known = replace(inputs, initial=None)
        made = json.loads(describe(known, recipe, compute))
        self._made = {"recipe": made["recipe"], "inputs": made["inputs"]}
        self._made["start"] = None if start is None else fingerprint(start)
        files = self.path, previous(self.path), new(self.path)
        there = [*filter(os.path.exists, files[:2])]
        self.kept = read(there[0]) if there else None
        self.history = self.kept.get("history", []) if self.kept else []
        if there and not self.resume:
            raise InputError(
                f"{str(there[0])!r} holds a run already: go on with it by --resume "
                "(in Python resume=True), or name another file"
            )
        check_apart(files, inputs.files())
        check_writable(previous(self.path))
        if self.kept and _identity(self.kept.get("made")) != _identity(self._made):
            raise InputError(
                f"{str(there[0])!r} is of another recipe or other pictures: "
                "give those again, or name another file"
            )
        if self.kept:
            usual = {"device": compute.device.type}  # earlier files do not say
            compute = choose_again(
                usual | json.loads(self.kept["made"]), compute.device
            )
        self._made |= compute.described()
        self.compute = compute
        return compute

    def note(self, level: int, descent: Descent, step: Step) -> None:
        """Note a step; save if ``every`` seconds have passed."""
        self.history.append(step.losses)
        self._now = level, descent
        if time.monotonic() - self._written >= self.every:
            self.save()

    def save(self) -> None:
        """Save now, unless no step was taken or one was interrupted.

        A run interrupted in the middle of a step could not go on bit for bit: then the
        last save stays. There is a complete file at every moment.
        """
        if self._now is None or not self._now[1].whole:
            return
        level, descent = self._now
        content = {"level": level, "descent": descent.state_dict()}
        content |= {"history": self.history, "made": json.dumps(self._made)}
        write(self.path, content)
        self._written = time.monotonic()


def previous(path: str | Path) -> Path:
    """Return the path of the save before the last one."""
    return Path(f"{path}.previous")


def new(path: str | Path) -> Path:
    """Return the path of a save that is not complete yet."""
    return Path(f"{path}.new")


def write(path: Path, content: dict[str, Any]) -> None:
    """Save tensors, numbers, texts, lists and dicts; keep the last save beside it."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    data = buffer.getvalue()
    head = MAGIC + str(FORMAT).encode() + b"\n" + hashlib.sha256(data).digest()
    with writing(path):
        if path.exists():
            with path.open("rb") as there:
                _check_own(path, there.read(len(MAGIC)))
    write_atomically(new(path), head + data)
    with writing(path):
        if path.exists():
            os.replace(path, previous(path))
        os.replace(new(path), path)


def read(path: str | Path) -> dict[str, Any]:
    """Return what `write` saved; raise `InputError` if the file is not complete."""
    try:
        head, _, data = Path(path).read_bytes().partition(b"\n")
    except OSError as error:
        reason = error.strerror or error
        message = f"cannot read {str(path)!r} ({reason}): name another file"
        raise InputError(message) from error
    _check_own(path, head)
    if head != MAGIC + str(FORMAT).encode():
        version = head.removeprefix(MAGIC).decode(errors="replace")[:20]
        raise InputError(
            f"{str(path)!r} has the format {version!r} of another nst, this one reads "
            f"{FORMAT}: use that nst, or name another file"
        )
    if hashlib.sha256(data[32:]).digest() != data[:32]:
        raise InputError(
            f"{str(path)!r} is damaged or incomplete: "
            f"go on from '{path}.previous' if it is there, or name another file"
        )
    try:
        file = io.BytesIO(data[32:])  # perhaps from a machine with a GPU
        return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # the unpickler raises many types of error
        message = f"{str(path)!r} is no checkpoint of nst: name another file"
        raise InputError(message) from error


def _check_own(path: str | Path, head: bytes) -> None:
    if not head.startswith(MAGIC):
        raise InputError(f"{str(path)!r} is no checkpoint of nst: name another file")


def _identity(made: Any) -> Any:
    """Return what a checkpoint and a run must share: recipe and pixels, not names."""
    try:
        made = json.loads(made) if isinstance(made, str) else made
        pixels = {what: entry["sha256"] for what, entry in made["inputs"].items()}
        recipe = made["recipe"]
        if recipe["initial"] not in INITIALS:  # the pixels of ``start`` decide
            recipe = recipe | {"initial": None}
        return recipe, pixels, made["start"]
    except (AttributeError, KeyError, TypeError, ValueError):
        return None  # from a Studio, or no record at all
