import pytest
import torch
from conftest import relative

import nst
from nst import tiles
from nst.layers import stride_of


@pytest.mark.parametrize(
    "height, width, size", [(64, 64, 32), (131, 97, 48), (40, 300, 64)]
)
@pytest.mark.parametrize("stride", [1, 2, 4, 8, 16])
def test_tiles_own_every_position_once(height, width, size, stride):
    count = torch.zeros(height // stride, width // stride)
    for tile in tiles.cut(height, width, size):
        count[tile.owned(stride)] += 1
    assert (count == 1).all()


def test_strides_are_those_of_the_layers(vgg, random):
    image = random(1, 3, 64, 48)
    for name, features in vgg(image, nst.LAYERS).items():
        stride = stride_of(name)
        assert features.shape[2:] == (64 // stride, 48 // stride), name


def test_a_tiles_own_features_are_the_whole_pictures(vgg, random):
    image = random(1, 3, 200, 232)
    layers = ("relu1_1", "relu3_1", "relu5_1")
    whole = vgg(image, layers)
    for tile in tiles.cut(200, 232, 96):
        part = vgg(image[tile.seen], layers)
        for name in layers:
            stride = stride_of(name)
            ours = part[name][tile.inner(stride)]
            assert relative(ours, whole[name][tile.owned(stride)]) < 1e-5


@pytest.mark.parametrize(
    "height, width, tile", [(200, 264, 96), (131, 190, 64), (97, 250, 100)]
)
def test_tiled_and_untiled_agree_with_masks_blends_and_all_weights(
    vgg, random, height, width, tile
):
    content, image = nst.sample("cat"), nst.sample("coffee")
    content, image = (nst.resize(x, (height, width)) for x in (content, image))
    styles = [nst.sample(name, 150) for name in ("waves", "ink", "brush_strokes")]
    left = torch.linspace(1, 0, width).expand(1, 1, height, width).contiguous()
    style_mask = torch.ones(1, 1, *styles[2].shape[2:])
    style_mask[..., :40] = 0
    recipe = nst.Recipe(
        content_layers=("relu2_2", "relu4_2"),
        content_layer_weights=(0.3, 0.7),
        style_layer_weights=(0.1, 0.2, 0.3, 0.4, 0.5),
        tv_weight=0.7,
        blend=(0.3, (0.5, 0.1, 0.7, 0.2, 0.6), 1.0),
    )
    masks = dict(masks=[left, left, 1 - left], style_masks=[None, None, style_mask])
    whole, tiled = (
        nst.Objective(vgg, content, styles, r, **masks).evaluate(image)
        for r in (recipe, recipe.replace(tile=tile))
    )
    assert whole[0].keys() == tiled[0].keys()
    for name, value in whole[0].items():
        assert tiled[0][name] == pytest.approx(value, rel=1e-5), name
    assert relative(tiled[1], whole[1]) < 1e-4
    # everywhere: borders and seams are no worse than the rest
    error = (tiled[1] - whole[1]).abs() / whole[1].abs().mean()
    assert error.max() < 1e-2 and error.mean() < 1e-4


def test_a_tiled_run_makes_the_same_picture():
    whole, tiled = (
        nst.style_transfer("cat", "waves", sizes=(160,), steps=4, tile=tile)
        for tile in (None, 64)
    )
    error = (whole - tiled).abs()  # descent amplifies what rounding began
    assert error.max() < 1e-2 and error.mean() < 1e-4


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
        assert relative(objective.style[name].target, expected) < 1e-6


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
    assert relative(objective.style["relu1_1"].target, expected) < 1e-5
    picture = left.expand(1, 3, -1, -1)
    how = {"sizes": (48,), "steps": 2}
    plain = nst.style_transfer(cat, style, **how)
    masked = nst.style_transfer(cat, style, style_masks=[picture], **how)
    full = nst.style_transfer(cat, style, style_masks=[torch.ones_like(picture)], **how)
    assert (masked - plain).abs().mean() > 20 * (full - plain).abs().mean()
    with pytest.raises(nst.InputError, match="2 style masks for 1 styles"):
        nst.iterate(cat, style, style_masks=[picture, picture])
