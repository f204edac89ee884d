"""Stop and go on: all that decides how a run continues, in one file."""

import hashlib
import io
import json
import os
import time
from pathlib import Path

import torch

from .errors import InputError, within
from .files import check_writable, told, write_atomically
from .provenance import fingerprint

MAGIC, FORMAT = b"nst checkpoint ", 1
EVERY = 30.0  # seconds between two writings


class Checkpoint:
    """Keeps a run in the file ``path``, so that it can go on bit for bit.

    It is written at most every ``every`` seconds, and ``PATH.previous`` is the writing
    before. ``resume=True`` goes on from it, or begins where there is none yet. Then
    ``history`` holds the losses of all steps so far, the earlier ones included.
    """

    def __init__(self, path, resume=False, every=EVERY):
        self.path, self.resume = Path(path), resume
        self.every = within("every", every, 0.0)
        self.kept, self.history = None, []
        self._now, self._written = None, time.monotonic()

    def open(self, record, start=None):
        """Make ready for the run that ``record`` and its first image describe.

        Raises `InputError` if the file is of another run, or damaged, or holds one
        that nobody asked to go on with.
        """
        made = json.loads(record)
        self._made = {"recipe": made["recipe"], "inputs": made["inputs"]}
        self._made["start"] = None if start is None else fingerprint(start)
        there = [*filter(os.path.exists, (self.path, previous(self.path)))]
        self.kept = read(there[0]) if there else None
        self.history = self.kept.get("history", []) if there else []
        if there and not self.resume:
            raise InputError(
                f"{str(there[0])!r} holds a run already: go on with it by --resume "
                "(in Python resume=True), or name another file"
            )
        check_writable(previous(self.path))
        if there:
            if self.kept.get("made") != json.dumps(self._made):
                raise InputError(
                    f"{str(there[0])!r} is of another recipe or other pictures: "
                    "give those again, or name another file"
                )

    def note(self, level, descent, step):
        """Take a step down; write if it is time."""
        self.history.append(step.losses)
        self._now = level, descent
        if time.monotonic() - self._written >= self.every:
            self.save()

    def save(self):
        """Write now, if a step was taken; the file is whole at every moment.

        What was interrupted in the middle of a step could not go on bit for bit: then
        the last writing stays.
        """
        level, descent = self._now or (None, None)
        if descent is None or not descent.whole:
            return
        content = {"level": level, "descent": descent.state_dict()}
        content |= {"history": self.history, "made": json.dumps(self._made)}
        write(self.path, content)
        self._written = time.monotonic()


def previous(path):
    """Where the writing before the last one lies."""
    return Path(f"{path}.previous")


def write(path, content):
    """Keep tensors, numbers, texts, lists and dicts; the last file stays beside."""
    buffer, new = io.BytesIO(), Path(f"{path}.new")
    torch.save(content, buffer)
    data = buffer.getvalue()
    head = MAGIC + str(FORMAT).encode() + b"\n" + hashlib.sha256(data).digest()
    with told(path):
        if path.exists():
            with path.open("rb") as there:
                _check_own(path, there.read(len(MAGIC)))
    write_atomically(new, head + data)
    with told(path):
        if path.exists():
            os.replace(path, previous(path))
        os.replace(new, path)


def read(path):
    """What `write` wrote; raises `InputError` if it is not all there."""
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
        return torch.load(io.BytesIO(data[32:]), weights_only=True)
    except Exception as error:  # of another making: whatever the unpickler raises
        message = f"{str(path)!r} is no checkpoint of nst: name another file"
        raise InputError(message) from error


def _check_own(path, head):
    if not head.startswith(MAGIC):
        raise InputError(f"{str(path)!r} is no checkpoint of nst: name another file")
