"""Going on: with more steps, from a picture, and from files that were tampered with."""

import random

import pytest
import torch
from test_checkpoint import kept, same

import nst
from nst.app.cli import main
from nst.keep.checkpoint import read, write

MORE = {  # steps of the first run, those asked for, those of the whole
    "more of the last level": ((2, 3), (2, 6), (2, 6)),
    "a number is for the last level": ((2, 3), 5, (2, 5)),
    "as many": ((2, 3), (2, 3), (2, 3)),
    "other steps behind": ((2, 3), (9, 4), (2, 4)),
    "by default": ((2, 3), None, (2, 38)),
}


@pytest.mark.parametrize("name", MORE)
def test_a_finished_run_goes_on_with_more_steps(tmp_path, name):
    """Bit for bit as if they had been asked for at first, also twice."""
    first, more, whole = MORE[name]
    path, how = tmp_path / "run", {"sizes": (24, 32), "initial": "noise"}
    list(nst.iterate("cat", "ink", steps=first, checkpoint=kept(path), **how))
    going = kept(path, resume=True)
    rest = list(nst.iterate("cat", "ink", steps=more, checkpoint=going, **how))
    expected = list(nst.iterate("cat", "ink", steps=whole, **how))
    assert same(rest[-1], expected[-1]) and rest[-1].number == sum(whole)
    assert len(rest) == 1 + whole[1] - first[1]
    assert [steps for _, steps in going.recipe.levels()] == [*whole]
    again = kept(path, resume=True)
    last = list(nst.iterate("cat", "ink", steps=whole[1] + 1, checkpoint=again, **how))
    assert last[-1].number == sum(whole) + 1 and len(again.history) == sum(whole) + 1


def test_an_unfinished_run_takes_more_steps_from_its_level_on(tmp_path):
    path, how = tmp_path / "run", {"sizes": (24, 32), "initial": "noise"}
    first = nst.iterate("cat", "ink", steps=(3, 4), checkpoint=kept(path), **how)
    next(first), next(first)
    going = kept(path, resume=True)
    rest = list(nst.iterate("cat", "ink", steps=(5, 6), checkpoint=going, **how))
    expected = list(nst.iterate("cat", "ink", steps=(5, 6), **how))
    assert same(rest[-1], expected[-1]) and len(rest) == 10


def test_fewer_steps_than_were_taken_are_refused(tmp_path):
    path, how = tmp_path / "run", {"sizes": (24, 32), "initial": "noise"}
    list(nst.iterate("cat", "ink", steps=4, checkpoint=kept(path), **how))
    with pytest.raises(
        nst.InputError, match="4 steps at 32 px already: give --steps 4"
    ):
        nst.iterate("cat", "ink", steps=3, checkpoint=kept(path, resume=True), **how)


def test_a_picture_gone_on_with_is_made_again(tmp_path):
    """The record holds the steps that were really taken."""
    path, out = tmp_path / "run", tmp_path / "a.png"
    run = [
        "cat",
        "ink",
        "-o",
        str(out),
        "--sizes",
        "24",
        "32",
        "--checkpoint",
        str(path),
    ]
    assert main([*run, "--steps", "2"]) == 0
    assert main([*run, "--steps", "5", "--resume"]) == 0
    made = nst.read_record(out)
    assert made["recipe"]["steps"] == [2, 5] and made["step"] is None
    nst.remake(out, tmp_path / "b.png")
    assert out.read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_run_from_a_picture_goes_on(tmp_path, cat):
    """Its first level is the second of the recipe."""
    first, path = nst.resize(cat, (170, 256)), tmp_path / "run"
    how = {"size": 256, "start": first, "steps": 3}
    steps = nst.iterate("cat", "ink", checkpoint=kept(path), **how)
    next(steps), next(steps)
    *_, last = nst.iterate("cat", "ink", checkpoint=kept(path, resume=True), **how)
    *_, whole = nst.iterate("cat", "ink", **how)
    assert same(last, whole) and whole.number == 3


def crafted(value, dice):
    """A kept value with one part gone or replaced by something else."""
    keys = [*value] if isinstance(value, dict) else range(len(value))
    if not keys or dice.random() < 0.1:
        return dice.choice(ODD)
    tuples, key = isinstance(value, tuple), dice.choice(keys)
    value = [*value] if tuples else value.copy()
    if isinstance(value, dict) and dice.random() < 0.2:
        del value[key]
    elif isinstance(value[key], dict | list | tuple) and dice.random() < 0.8:
        value[key] = crafted(value[key], dice)
    else:
        value[key] = dice.choice(ODD)
    return tuple(value) if tuples else value


NAN, SMALL = float("nan"), torch.zeros(2, 2)
ODD = [None, -1, 0, 10**30, 1e300, NAN, "x", b"x", [], {}, [[]], True, SMALL, ()]


@pytest.mark.parametrize("of", ["iterate", "studio"])
def test_crafted_checkpoints_go_on_or_are_told_in_one_sentence(tmp_path, of, capsys):
    """120 of each with one part changed, whose sum is right."""
    path, recipe = tmp_path / "run", nst.Recipe(sizes=(24,), steps=3)
    if of == "studio":
        studio = nst.Studio("cat", "ink", recipe)
        studio.run(1), studio.set(style_weight=3.0), studio.run(1)
        studio.keep(path)
        studio.close()
    else:
        next(nst.iterate("cat", "ink", recipe, checkpoint=kept(path)))
    good, dice, told = read(path), random.Random(0), 0
    for number in range(120):
        bad = tmp_path / str(number)
        write(bad, crafted(good, dice))
        try:
            if of == "studio":
                studio = nst.Studio(resume=bad)
                studio.playing = True
                studio.panel.play.value += 1
                studio.close()
            else:
                going = nst.Checkpoint(bad, resume=True)
                for step in nst.iterate("cat", "ink", recipe, checkpoint=going):
                    assert step.losses["total"] > 0
        except nst.InputError as error:
            assert "\n" not in str(error) and len(str(error)) < 300
            told += 1
    assert 60 < told < 120
