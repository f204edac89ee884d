"""`python -m benchmarks gpu`, tried on the CPU and on the stand-ins."""

import json
import subprocess
from types import SimpleNamespace

import pytest
import torch
from stand_in import stand_in

from benchmarks import __main__ as command
from benchmarks import gpu, step
from benchmarks.table import markdown
from nst import device

TINY = {"sizes": (32,), "side": 64, "rounds": 1, "seconds": 3600}
CASES = ("float32, contiguous", "float32, channels_last", "half", "half")


def measured(folder, *given, **how):
    """The report of a tiny run, and its Markdown."""
    assert gpu.main(*given, folder=folder, **{**TINY, **how}) == 0
    (path,) = folder.glob("gpu-*.json")
    text = path.with_suffix(".md").read_text("utf-8")
    return json.loads(path.read_text("utf-8")), text


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """L-BFGS's share is measured early."""
    monkeypatch.setattr(step, "default_history", lambda pixels: 2)


@pytest.fixture
def no_gpu(monkeypatch):
    for module in (torch.cuda, torch.backends.mps):
        monkeypatch.setattr(module, "is_available", lambda: False)


def test_it_measures_every_row_on_the_cpu(tmp_path, capsys):
    report, text = measured(tmp_path, "cpu")
    assert text.startswith(markdown(report)) and torch.__version__ in text
    evaluations = [row for row in report["rows"] if row[0].startswith("an evaluation")]
    assert len(evaluations) == len(CASES)
    for (what, value, unit, _), case in zip(evaluations, CASES, strict=True):
        assert what.startswith(f"an evaluation at 32 px, {case}")
        assert unit == "ms" and 1 < value < 60_000
    units = {row[0]: row[2] for row in report["rows"]}
    assert units["process to first picture"] == "s"
    assert units["… of the peak"] == units["… L-BFGS adds"] == "%"
    assert units["a Studio step at 32 px, without the browser"] == "ms"
    same = [row for row in report["rows"] if row[0].startswith("the same bytes")]
    assert [row[1:] for row in same] == [["yes", "", "yes"]] * 4
    absent = {row[0] for row in report["rows"] if row[1] is None}
    assert len(absent) == 3 and all("memory" in x or "estimate" in x for x in absent)
    assert len(report["missing"]) == 2 and "does not count" in report["missing"][0]
    assert (
        report["missing"][0] in text and report["missing"][0] in capsys.readouterr().out
    )


def test_it_measures_what_a_stand_in_has(tmp_path, monkeypatch):
    """Which no other process has, so that what needs one fails."""
    known = SimpleNamespace(name="Some T4", total_memory=16e9, major=6, minor=1)
    with stand_in("cuda", monkeypatch):
        for name, value in (
            ("get_device_properties", known),
            ("get_device_capability", (6, 1)),
            ("max_memory_reserved", 3e9),
            ("reset_peak_memory_stats", None),
        ):
            monkeypatch.setattr(torch.cuda, name, lambda device, value=value: value)
        monkeypatch.setattr(torch.backends.cudnn, "version", lambda: 90100)
        monkeypatch.setattr(subprocess, "run", alone)
        monkeypatch.setattr(gpu, "PRECISIONS", ("half",))
        for name in ("FORMATS", "SWITCHES"):
            few = dict(list(getattr(gpu, name).items())[:1])
            monkeypatch.setattr(gpu, name, few)
        report, text = measured(tmp_path)
    rows = {row[0]: row[1] for row in report["rows"] if "…" not in row[0]}
    absent = [what for what, value in rows.items() if value is None]
    assert absent == [
        "process to first picture",
        "the same bytes at 32 px, half (float16), in two processes",
    ]
    for what in ("contiguous", "without TF32"):
        assert rows[f"an evaluation at 32 px, half (float16), {what}"] > 1
    same = "the same bytes at 32 px, half (float16), twice, cuDNN deterministic"
    assert rows[same] == "yes"
    assert rows["peak memory at 32 px, half (float16), history full"] == 3.0
    assert "Some T4 of 16 GB, compute capability 6.1, driver unknown" in text
    assert torch.backends.cudnn.allow_tf32 and not torch.backends.cudnn.deterministic


def alone(*command, **how):
    raise OSError("no other process")


def test_when_time_is_over_it_says_what_is_missing(tmp_path):
    report, text = measured(tmp_path, "cpu", seconds=-1)
    assert {row[1] for row in report["rows"]} == {None}
    assert "- a Studio step at 32 px, without the browser: there was no time" in text
    assert "| an evaluation at 32 px, float32, contiguous | – |  |" in text


def test_ctrl_c_keeps_what_was_measured(tmp_path, monkeypatch):
    def stopped(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(gpu, "beginning", stopped)
    report, _ = measured(tmp_path, "cpu")
    assert report["rows"] == [["precision that is chosen", "float32", "", ""]]
    assert report["missing"] == ["the rest: it was stopped"]


def test_a_measurement_that_fails_or_would_take_too_long_is_none():
    def greedy():
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.\nX")

    clock = gpu.Clock(60)
    assert clock.measure("it at {} px", 64, greedy) is None
    assert clock.measure("it at {} px", 64, str, 7) == "7"
    clock.took["it at {} px"] = 20 / 64**2  # seconds a pixel
    assert clock.measure("it at {} px", 128, str, 7) is None
    assert clock.missing == [
        "it at 64 px: CUDA out of memory. Tried to allocate 2 GiB.",
        "it at 128 px: there was no time",
    ]


@pytest.mark.parametrize("given", [[], ["cuda"]])
def test_without_a_gpu_it_is_one_sentence(given, no_gpu, capsys):
    assert command.main(["gpu", *given]) == 2
    out, told = capsys.readouterr()
    wanted = "no device 'cuda' here: choose from cpu" if given else gpu.NONE
    assert (out, told) == ("", f"{wanted}\n")
    assert device.choose_device().type == "cpu"
