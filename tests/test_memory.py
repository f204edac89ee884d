import subprocess
import sys

import pytest

import nst
from nst.memory import available, estimate

MEASURE = """
import sys, nst, torch
from nst.optimize import lbfgs, optimize

def memory(kind):
    with open("/proc/self/status") as lines:
        return next(int(x.split()[1]) * 1024 for x in lines if x.startswith(kind))

height, width, tile = map(int, sys.argv[1:])
recipe = nst.Recipe(size=max(height, width), tile=tile or None, history=1)
content = nst.resize(nst.sample("coffee"), (height, width))
style = nst.sample("waves", 256)
vgg = nst.load_vgg19()
vgg(content[..., :64, :64], ["relu5_1"])
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")  # forget the peak so far
before = memory("VmRSS")
objective = nst.Objective(vgg, content, style, recipe)
for step in optimize(content, objective, recipe.history + 2):
    pass
print(memory("VmHWM") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures through /proc")
@pytest.mark.parametrize(
    "height, width, tile", [(320, 400, 0), (448, 600, 0), (300, 400, 128)]
)
def test_the_estimate_is_within_a_fifth_of_a_measured_peak(height, width, tile):
    command = [sys.executable, "-c", MEASURE, *map(str, (height, width, tile))]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    recipe = nst.Recipe(size=max(height, width), tile=tile or None, history=1)
    told = estimate(recipe, (height, width), (256, 256))
    assert told == pytest.approx(int(done.stdout), rel=0.2)


def test_more_pixels_history_and_depth_need_more():
    shape = (1, 3, 300, 400)
    base = estimate(nst.Recipe(), shape, shape)
    assert estimate(nst.Recipe(size=1024), shape, shape) > 3 * base
    assert estimate(nst.Recipe(history=100), shape, shape) > base
    assert estimate(nst.Recipe(tile=128), shape, shape) < base
    shallow = nst.Recipe(content_layers=(), style_layers=("relu1_1",))
    assert estimate(shallow, shape, shape) < base


def test_some_memory_is_available_here():
    assert 1e6 < available() < 1e14
