"""How long it takes from the start of a process to its first picture.

    python -m benchmarks.start

Beside what Python needs to do nothing, and to import torch alone, measured in turn.
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 5
CODES = {
    "nothing": ["-c", "pass"],
    "import nst": ["-c", "import nst, sys; assert 'torch' not in sys.modules"],
    "import torch": ["-c", "import torch"],
    "nst --help": ["-m", "nst", "--help"],
    "first picture": ["-c", "import nst; next(nst.iterate('cat', 'brush_strokes'))"],
}


def start(codes=CODES, rounds=ROUNDS):
    """{what: median seconds}, each in a process of its own."""
    found = {name: [] for name in codes}
    for _ in range(rounds):
        for name, code in codes.items():
            began = time.perf_counter()
            subprocess.run([sys.executable, *code], check=True, capture_output=True)
            found[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in found.items()}


if __name__ == "__main__":
    for name, seconds in start().items():
        print(f"{name}: {seconds:.2f} s")
