import copy
import math
import sys
from functools import partial

import pytest
import torch

import nst
from nst.lbfgs import LONGEST, lbfgs
from nst.optimize import SPIKE, optimize


@pytest.fixture(scope="module")
def objective(vgg, cat, strokes):
    return nst.Objective(vgg, cat, strokes, nst.Recipe())


class Tampered:
    """An objective whose losses are changed at chosen evaluations."""

    def __init__(self, objective, change, at):
        self.objective, self.change, self.at, self.count = objective, change, at, 0

    def evaluate(self, image):
        self.count += 1
        losses, gradient = self.objective.evaluate(image)
        if self.count in self.at:
            losses = {name: self.change(value) for name, value in losses.items()}
        return losses, gradient


def alike(one, two):
    """Whether two are equal; not quite where compilers round a product before a sum."""
    if sys.platform == "linux":
        return torch.equal(one, two)
    return torch.allclose(one, two, atol=1e-3)


def test_steps_equal_one_call_of_torchs_lbfgs_bit_for_bit(objective, cat, strokes):
    start = nst.match_colors(cat, strokes)
    *_, step = optimize(start, objective, 12)

    image = start.clone().requires_grad_()
    torchs = torch.optim.LBFGS(
        [image], max_iter=12, history_size=10, tolerance_grad=0, tolerance_change=0
    )

    def closure():
        losses, image.grad = objective.evaluate(image)
        return losses["total"]

    torchs.step(closure)
    image = image.detach().clamp(0, 1)
    assert alike(step.image, image)


def test_a_state_of_torchs_lbfgs_is_read_and_goes_on_bit_for_bit(objective, cat):
    """Checkpoints of earlier versions hold one."""
    exact = dict(lr=0.1, max_iter=1, history_size=3)  # no step is too long
    exact |= dict(tolerance_grad=0, tolerance_change=0)
    one, two = (cat.clone().requires_grad_() for _ in range(2))
    torchs = torch.optim.LBFGS([one], **exact)

    def closure_of(image):
        def closure():
            losses, image.grad = objective.evaluate(image)
            return losses["total"]

        return closure

    for _ in range(4):
        torchs.step(closure_of(one))
    ours = lbfgs(two, 0.1, history=3)
    two.detach().copy_(one.detach())
    ours.load_state_dict(copy.deepcopy(torchs.state_dict()))
    for _ in range(4):
        torchs.step(closure_of(one))
        ours.step(closure_of(two))
    assert alike(one, two)


def test_a_step_tells_the_losses_of_its_own_image(objective, cat):
    *_, step = optimize(cat, objective, 3)
    assert step.number == 3 and step.seconds > 0
    # of the image before clamping, so only nearly
    again, _ = objective.evaluate(step.image)
    assert step.losses["total"] == pytest.approx(again["total"], rel=0.05)
    assert {"content", "style", "tv", "total", "style/relu1_1"} <= set(step.losses)


def test_breaking_off_leaves_the_best_image(objective, cat):
    totals, start = [], objective.evaluate(cat)[0]["total"]
    steps = optimize(cat, objective, 50)
    for step in steps:
        totals.append(step.losses["total"])
        if step.number == 5:
            break
    kept = step.best.clone()
    next(steps)
    assert torch.equal(step.best, kept)  # later steps do not write into it
    best, _ = objective.evaluate(step.best)
    assert best["total"] <= min(totals) * 1.05 < start
    assert step.best.min() >= 0 and step.best.max() <= 1
    assert not step.best.requires_grad


@pytest.mark.parametrize(
    "change, at, failing",
    [(lambda v: math.nan, (6, 7), 5), (lambda v: v * 1e4, (5, 6, 7), 6)],
)
def test_a_failed_step_goes_back_to_the_best_and_recovers(
    objective, cat, change, at, failing
):
    steps = list(optimize(cat, Tampered(objective, change, at), 14))
    failed, before = steps[failing - 1], steps[failing - 2]
    assert torch.equal(failed.image, before.best)  # evaluation 1 is the start's
    assert all(math.isfinite(step.losses["total"]) for step in steps)
    best, _ = objective.evaluate(steps[-1].best)
    assert best["total"] < failed.losses["total"]
    assert torch.isfinite(steps[-1].best).all()


