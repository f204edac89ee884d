"""Flow, warping and what cannot be told, on a film whose motion is known."""

import pytest
import torch

import nst
from nst.video import flow as flows
from nst.video.clip import made_film
from nst.video.flow import flow, occluded, reliability, soften, warp

SIZE, PAIRS = 256, (1, 8, 16)


@pytest.fixture(scope="module")
def film():
    return list(made_film(PAIRS[-1] + 1, SIZE))


@pytest.fixture(scope="module")
def found(film):
    """{number: (flow back, flow forth)}, estimated."""
    pairs = {i: (film[i].image, film[i - 1].image) for i in PAIRS}
    return {i: (flow(a, b), flow(b, a)) for i, (a, b) in pairs.items()}


@pytest.mark.parametrize("number", PAIRS)
def test_the_true_flow_brings_the_frame_before(film, number):
    now, before = film[number], film[number - 1]
    seen = ~now.hidden
    apart = (warp(before.image, now.flow) - now.image).abs().mean(1, True)[seen]
    # what bilinear interpolation loses: half of what a shift by half a pixel does
    half = torch.full_like(now.flow, 0.5)
    blurred = warp(warp(now.image, half), -half)
    lost = (blurred - now.image).abs().mean(1, True)[seen]
    assert apart.mean() < 1.5 * lost.mean()
    still = (before.image - now.image).abs().mean(1, True)[seen].mean()
    assert apart.mean() < still / 3


@pytest.mark.parametrize("number", PAIRS)
def test_the_estimate_is_near_and_finds_what_was_hidden(film, found, number):
    now, (back, forth) = film[number], found[number]
    apart = (back - now.flow).norm(dim=1, keepdim=True)
    assert apart[~now.hidden].mean() < 0.3  # pixels
    lost = occluded(reliability(back, forth))
    assert lost[now.hidden].float().mean() >= 0.9
    assert now.hidden.float().mean() > 0.005
    assert lost[~now.hidden].float().mean() <= 0.06


def test_on_average_hardly_a_pixel_is_called_hidden_in_vain(film, found):
    shares = [
        occluded(reliability(*found[i]))[~film[i].hidden].float().mean() for i in PAIRS
    ]
    assert sum(shares) / len(shares) <= 0.05


def test_a_shift_is_warped_back_exactly(random):
    image = random(1, 3, 20, 30)
    moved = image.roll((2, -3), (2, 3))
    way = torch.tensor([-3.0, 2.0]).view(1, 2, 1, 1).expand(1, 2, 20, 30)
    inner = ..., slice(4, -4), slice(4, -4)
    assert torch.allclose(warp(moved, way)[inner], image[inner], atol=1e-5)
    assert torch.allclose(warp(image, torch.zeros_like(way)), image, atol=1e-6)


def test_what_was_out_of_frame_or_moves_apart_is_not_trusted():
    still = torch.zeros(1, 2, 24, 40)
    assert reliability(still, still).min() > 0.999
    left = still.clone()
    left[:, 0] = -6.0  # everything came from six pixels to the left
    weight = reliability(left, -left)
    assert weight[..., :5].max() < 0.1 and weight[..., 8:].min() > 0.99
    apart = still.clone()
    apart[..., 20:] = 2.0
    weight = reliability(apart, -apart)
    assert weight[..., 18:21].min() < 0.1 and weight[..., :14].min() > 0.99
    wrong = reliability(left, left)  # the way back does not undo the way forth
    assert wrong.max() < 0.01


def test_softening_keeps_the_mean_and_ones():
    ones = torch.ones(1, 1, 9, 9)
    assert torch.allclose(soften(ones), ones)
    dot = torch.zeros(1, 1, 9, 9)
    dot[..., 4, 4] = 1
    soft = soften(dot)
    assert soft.sum() == pytest.approx(1, abs=1e-4)
    across = torch.arange(9.0) - 4
    spread = (soft[0, 0].sum(0) * across.square()).sum().sqrt()
    assert spread == pytest.approx(flows.SOFT, abs=0.05)


def test_frames_without_texture_have_a_flow(random):
    grey = torch.full((1, 3, 24, 32), 0.5)
    assert torch.isfinite(flow(grey, grey)).all()
    assert torch.isfinite(flow(random(1, 3, 24, 32), grey)).all()


def test_the_known_film_moves_and_hides():
    frames = list(made_film(4, 64))
    assert frames[0].flow is None and frames[0].image.shape == (1, 3, 48, 64)
    for frame in frames[1:]:
        assert frame.flow.norm(dim=1).mean() > 0.2
        assert 0.003 < frame.hidden.float().mean() < 0.1
    assert nst.to_pil(frames[-1].image).size == (64, 48)
