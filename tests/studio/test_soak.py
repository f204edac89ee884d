"""The Studio under random hands, for a minute; `make soak` gives it thirty."""

import subprocess
import sys

from conftest import ROOT


def test_a_minute_of_random_hands_costs_no_memory_and_no_fault():
    command = [sys.executable, "-m", "benchmarks.soak", "--minutes", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert ", 0 faults, memory" in done.stdout
