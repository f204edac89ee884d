import dataclasses
import json

import pytest

import nst


def test_levels_are_halvings_and_steps_are_spent_on_the_coarse_ones():
    assert [size for size, _ in nst.Recipe(size=512).levels()] == [128, 256, 512]
    assert [size for size, _ in nst.Recipe(size=600).levels()] == [150, 300, 600]
    assert [size for size, _ in nst.Recipe(size=200).levels()] == [200]
    steps = [count for _, count in nst.Recipe(size=2048).levels()]
    assert steps == sorted(steps, reverse=True)
    assert nst.Recipe(sizes=(64, 96), steps=(5, 3)).levels() == [(64, 5), (96, 3)]
    assert nst.Recipe(sizes=(64, 96), steps=7).levels() == [(64, 7), (96, 7)]


def test_default_needs_at_most_100_evaluations_at_256():
    levels = nst.Recipe(size=256).levels()
    assert sum(steps + 1 for _, steps in levels) <= 100  # one more starts each level


def test_a_new_size_scales_the_levels_of_a_preset():
    assert nst.Recipe.gatys(size=256).levels() == [(256, 500)]
    assert nst.Recipe(sizes=(64, 128)).replace(size=256).sizes == (128, 256)
    assert nst.Recipe(sizes=(64, 128)).size == 128


def test_presets_hold_the_published_numbers():
    gatys, original = nst.Recipe.gatys(), nst.Recipe.original()
    assert gatys.content_layers == ("relu4_2",) and gatys.pooling == "average"
    assert gatys.initial == "noise" and gatys.scale == "paper"
    assert original.content_layers == ("conv2_2",) and not original.normalize
    assert original.style_layer_weights == (1.0,) * 5 and original.style_weight == 1e6
    assert original.levels() == [(200, 520)] and original.square
    assert nst.Recipe.preset("default") == nst.Recipe()


def test_recipes_survive_json_and_do_not_change():
    recipe = nst.Recipe.original(seed=3)
    fields = json.loads(json.dumps(dataclasses.asdict(recipe)))
    assert nst.Recipe().replace(**fields) == recipe
    with pytest.raises(dataclasses.FrozenInstanceError):
        recipe.seed = 4


@pytest.mark.parametrize(
    "fields, sentence",
    [
        (
            {"style_layers": ("conv4_9",)},
            "unknown layer 'conv4_9': choose from conv1_1",
        ),
        ({"pooling": "min"}, "unknown pooling 'min': choose from max, average"),
        ({"scale": "l1"}, "unknown scale 'l1'"),
        ({"optimizer": "sgd"}, "unknown optimizer 'sgd': choose from lbfgs, adam"),
        ({"style_weight": -1.0}, "style_weight is -1.0: give a finite number from 0"),
        ({"content_weight": float("nan")}, "content_weight is nan"),
        ({"tv_weight": float("inf")}, "tv_weight is inf"),
        ({"style_weight": "much"}, "style_weight is 'much'"),
        ({"style_layer_weights": (1.0,)}, "1 style_layer_weights for 5 layers"),
        ({"content_layer_weights": (1.0, -2.0)}, "content_layer_weights is -2.0"),
        ({"steps": 0}, "steps is 0: give a whole number from 1 to"),
        ({"steps": 1.5}, "steps is 1.5: give a whole number"),
        ({"steps": (5,)}, "1 steps for 3 levels"),
        ({"size": 8}, "size is 8: give a whole number from 16 to 100000"),
        ({"sizes": (64, -1)}, "sizes is -1"),
        ({"seed": True}, "seed is True"),
        ({"sise": 3}, "unknown recipe field 'sise'"),
    ],
)
def test_impossible_recipes_are_refused_in_one_sentence(fields, sentence):
    with pytest.raises(nst.InputError, match=sentence) as caught:
        nst.Recipe().replace(**fields)
    assert "\n" not in str(caught.value)


def test_unknown_presets_are_answered_with_the_known_ones():
    with pytest.raises(nst.InputError, match="choose from default, gatys, original"):
        nst.Recipe.preset("picasso")
