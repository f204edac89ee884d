"""Each idea of style against an independent, slow computation, and what it ignores."""

import itertools
import math
from typing import get_args

import numpy as np
import pytest
import scipy.linalg
import torch
from conftest import relative

from nst.ideas import idea_of
from nst.ideas.cmd import Powers, central, squashed_powers
from nst.ideas.neighbours import SAMPLES
from nst.ideas.wasserstein import TraceOfRoot
from nst.recipe import Idea

IDEAS = get_args(Idea)
LOSSES = {name: idea_of(name, "relu3_1") for name in IDEAS}
STATISTICS = {name: LOSSES[name] for name in IDEAS if name != "neighbours"}


@pytest.fixture
def pair(random):
    """Features of a picture and of a style, with channels of unequal size."""
    size = torch.tensor([0.1, 1.0, 3.0, 20.0, 0.5, 7.0]).view(1, 6, 1, 1)
    return tuple((random(1, 6, 5, 8).double() - 0.3).relu() * size for _ in range(2))


def rows(features):
    """Positions as rows of a NumPy array."""
    return features[0].flatten(1).T.numpy()


def slow_moments(f, g):
    found = 0
    for a, b in zip(f.T, g.T, strict=True):
        found += (a.mean() - b.mean()) ** 2 + (a.std() - b.std()) ** 2
    return found / sum(b.mean() ** 2 + b.std() ** 2 for b in g.T)


def slow_cmd(f, g):
    unit = g.std(0)
    f, g, zero = (1 / (1 + np.exp(-x / unit)) for x in (f, g, 0 * g))

    def apart(f):
        norms = [np.linalg.norm(f.mean(0) - g.mean(0))]
        for k in range(2, 6):
            ours, theirs = (((x - x.mean(0)) ** k).mean(0) for x in (f, g))
            norms.append(np.linalg.norm(ours - theirs))
        return sum(norms)

    return apart(f) / apart(zero)


def slow_wasserstein(f, g):
    ours, theirs = (np.cov(x.T, bias=True) for x in (f, g))
    root = scipy.linalg.sqrtm(theirs)
    both = scipy.linalg.sqrtm(root @ ours @ root).real
    gone = ((f.mean(0) - g.mean(0)) ** 2).sum()
    energy = (g.mean(0) ** 2).sum() + np.trace(theirs)
    return (gone + np.trace(ours + theirs - 2 * both)) / energy


def slow_neighbours(f, g):
    centre, found = g.mean(0), 0
    for a in f - centre:
        cosines = [a @ b / (np.linalg.norm(a) * np.linalg.norm(b)) for b in g - centre]
        found += 1 - max(cosines)
    return found / len(f)


def slow_gram(f, g):
    ours, theirs = (x.T @ x / len(x) for x in (f, g))
    return ((ours - theirs) ** 2).sum() / (theirs**2).sum()


@pytest.mark.parametrize("name", IDEAS)
def test_the_loss_is_its_equation(name, pair):
    ours, style = pair
    expected = globals()[f"slow_{name}"](rows(ours), rows(style))
    found = LOSSES[name](style)(ours).item()
    # norms of cmd and deviations are rounded off near 0, by a millionth and less
    assert found == pytest.approx(expected, rel=1e-3 if name == "cmd" else 1e-5)
    assert expected > 0.01


def test_cmds_norms_without_their_rounding_are_the_equation(pair, monkeypatch):
    monkeypatch.setattr("nst.ideas.cmd.KINK", 0.0)
    ours, style = pair
    expected = slow_cmd(rows(ours), rows(style))
    assert LOSSES["cmd"](style)(ours).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", IDEAS)
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_are_those_of_finite_differences(name, masked, pair, random):
    ours, style = pair
    mask = random(1, 1, 5, 8).double() if masked else None
    found = LOSSES[name](style)
    loss = LOSSES[name].aiming_at(found.target, mask=mask)
    ours = ours + random(*ours.shape).double()  # away from the kink of a ReLU
    assert torch.autograd.gradcheck(loss, ours.requires_grad_(), eps=1e-6)


def test_the_slope_of_the_trace_of_a_root(random):
    half = random(7, 7).double().requires_grad_()
    trace = lambda half: TraceOfRoot.apply(half @ half.mT)  # noqa: E731
    assert torch.autograd.gradcheck(trace, half)
    twice = torch.diag(torch.tensor([4.0, 4.0, 9.0])).requires_grad_()  # equal values
    TraceOfRoot.apply(twice).backward()
    assert torch.allclose(twice.grad, torch.diag(torch.tensor([1 / 4, 1 / 4, 1 / 6])))


@pytest.mark.parametrize("name", IDEAS)
def test_places_do_not_matter_and_a_style_matches_itself(name, random):
    style = random(1, 8, 6, 5)
    shuffled = style.flatten(2)[..., torch.randperm(30)].view(1, 8, 5, 6)
    loss = LOSSES[name](style)
    for same in (style, shuffled, style.repeat(1, 1, 2, 2)):
        assert abs(loss(same)) < 2e-5
    assert loss(style + 0.2 * random(*style.shape)) > 1e-3
    assert loss.nothing() == pytest.approx(1)


