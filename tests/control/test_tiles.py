import pytest
import torch
from conftest import relative

import nst
from nst.control import tiles
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


@pytest.mark.parametrize("layer, reach", [("relu4_1", 30), ("relu5_1", 70)])
def test_how_far_beyond_its_own_pixels_a_position_sees(vgg, random, layer, reach):
    image, stride = random(1, 3, 208, 208).requires_grad_(), stride_of(layer)
    features = vgg(image, [layer])[layer]
    middle = features.shape[-1] // 2
    (slope,) = torch.autograd.grad(features[..., middle, middle].sum(), image)
    seen = slope.abs().sum((0, 1, 2)).nonzero()
    own = middle * stride, middle * stride + stride - 1
    assert (own[0] - seen.min(), seen.max() - own[1]) == (reach, reach)
    assert reach <= tiles.HALO


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
    assert error.max() < 1e-2 and error.mean() < 3e-4
