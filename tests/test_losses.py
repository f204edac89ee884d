import pytest
import torch
from conftest import relative

import nst

SCALES = ("relative", "paper", "mean")


def test_gram_of_a_known_matrix():
    features = torch.tensor([[[[1.0, 2.0]], [[0.0, 1.0]]]])  # two channels, 1 x 2
    expected = torch.tensor([[[5.0, 2.0], [2.0, 1.0]]]) / 2
    assert torch.equal(nst.gram_matrix(features), expected)


def test_gram_ignores_where_things_are(random):
    features = random(2, 8, 6, 5)
    shuffled = features.flatten(2)[..., torch.randperm(30)].view(2, 8, 5, 6)
    assert torch.allclose(nst.gram_matrix(features), nst.gram_matrix(shuffled))


def test_gram_does_not_depend_on_the_size(random):
    features = random(1, 8, 6, 5)
    assert torch.allclose(
        nst.gram_matrix(features.repeat(1, 1, 2, 3)), nst.gram_matrix(features)
    )


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("loss", [nst.ContentLoss, nst.StyleLoss])
def test_losses_vanish_at_their_target_alone(loss, scale, random):
    features = random(1, 8, 6, 5)
    module = loss(features, scale)
    assert module(features) == 0
    assert module(features + 0.1) > 0


@pytest.mark.parametrize("loss", [nst.ContentLoss, nst.StyleLoss])
def test_relative_losses_are_fractions_in_any_units(loss, random):
    target = random(1, 8, 6, 5)
    assert loss(target)(torch.zeros_like(target)).item() == pytest.approx(1)
    features = random(1, 8, 6, 5)
    assert torch.allclose(loss(57 * target)(57 * features), loss(target)(features))


def test_relative_losses_of_a_featureless_target_stay_finite():
    nothing, something = torch.zeros(1, 8, 6, 5), torch.ones(1, 8, 6, 5)
    for loss in (nst.ContentLoss, nst.StyleLoss):
        assert loss(nothing)(nothing) == 0
        assert torch.isfinite(loss(nothing)(something))


def test_paper_scale_is_equations_1_4_and_5(random):
    """Independent, with loops and the paper's unnormalised Gram matrix."""
    F, P = random(1, 6, 4, 5).double(), random(1, 6, 4, 5).double()
    content = sum(
        (F[0, i].flatten()[j] - P[0, i].flatten()[j]) ** 2
        for i in range(6)
        for j in range(20)
    )
    assert relative(nst.ContentLoss(P, "paper")(F), content / 2) < 1e-5
    N, M = 6, 20
    error = 0
    for i in range(N):
        for j in range(N):
            g = (F[0, i] * F[0, j]).sum()
            a = (P[0, i] * P[0, j]).sum()
            error += (g - a) ** 2
    expected = error / (4 * N**2 * M**2)
    assert relative(nst.StyleLoss(P, "paper")(F), expected) < 1e-5


def test_total_variation_of_known_pictures():
    flat, step = torch.full((1, 3, 4, 4), 0.3), torch.zeros(1, 3, 4, 4)
    step[..., 2:] = 1  # four unit steps in each channel
    assert nst.total_variation(flat) == 0
    assert nst.total_variation(step) == pytest.approx(12 / 48)
