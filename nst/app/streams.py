"""What is printed may fail to arrive: a run that has painted a picture goes on."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any


class Stream:
    """A text stream that drops what cannot be written; ``fault`` is the first error.

    A letter that its encoding lacks is written as an escape such as \\xfc.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.fault: OSError | None = None
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> None:
        self._try(self._stream.write, text)

    def flush(self) -> None:
        self._try(self._stream.flush)

    def _try(self, action: Callable, *given: Any) -> None:
        if self.fault is None:
            try:
                action(*given)
            except OSError as error:  # a full disk, or a reader that left
                self.fault = error
                # Python writes the rest at its end, and would fail there once more.
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


@contextmanager
def steady() -> Iterator[Stream]:
    """Make both outputs such a `Stream` for a while; yield the standard output."""
    out, err = (Stream(s or open(os.devnull, "w")) for s in (sys.stdout, sys.stderr))
    with redirect_stdout(out), redirect_stderr(err):  # type: ignore[type-var]
        try:
            yield out
        finally:
            out.flush()
