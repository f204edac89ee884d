import pytest
import torch
from conftest import relative

import nst
from nst.control import tiles


def test_blends_reproduce_either_end_exactly(vgg, cat):
    styles = [nst.sample("waves", 48), nst.sample("ink", 64)]
    image = cat.flip(3)
    for blend, end in (((1.0, 0.0), 0), ((0.0, 1.0), 1)):
        recipe = nst.Recipe(blend=blend)
        ours, slope = nst.Objective(vgg, cat, styles, recipe).evaluate(image)
        alone = nst.Objective(vgg, cat, styles[end], nst.Recipe())
        one, its_slope = alone.evaluate(image)
        assert ours == one and torch.equal(slope, its_slope)


def test_a_blends_target_is_the_weighted_mean_of_the_grams(vgg, cat):
    styles = [nst.sample("waves", 48), nst.sample("ink", 64)]
    recipe = nst.Recipe(blend=(1.0, (3.0, 1.0, 0.0, 1.0, 1.0)))
    objective = nst.Objective(vgg, cat, styles, recipe)
    for name, weight in (("relu1_1", 0.25), ("relu3_1", 1.0), ("relu5_1", 0.5)):
        first, second = (nst.gram_matrix(vgg(s, [name])[name]) for s in styles)
        expected = weight * first + (1 - weight) * second
        assert relative(objective.style[0][name].target, expected) < 1e-6


def test_a_guided_gram_is_the_sum_over_its_region(random):
    features = random(1, 6, 5, 4)
    mask = (random(1, 1, 5, 4) > 0.5).float()
    inside = features[0][:, mask[0, 0] > 0]  # (6, positions)
    expected = inside @ inside.T / inside.shape[1]
    assert relative(nst.gram_matrix(features, mask)[0], expected) < 1e-6
    full, empty = torch.ones(1, 1, 5, 4), torch.zeros(1, 1, 5, 4)
    assert torch.allclose(nst.gram_matrix(features, full), nst.gram_matrix(features))
    assert (nst.gram_matrix(features, empty) == 0).all()


def test_a_full_mask_equals_no_mask_and_an_empty_one_costs_nothing(vgg, cat, strokes):
    full = torch.ones(1, 1, *cat.shape[2:])
    image, ink = cat.flip(3), nst.sample("ink", 64)
    recipe = nst.Recipe()
    plain, slope = nst.Objective(vgg, cat, strokes, recipe).evaluate(image)
    for styles, masks in (([strokes], [full]), ([strokes, ink], [full, 0 * full])):
        guided = nst.Objective(vgg, cat, styles, recipe, masks=masks)
        losses, its_slope = guided.evaluate(image)
        assert losses["total"] == pytest.approx(plain["total"], rel=1e-5)
        assert relative(its_slope, slope) < 1e-4


def test_disjoint_regions_of_one_style_are_one_style(vgg, cat, strokes):
    left = torch.zeros(1, 1, *cat.shape[2:])
    left[..., :30] = 1
    image, recipe = cat.flip(3), nst.Recipe()
    masks = [left, 1 - left]
    parts = nst.Objective(vgg, cat, [strokes, strokes], recipe, masks=masks)
    whole = nst.Objective(vgg, cat, strokes, recipe)
    (ours, slope), (theirs, its_slope) = parts.evaluate(image), whole.evaluate(image)
    assert ours["total"] == pytest.approx(theirs["total"], rel=1e-4)
    assert relative(slope, its_slope) < 1e-4


def test_a_region_takes_its_own_style_alone(vgg, cat, strokes):
    """The gradient of a region's style ends a receptive field beyond its mask."""
    content = nst.sample("cat", 400)
    left = torch.zeros(1, 1, *content.shape[2:])
    left[..., :100] = 1
    recipe = nst.Recipe(content_weight=0.0)
    empty = torch.zeros_like(left)
    objective = nst.Objective(
        vgg, content, [strokes, strokes.flip(1)], recipe, masks=[left, empty]
    )
    _, slope = objective.evaluate(content)
    assert slope[..., :100].abs().max() > 0
    assert (slope[..., 100 + 16 + tiles.HALO :] == 0).all()


def test_a_style_mask_takes_the_style_from_where_it_is_white(vgg, cat):
    """White on the left half only: the Gram matrix of the left half's features."""
    style, recipe = nst.sample("waves", 64), nst.Recipe()
    left = torch.zeros(1, 1, *style.shape[2:])
    left[..., : left.shape[-1] // 2] = 1
    objective = nst.Objective(vgg, cat, style, recipe, style_masks=[left])
    features = vgg(style, ["relu1_1"])["relu1_1"]
    expected = nst.gram_matrix(features[..., : features.shape[-1] // 2])
    assert relative(objective.style[0]["relu1_1"].target, expected) < 1e-5
    picture = left.expand(1, 3, -1, -1)
    how = {"sizes": (48,), "steps": 2}
    plain = nst.style_transfer(cat, style, **how)
    masked = nst.style_transfer(cat, style, style_masks=[picture], **how)
    full = nst.style_transfer(cat, style, style_masks=[torch.ones_like(picture)], **how)
    assert (masked - plain).abs().mean() > 20 * (full - plain).abs().mean()
    with pytest.raises(nst.InputError, match="2 style masks for 1 styles"):
        nst.iterate(cat, style, style_masks=[picture, picture])
