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

from ..control.sizes import levels_of
from ..device import Compute, choose_again
from ..errors import InputError, first_line, within
from ..files import check_apart, check_writable, write_atomically, writing
from ..inputs import Inputs, fingerprint
from ..optimize import Descent, Step
from ..recipe import INITIALS, Recipe
from .record import describe, usual

MAGIC, FORMAT = b"nst checkpoint ", 2  # 1 knew no energy of the style
EVERY = 30.0  # seconds from one save to the next


class Checkpoint:
    """A checkpoint: the file ``path``, from which a run can go on.

    The steps after it are the same, bit for bit, as if the run had not stopped. It is
    saved at most every ``every`` seconds; the save before it is ``PATH.previous``.
    ``resume=True`` goes on from the file, or begins a run if there is none yet. More
    ``steps`` than the file's run had hold for its last level and those to come.
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
        file says, if that was on the same kind of device. Keep it as ``compute``, and
        as ``recipe`` that of the whole run: levels that the file has behind it keep
        their steps. Raise `InputError` if the file is damaged, is an input, is of
        another run, or holds a run and ``resume`` is False.
        """
        own = inputs
        if recipe.initial_picture is None:  # ``start`` is not of the recipe
            own = replace(inputs, initial=None)
        made = describe(own, recipe, compute)
        self._made = {"recipe": made["recipe"], "inputs": made["inputs"]}
        self._made["start"] = None if start is None else fingerprint(start)
        levels = levels_of(recipe, inputs)
        self._made["levels"] = [list(level) for level in levels]
        files = self.path, previous(self.path), new(self.path)
        there = [*filter(os.path.exists, files[:2])]
        self.kept, self.history = read(there[0]) if there else None, []
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
        self.recipe = self._continued(recipe) if self.kept else recipe
        if self.kept:
            usual = {"device": compute.device.type}  # earlier files do not say
            known = usual | _plain(self.kept["made"])
            compute = choose_again(known, compute.device)
        self._made |= compute.described()
        self.compute = compute
        return compute

    def _continued(self, recipe: Recipe) -> Recipe:
        """Return the recipe with the steps that were taken in the levels before."""
        assert self.kept
        try:
            level, taken = self.kept["level"], self.kept["descent"]["number"]
            was, now = (_levels(m) for m in (self.kept["made"], self._made))
            self.history = list(self.kept.get("history", []))
            size, steps = now[level]
            enough = 0 < taken <= steps
        except Exception as error:  # whatever a crafted file leads to
            raise foreign(self.path) from error
        if not enough:
            raise InputError(
                f"{str(self.path)!r} has taken {taken} steps at {size} px already: "
                f"give --steps {taken} or more, or name another file"
            )
        if was[:level] != now[:level]:
            self._made["levels"] = [*was[:level], *now[level:]]
            sizes, counts = zip(*self._made["levels"], strict=True)
            recipe = recipe.replace(sizes=sizes, steps=counts)
        return recipe

    def load(self, descent: Descent, image: Tensor) -> None:
        """Let a level's new ``descent`` from ``image`` go on from the kept one."""
        state = self.kept["descent"] if self.kept else {}
        tensors = [state[name] for name in ("_image", "_best", "_slope", "gradient")]
        numbers = [*state["_losses"].values(), *state["_lowest"].values()]
        if {t.shape for t in tensors} != {image.shape} or not all(
            isinstance(n, float) for n in [state["_losses"]["total"], *numbers]
        ):
            raise ValueError("images or losses of another kind")
        descent.load_state_dict(state)

    def explain(self, error: Exception) -> None:
        """Raise `InputError` if a run that goes on failed before its first step."""
        if self.kept and self._now is None and not isinstance(error, InputError):
            seen = f"cannot go on from {str(self.path)!r} ({first_line(error)[:99]})"
            raise InputError(f"{seen}: name another file") from error

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
        content = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # the unpickler raises many types of error
        raise foreign(path) from error
    if not isinstance(content, dict):
        raise foreign(path)
    return content


def foreign(path: str | Path) -> InputError:
    """Return the error of a file that is no checkpoint."""
    return InputError(f"{str(path)!r} is no checkpoint of nst: name another file")


def _check_own(path: str | Path, head: bytes) -> None:
    if not head.startswith(MAGIC):
        raise foreign(path)


def _identity(made: Any) -> Any:
    """Return what a checkpoint and a run must share: recipe and pixels, not names.

    Steps may differ; see `Checkpoint.open`.
    """
    try:
        made = _plain(made)
        pixels = {k: (v["sha256"], v.get("alpha")) for k, v in made["inputs"].items()}
        recipe, sizes = made["recipe"], [size for size, _ in _levels(made)]
        if recipe["initial"] not in INITIALS:  # the pixels of ``start`` decide
            recipe = recipe | {"initial": None}
        recipe = usual() | recipe | {"sizes": sizes, "steps": None}
        return recipe, pixels, made["start"]
    except Exception:  # from a Studio, or crafted
        return None


def _levels(made: Any) -> list[list[int]]:
    """Return [[size, steps], ...] of the run that was ``made``."""
    made = _plain(made)
    if "levels" in made:
        return made["levels"]
    return [list(level) for level in Recipe().replace(**made["recipe"]).levels()]


def _plain(made: Any) -> Any:
    """Return what was ``made`` as a dict; a file holds it as a text."""
    return json.loads(made) if isinstance(made, str) else made
