"""What a machine can run out of: one sentence, and earlier results intact."""

import subprocess
import sys

import pytest

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")


def limited(code, folder):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=folder
    )
    told = [line for line in done.stderr.splitlines() if line.startswith("nst: ")]
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, told


@linux
def test_a_full_disk_costs_no_earlier_result(tmp_path):
    """A file may not grow beyond 2 kB: less than the picture needs."""
    (tmp_path / "a.png").write_bytes(b"an earlier result")
    status, told = limited(
        "import resource, sys\n"
        "from nst.__main__ import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "sys.exit(main('cat ink -o a.png --size 64 --steps 1'.split()))",
        tmp_path,
    )
    assert status == 2 and len(told) == 1
    assert "cannot write 'a.png' (File too large): choose another place" in told[0]
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"an earlier result"


MEMORY = """
import resource, sys
import nst
from nst import memory
from nst.__main__ import main
nst.style_transfer("cat", "ink", sizes=(64,), steps=1)  # everything is imported
with open("/proc/self/statm") as file:
    size = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + 1_500_000_000,) * 2)
{more}
sys.exit(main("cat ink -o a.png --size 2048 --steps 1".split()))
"""


@linux
def test_memory_that_will_not_do_is_told_before_the_run(tmp_path):
    (tmp_path / "a.png").write_bytes(b"an earlier result")
    status, told = limited(MEMORY.format(more=""), tmp_path)
    assert status == 2 and len(told) == 1
    assert "2048 px would need about" in told[0] and "choose" in told[0]
    assert (tmp_path / "a.png").read_bytes() == b"an earlier result"


@linux
def test_memory_that_runs_out_is_told_and_the_picture_so_far_kept(tmp_path):
    (tmp_path / "a.png").write_bytes(b"an earlier result")
    blind = "memory.available = lambda device: float('inf')\n"
    blind += "nst.Recipe.levels = lambda recipe: [(64, 1), (2048, 1)]"
    status, told = limited(MEMORY.format(more=blind), tmp_path)
    assert status == 2 and len(told) == 1
    assert "out of memory: choose a size below 2048 px" in told[0]
    assert "the picture as it was is in" in told[0]
    assert (tmp_path / "a.png").read_bytes() == b"an earlier result"
    assert len(list(tmp_path.iterdir())) == 2
