"""Paint large: from the picture at hand to a larger size."""

import pytest
import torch
from studio_hands import TINY, said

import nst
from nst.errors import InputError
from nst.studio.engine import keep
from nst.studio.engine.state import enlarged


@pytest.mark.parametrize(
    ("number", "size", "sizes", "steps"),
    [
        (8, 64, (24, 32, 64), (4, 4, 25)),
        (8, 100, (24, 32, 50, 100), (4, 4, 25, 25)),
        (20, 64, (24, 32, 64), (4, 16, 25)),  # Start went on after the end
        (6, 64, (24, 32, 64), (4, 2, 25)),  # in the middle of a level
        (4, 64, (24, 32, 64), (4, 25, 25)),  # between two
        (2, 48, (24, 48), (2, 25)),
    ],
)
def test_the_steps_taken_stay_and_levels_at_most_double(number, size, sizes, steps):
    recipe = enlarged(TINY, TINY.levels(), number, size)
    assert (recipe.sizes, recipe.steps, recipe.size) == (sizes, steps, size)
    assert recipe.replace(sizes=TINY.sizes, steps=TINY.steps) == TINY


def test_it_goes_on_from_the_picture_at_hand(run):
    run.run(8)
    small = run.state.image
    run.enlarge(64)
    assert torch.equal(run.state.image, small)
    step = run.step()
    assert step.number == 9 and step.image.shape[-1] == 64
    run.undo()
    assert torch.equal(run.state.image, small) and run.state.recipe.sizes == (24, 32)


def test_it_can_be_stopped_and_resumed_bit_for_bit(run, tmp_path):
    run.run(7)
    run.change(style_weight=3.0)
    run.enlarge(64)
    run.run(12)
    keep.write(run, tmp_path / "run.checkpoint")
    resumed = keep.read(tmp_path / "run.checkpoint")
    for session in (run, resumed):
        session.run(18)
    assert torch.equal(run.picture, resumed.picture)


def test_the_saved_picture_remakes_to_the_same_bytes(studio, tmp_path):
    studio.run(5)
    studio.set(style_weight=2.0)
    studio.run(2)
    studio.enlarge(40)
    studio.run(6)
    studio.set(style_weight=9.0)
    studio.run(3)
    path = studio.save("large.png")
    nst.remake(path, "again.png")
    assert path.read_bytes() == (tmp_path / "again.png").read_bytes()


def test_memory_and_time_are_told_before(studio):
    studio.run(3)
    told = studio.enlarge(64)
    assert "to 64 px" in told and " GB" in told and "Press Start" in told
    assert studio.until == sum(studio.recipe.steps)


def test_the_panel_offers_larger_sizes_alone(studio):
    studio.run(2)
    offered = [size for _, size in studio.panel.large.options if size]
    assert min(offered) == 128
    studio.panel.large.value = 128
    assert "From here to 128 px" in said(studio)
    assert studio.recipe.size == 128 and studio.panel.large.value == 0


def test_what_cannot_be_is_told_in_a_sentence(run):
    with pytest.raises(InputError, match="nothing is painted yet"):
        run.enlarge(64)
    run.run(8)
    for size in (32, 16, "x", "64", 64.5, None):
        wanted = f"size is {size!r}: give a whole number from 33 up"
        with pytest.raises(InputError, match=wanted):
            run.enlarge(size)
    with pytest.raises(InputError, match="would need about"):
        run.enlarge(90_000)
    assert run.state.number == 8 and run.state.recipe == TINY