@pytest.mark.parametrize("layer", ["relu1_1", "relu3_1", "relu5_1"])
def test_a_step_a_thousand_times_too_long_is_cut_short(vgg, strokes, layer):
    """From faint noise, torch's second step is one, and the next ones hardly move."""
    recipe = nst.Recipe(content_layers=(), style_layers=(layer,))
    objective = nst.Objective(vgg, strokes, strokes, recipe)
    start = torch.rand(strokes.shape, generator=torch.Generator().manual_seed(0))
    start = 0.4 + 0.2 * start
    torchs = partial(torch.optim.LBFGS, max_iter=1, tolerance_grad=0)
    wild, cut = (
        [s.losses["total"] for s in optimize(start, objective, 20, optimizer=make)]
        for make in (lambda image: torchs([image], tolerance_change=0), lbfgs)
    )
    assert max(wild) > 10 * SPIKE * wild[0]
    assert max(cut) < SPIKE * cut[0]
    assert 3 * cut[-1] < cut[0] and cut[-1] < 0.9 * wild[-1]


def test_a_short_step_teaches_the_curvature_where_it_went(cat):
    """On ½ Σ c x², whose curvature is known, every pair tells it."""
    curvature = torch.linspace(0.5, 2, cat.numel()).view_as(cat)

    class Bowl:
        def evaluate(self, image):
            loss = (curvature * image.detach().square()).sum() / 2
            return {"total": loss.item()}, curvature * image.detach()

    made = []

    def remember(image):
        made.append(lbfgs(image, learning_rate=3))
        return made[-1]

    images = [cat] + [s.image for s in optimize(cat, Bowl(), 4, optimizer=remember)]
    lengths = [
        (b - a).square().mean().sqrt().item()
        for a, b in zip(images, images[1:], strict=False)
    ]
    assert max(lengths) == pytest.approx(LONGEST, rel=1e-3)
    (state,) = made[0].state.values()
    for y, s in zip(state["old_dirs"], state["old_stps"], strict=True):
        expected = curvature.flatten() * s
        assert torch.allclose(y / y.norm(), expected / expected.norm(), atol=1e-4)


def test_a_real_explosion_recovers_and_ends_below_its_start(objective, cat):
    """A learning rate of 40 throws L-BFGS off at every step."""
    start = objective.evaluate(cat)[0]["total"]
    *_, step = optimize(
        cat, objective, 12, optimizer=lambda image: lbfgs(image, learning_rate=40)
    )
    assert objective.evaluate(step.best)[0]["total"] < start


def test_an_image_that_stops_moving_forgets_its_curvature(cat):
    class Flat:
        def evaluate(self, image):
            return {"total": 1.0}, torch.zeros_like(image)

    *_, step = optimize(cat, Flat(), 3)
    assert step.number == 3 and torch.equal(step.best, cat)


def test_adam_goes_through_the_same_loop(objective, cat):
    start = objective.evaluate(cat)[0]["total"]
    *_, step = optimize(
        cat, objective, 8, optimizer=lambda image: torch.optim.Adam([image], lr=0.02)
    )
    assert step.losses["total"] < start


def test_the_image_given_is_left_alone(objective, cat):
    before = cat.clone()
    next(optimize(cat, objective, 1))
    assert torch.equal(cat, before) and not cat.requires_grad


def test_clamping_in_the_closure_is_as_asked(objective, cat):
    inside = [s.image for s in optimize(cat, objective, 8, clamp=True)]
    outside = [s.image for s in optimize(cat, objective, 8)]
    assert not torch.equal(inside[-1], outside[-1])


def test_a_tiny_loss_is_minimised_like_a_large_one(vgg, cat, strokes):
    """torch's L-BFGS alone ignores curvatures below 1e-10 and stands still."""
    start = torch.full_like(cat, 0.5)
    ends = []
    for weight in (1.0, 2.0**-30):
        recipe = nst.Recipe(content_weight=weight, style_weight=weight)
        *_, step = optimize(start, nst.Objective(vgg, cat, strokes, recipe), 8)
        ends.append(step)
    assert torch.equal(ends[0].image, ends[1].image)
