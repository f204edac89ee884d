"""Stop between two steps or pictures, not in the middle of one."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm


@contextmanager
def stopping(what: str) -> Iterator[list[int]]:
    """Yield a list that stays empty until Ctrl-C or SIGTERM asks to stop.

    The caller then stops after the current ``what``. Asking a second time raises
    KeyboardInterrupt at once.
    """
    asked: list[int] = []

    def ask(number: int, frame: Any) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        tqdm.write(f"stopping after this {what}; once more stops at once", sys.stderr)

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, ask) for number in signals]
    try:
        yield asked
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)
