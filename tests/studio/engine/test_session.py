from dataclasses import replace

import numpy as np
import pytest
import torch
from studio_hands import TINY

import nst
from nst.control import memory
from nst.control.refusal import TooLarge
from nst.errors import InputError
from nst.inputs import Inputs
from nst.studio.engine import painter
from nst.studio.engine.session import Session
from nst.studio.engine.state import thin


def test_without_moves_the_steps_are_those_of_iterate(run):
    for ours, theirs in zip(range(8), nst.iterate("cat", "waves", TINY), strict=True):
        step = run.step()
        assert step.number == theirs.number == ours + 1
        assert step.losses == theirs.losses
        assert torch.equal(run.state.image, theirs.best)


@pytest.mark.parametrize("color", ["content", "match", "histogram"])
def test_colours_and_strokes_are_those_of_iterate(color):
    recipe = TINY.replace(color=color, style_scale=1.5)
    run = Session(Inputs.of("cat", "waves"), recipe)
    run.run(8)
    *_, last = nst.iterate("cat", "waves", recipe)
    assert torch.equal(run.picture, last.best)


def test_a_moved_weight_acts_at_the_next_step_from_the_present_image(run):
    run.run(3)
    before = run.state.image
    run.change(style_weight=300.0)
    assert torch.equal(run.state.image, before)
    step = run.step()
    weighed = step.losses["content"] + 300 * step.losses["style"]
    assert step.losses["total"] == pytest.approx(weighed, rel=1e-5)
    again = Session(Inputs.of("cat", "waves"), TINY)
    again.run(4)
    assert not torch.equal(again.state.image, run.state.image)


def test_a_moved_weight_costs_no_new_targets(run, monkeypatch):
    run.run(2)
    monkeypatch.setattr(painter, "begin_level", None)
    for weight in (1.0, 100.0):
        run.change(style_weight=weight, tv_weight=0.5)
        run.step()


def test_a_weight_that_stays_is_no_move(run):
    run.run(1)
    run.change(style_weight=30.0)
    assert run.state.moves == ()


@pytest.mark.parametrize("changes", [{"pooling": "average"}, {"size": 64}])
def test_what_is_no_weight_cannot_change_midway(run, changes):
    with pytest.raises(InputError, match="begin a new one"):
        run.change(**changes)


def test_undo_brings_back_at_least_ten_moves_with_their_images(run):
    states = []
    for weight in range(10):
        run.run(run.state.number + 1)
        states.append(run.state)
        run.change(style_weight=float(weight))
    for state in reversed(states):
        run.undo()
        assert torch.equal(run.state.image, state.image)
        assert (run.state.recipe, run.state.number) == (state.recipe, state.number)
    with pytest.raises(InputError, match="nothing to undo"):
        run.undo()


def test_undo_brings_back_the_last_run(run):
    run.run(3)
    state = run.state
    run.begin(Inputs.of("coffee", "waves"), TINY.replace(pooling="average"))
    assert (run.state.number, run.state.content.name) == (0, "coffee")
    run.run(2)
    run.undo()
    assert torch.equal(run.state.image, state.image)
    assert run.state.content.name == "cat"
    run.step()


def test_a_restored_state_can_be_undone(run):
    run.run(2)
    kept = run.state
    run.run(5)
    later = run.state
    run.restore(kept)
    assert run.state.number == 2
    run.undo()
    assert torch.equal(run.state.image, later.image)


def test_the_longest_run_keeps_a_bounded_past():
    entries = ()
    for number in range(1, 5000):
        entries = thin(entries, number, 100, lambda: ["x"])
    assert 40 <= len(entries) <= 101
    gaps = np.diff([entry[0] for entry in entries])
    assert len(set(gaps.tolist())) == 1


def test_time_left_counts_pixels(run):
    assert run.state.work_left(8) == 4 * 24**2 + 4 * 32**2
    assert run.state.work_left(2) == 2 * 24**2
    run.run(6)
    assert run.state.work_left(10) == 4 * 32**2
    assert run.state.work_left(3) == 0


def test_matched_is_a_share_of_the_targets_energy_in_every_scale():
    shares = []
    for scale in ("relative", "paper", "mean"):
        recipe = TINY.replace(scale=scale, style_weight=0.0)
        run = Session(Inputs.of("cat", "waves"), recipe)
        run.change(content_weight=0.0)  # the image stays as it is
        run.step()
        shares.append(run.state.matched)
    for name, share in shares[0].items():
        assert 0 <= share <= 1
        assert [s[name] for s in shares] == pytest.approx([share] * 3, abs=1e-4)


@pytest.mark.parametrize("scale", ["relative", "own", "paper", "mean"])
def test_content_that_keeps_its_pattern_is_matched_whatever_its_contrast(scale):
    """Strokes have more energy than the cat: painted in them it is still the cat."""
    run = Session(Inputs.of("cat", "brush_strokes"), TINY.replace(scale=scale))
    run.step()
    painter, factor = run._painter, 1.0 if scale == "relative" else 1.5
    seen = {"kept": dict.fromkeys(painter._nothing, 0.0)}
    seen["moved"] = dict(seen["kept"])
    for (kind, _, layer), loss in painter._objective.parts():
        if kind == "content":
            strong = factor * loss.target
            seen["kept"][f"content/{layer}"] = loss(strong).item()
            seen["moved"][f"content/{layer}"] = loss(strong.flip(2, 3)).item()
    kept, moved = (painter.matched(losses) for losses in seen.values())
    for layer in run.state.recipe.content_layers:
        assert kept[f"content/{layer}"] > 0.85 and moved[f"content/{layer}"] < 0.6


def test_numbers_are_those_of_the_picture_that_is_shown(run, monkeypatch):
    run.run(3)
    before = run.state
    real = painter.improve

    def spiking(*arguments):
        for step in real(*arguments):
            worse = dict.fromkeys(step.losses, 1e9)
            yield replace(step, losses=worse, best=before.image)

    monkeypatch.setattr(painter, "improve", spiking)
    run.change(tv_weight=1.0)
    run.step()
    assert run.state.points[-1] == (4, *before.points[-1][1:])
    assert run.state.matched == before.matched


def test_a_failed_step_leaves_the_picture_and_can_be_replayed(run, monkeypatch):
    run.run(3)
    state = run.state
    with monkeypatch.context() as patch:
        patch.setattr(painter, "improve", lambda *_: iter(()))
        run.change(tv_weight=1.0)
        with pytest.raises(StopIteration):
            run.step()
    assert torch.equal(run.state.image, state.image)
    run.step()


def test_a_run_that_would_not_fit_is_refused_with_the_size_that_would(run, monkeypatch):
    free = memory.estimate(TINY.replace(size=256), (300, 451), (640, 640)) + 1
    monkeypatch.setattr(memory, "available", lambda device: free)
    run.run(2)
    state = run.state
    with pytest.raises(TooLarge, match="choose 256 px") as told:
        run.begin(Inputs.of("cat", "waves"), TINY.replace(size=2048))
    assert told.value.size == 256
    assert run.state is state
