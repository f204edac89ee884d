import pytest
import torch
from conftest import relative

import nst


def test_matched_colours_have_the_targets_mean_and_covariance(random):
    image, target = 0.45 + 0.1 * random(1, 3, 40, 30), 0.4 + 0.2 * random(1, 3, 20, 50)
    target[:, 1] = 0.5 * target[:, 1] + 0.5 * target[:, 0]
    ours = nst.match_colors(image, target)[0].flatten(1)
    theirs = target[0].flatten(1)
    assert relative(ours.mean(1), theirs.mean(1)) < 1e-3
    assert relative(torch.cov(ours), torch.cov(theirs)) < 0.02


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_grey_and_constant_pictures_keep_finite_colours(value, random):
    constant, colored = torch.full((1, 3, 8, 8), value), random(1, 3, 8, 8)
    for pair in (
        (constant, colored),
        (colored, constant),
        (constant[..., :1, :1],) * 2,
    ):
        matched = nst.match_colors(*pair)
        assert torch.isfinite(matched).all() and matched.shape == pair[0].shape


def test_keep_colors_leaves_only_the_brightness(random):
    image, content = 0.4 + 0.2 * random(1, 3, 8, 8), 0.4 + 0.2 * random(1, 3, 8, 8)
    kept = nst.keep_colors(image, content)
    luma = torch.tensor((0.299, 0.587, 0.114)).view(1, 3, 1, 1)
    brightness = [(x * luma).sum(1) for x in (kept, image)]
    assert torch.allclose(*brightness, atol=1e-6)
    chroma = [x - (x * luma).sum(1, keepdim=True) for x in (kept, content)]
    assert torch.allclose(*chroma, atol=1e-6)


@pytest.mark.parametrize("color", ["style", "content", "match", "histogram"])
def test_colors_come_from_where_the_recipe_says(color):
    content, style = nst.sample("coffee", 48), nst.sample("waves", 48)
    how = {"sizes": (32, 48), "steps": (4, 3)}
    image = nst.style_transfer(content, style, color=color, **how)
    means = [x.mean((0, 2, 3)) for x in (image, content, style)]
    to_content, to_style = ((means[0] - mean).norm() for mean in means[1:])
    assert (to_style < to_content) == (color == "style")