def test_what_each_cannot_see(random):
    """Features that differ, with all that an idea knows of them equal."""
    style = random(1, 6, 8, 8)
    f = style.flatten(2)
    parted = torch.stack([c[torch.randperm(64)] for c in f[0]]).view_as(style)
    other = f - f.mean(2, keepdim=True)
    other = random(1, 6, 64).exp()
    other = (other - other.mean(2, True)) / other.std(2, correction=0, keepdim=True)
    standard = other * f.std(2, correction=0, keepdim=True) + f.mean(2, keepdim=True)
    root, ours = (np.linalg.cholesky(np.cov(x[0], bias=True)) for x in (f, other))
    turned = torch.tensor(root @ np.linalg.inv(ours) @ other[0].numpy())[None].float()
    alike = {
        "parted": parted,  # each channel by itself
        "standard": standard.view_as(style),  # mean and deviation of each channel
        "gaussian": (turned + f.mean(2, keepdim=True)).view_as(style),
        "few": style[..., :2, :2].repeat(1, 1, 2, 2),  # a few of its features
    }
    blind = {
        "gram": {"gaussian"},
        "moments": {"parted", "standard", "gaussian"},
        "cmd": {"parted"},
        "wasserstein": {"gaussian"},
        "neighbours": {"few"},
    }
    for name, (what, features) in itertools.product(IDEAS, alike.items()):
        found = LOSSES[name](style)(features).item()
        assert (found < 1e-4) == (what in blind[name]), (name, what, found)


@pytest.mark.parametrize("name", IDEAS)
def test_a_mask_leaves_its_region_and_counts_by_its_share(name, random):
    style, features = random(1, 8, 6, 6), random(1, 8, 10, 12)
    mask = torch.zeros(1, 1, 10, 12)
    mask[..., 3:8, :6] = 1
    whole = LOSSES[name](style)
    within = LOSSES[name].aiming_at(whole.target, mask=mask)
    alone = whole(features[..., 3:8, :6])
    assert relative(within(features), alone * 30 / 120) < 1e-4
    nowhere = LOSSES[name].aiming_at(whole.target, mask=torch.zeros_like(mask))
    assert nowhere(features) == 0


@pytest.mark.parametrize("name", IDEAS)
def test_a_styles_mask_leaves_its_region(name, random):
    style = random(1, 8, 10, 12)
    mask = torch.zeros(1, 1, 10, 12)
    mask[..., 3:8, :6] = 1
    idea, seen, alone = LOSSES[name], None, None
    for _ in range(idea.looks):
        seen = idea.describe(style, ..., 120, mask, seen=seen)
        alone = idea.describe(style[..., 3:8, :6], ..., 30, None, seen=alone)
    features = random(1, 8, 9, 9)
    ours, theirs = (idea.aiming_at(target)(features) for target in (seen, alone))
    assert relative(ours, theirs) < 1e-4


@pytest.mark.parametrize("name", IDEAS)
@pytest.mark.parametrize("value", [0.0, 1.0, 300.0])
@pytest.mark.parametrize("size", [(1, 1), (1, 5), (6, 6)])
def test_constant_and_tiny_features_stay_finite(name, value, size, random):
    flat, some = torch.full((1, 8, *size), value), random(1, 8, 4, 4) * 100
    for style, ours in ((flat, some), (some, flat), (flat, flat)):
        ours = ours.clone().requires_grad_()
        loss = LOSSES[name](style)(ours)
        (slope,) = torch.autograd.grad(loss, ours)
        assert torch.isfinite(loss) and torch.isfinite(slope).all()
    assert abs(LOSSES[name](flat)(flat)) < 1e-4 or name == "neighbours"


def test_central_moments_from_powers(random):
    features = random(1, 3, 7, 7).double() * 4
    unit = torch.ones(1, 3).double()
    s = 1 / (1 + torch.exp(-features)) - 0.5
    found = central(squashed_powers(features, unit=unit))[0]
    for k in range(2, 6):
        expected = (s - s.mean((2, 3), True)).pow(k).mean((2, 3))[0]
        assert torch.allclose(found[k - 1], expected, rtol=1e-9, atol=1e-12)
    args = features.flatten(2).requires_grad_(), unit[..., None], torch.ones(1, 1, 49)
    assert torch.autograd.gradcheck(lambda f: Powers.apply(f, *args[1:]), args[0])


@pytest.mark.parametrize("height, width", [(200, 180), (64, 2050)])
def test_samples_are_spread_and_few(height, width, random):
    style = torch.zeros(1, 2, height, width)
    style[0, 0] = torch.arange(height)[:, None]
    style[0, 1] = torch.arange(width)
    target = LOSSES["neighbours"](style).target[0, :, 1:]
    assert 0.9 * SAMPLES < len(target) < 1.1 * SAMPLES
    for of, length in ((target[:, 0], height), (target[:, 1], width)):
        count = torch.histc(of, 8, 0, length - 1)
        assert count.min() > 0.7 * count.max()


@pytest.mark.parametrize("share", [0.0, 0.25, 0.75])
def test_a_blend_of_neighbours_takes_samples_by_weight(share, random):
    one, other = random(1, 4, 40, 40), random(1, 4, 40, 40) + 5
    targets = [LOSSES["neighbours"](style).target for style in (one, other)]
    mixed = LOSSES["neighbours"].mix(targets, [1 - share, share])
    taken = (mixed[0, :, 1] > 3).float().mean().item()
    assert taken == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize("name", IDEAS)
def test_a_blend_of_one_style_with_itself_is_that_style(name, random):
    style, features = random(1, 8, 6, 6), random(1, 8, 6, 6)
    loss = LOSSES[name](style)
    mixed = LOSSES[name].mix([loss.target, loss.target], [0.3, 0.7])
    assert relative(LOSSES[name].aiming_at(mixed)(features), loss(features)) < 1e-4


@pytest.mark.parametrize("name", IDEAS)
def test_a_weight_is_worth_something(name):
    assert math.isfinite(LOSSES[name].worth) and LOSSES[name].worth > 0
