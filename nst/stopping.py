"""To stop between two steps or pictures, not in the middle of one."""

import signal
import sys
from contextlib import contextmanager

from tqdm import tqdm


@contextmanager
def stopping(what):
    """A list that Ctrl-C or a polite kill fills, to stop after a whole ``what``.

    A second one raises KeyboardInterrupt at once.
    """
    asked = []

    def ask(number, frame):
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
