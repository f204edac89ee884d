import re
import subprocess
import sys

import pytest
import torch

import nst
from nst import device
from nst.app.cli import main
from nst.control import memory
from nst.control.memory import available, estimate
from nst.convolution import is_there
from nst.device import Compute

CPU = Compute(torch.device("cpu"))
nnpack = pytest.mark.skipif(not is_there(), reason="no NNPACK here")
MEASURE = """
import sys, nst, torch
from nst.device import Compute
from nst.optimize import optimize

def memory(kind):
    with open("/proc/self/status") as lines:
        return next(int(x.split()[1]) * 1024 for x in lines if x.startswith(kind))

height, width, tile = map(int, sys.argv[2:])
recipe = nst.Recipe(size=max(height, width), tile=tile or None, history=1)
content = nst.resize(nst.sample("coffee"), (height, width))
style = nst.sample("waves", 256)
vgg = nst.load_vgg19().on(Compute(torch.device("cpu"), sys.argv[1]))
vgg(content[..., :64, :64], ["relu5_1"])
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")  # forget the peak so far
before = memory("VmRSS")
objective = nst.Objective(vgg, content, style, recipe)
next(optimize(content, objective, 1))  # two evaluations; the history is full
print(memory("VmHWM") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measures through /proc")
@pytest.mark.parametrize(
    "how, height, width, tile",
    [
        ("direct", 512, 640, 0),
        ("direct", 640, 800, 0),
        ("direct", 448, 600, 256),
        pytest.param("winograd", 384, 512, 0, marks=nnpack),
    ],
)
def test_the_estimate_is_within_a_fifth_of_a_measured_peak(how, height, width, tile):
    command = [sys.executable, "-c", MEASURE, how, *map(str, (height, width, tile))]
    recipe = nst.Recipe(size=max(height, width), tile=tile or None, history=1)
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = estimate(recipe, (height, width), (256, 256), how)
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


def short_of(monkeypatch, **changes):
    """Let there be just enough for the default recipe with ``changes``, at 300x451."""
    shape = (1, 3, 300, 451)
    free = estimate(nst.Recipe(**changes), shape, (1, 3, 640, 640)) + 1
    monkeypatch.setattr(memory, "available", lambda device: free)


def test_a_run_that_would_not_fit_is_refused_with_both_ways_out(monkeypatch, cat):
    monkeypatch.setattr(device, "fastest", lambda: "direct")
    short_of(monkeypatch, size=1024)
    with pytest.raises(nst.InputError) as told:
        nst.iterate("cat", "waves", size=2048)
    assert "2048 px would need about" in str(told.value)
    assert str(told.value).endswith("choose 1024 px or tile 256, which is slower")
    nst.iterate("cat", "waves", size=768)


def test_auto_cuts_only_where_memory_needs_it(monkeypatch):
    content, style = nst.sample("cat"), nst.sample("waves")
    chosen = {}
    for room, size in ((768, 768), (1152, 1536), (1024, 2048)):
        short_of(monkeypatch, size=room)
        recipe = nst.Recipe(size=size, tile="auto")
        chosen[room, size] = memory.make_room(recipe, content, [style], CPU).tile
    assert chosen == {(768, 768): None, (1152, 1536): 512, (1024, 2048): 256}
    with pytest.raises(nst.InputError, match="choose 128 px|close other programs"):
        short_of(monkeypatch, size=128)
        memory.make_room(nst.Recipe(size=4096, tile="auto"), content, [style], CPU)


def test_the_command_line_tells_memory_and_tiles(monkeypatch, tmp_path, capsys):
    output = tmp_path / "a.png"
    command = ["cat", "waves", "-o", str(output), "--steps", "1", "--size", "200"]
    assert main([*command, "--tile", "auto"]) == 0
    said = capsys.readouterr().err
    assert re.search(r"on cpu, up to \d+\.\d GB of memory", said)
    assert "in tiles" not in said
    short_of(monkeypatch, size=128)
    assert main(command) == 2
    assert "choose" in capsys.readouterr().err
    small = ["cat", "waves", "-o", str(output), "--steps", "1", "--size", "4096"]
    assert main([*small, "--tile", "auto"]) == 2
    assert nst.read_record(output)["recipe"]["tile"] is None  # the first is intact


def test_memory_that_runs_out_is_told_and_costs_no_picture(
    monkeypatch, tmp_path, capsys
):
    output, seen = tmp_path / "a.png", []
    evaluate = nst.Objective.evaluate

    def greedy(objective, image):
        seen.append(image.shape)
        if image.shape[-1] > 40:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to ...")
        return evaluate(objective, image)

    monkeypatch.setattr(nst.Objective, "evaluate", greedy)
    command = ["cat", "ink", "-o", str(output), "--size", "48", "--steps", "2"]
    command.append("--force")
    output.write_bytes(b"what was there")
    assert main(command) == 2
    said = capsys.readouterr().err
    assert "nst: out of memory: choose a size below 48 px" in said
    assert output.read_bytes() == b"what was there" and len(seen) == 1
    monkeypatch.setattr(nst.Recipe, "levels", lambda recipe: [(32, 2), (48, 2)])
    assert main(command) == 2
    assert "the picture as it was is in" in capsys.readouterr().err
    assert nst.read_record(tmp_path / "a-0002.png")["step"] == 2


BOUND = 8e9 / (4096 * 3072)  # bytes a pixel, for a picture far larger than a tile


@pytest.mark.skipif(sys.platform != "linux", reason="measures through /proc")
def test_a_large_picture_takes_steps_in_tiles_with_a_full_history():
    """1536×1152 within its share of 8 GB for 4096×3072, and what any process needs:
    torch itself, the network and one tile, which do not grow with the picture."""
    from benchmarks.memory import peak

    fixed = peak(96, 128, 0, real=1)
    tile = estimate(nst.Recipe(size=672), (672, 672), (64, 64))
    assert peak(1152, 1536, 512, real=1) - fixed < 1152 * 1536 * BOUND + tile
