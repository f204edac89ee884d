import numpy as np
import pytest
import torch
from studio_hands import TINY, said

from nst.studio.panel.dials import DIALS


@pytest.mark.parametrize("name", DIALS)
def test_a_dial_moves_its_weight(studio, name):
    studio.run(2)
    image = studio.image
    studio.panel.dials[name].value = 7.0
    assert getattr(studio.recipe, name) == 7.0
    assert torch.equal(studio.image, image)
    assert f"{name} 7: from step 3 on" in said(studio)


@pytest.mark.parametrize("index", range(5))
def test_a_layers_dial_moves_its_share(studio, index):
    layer = TINY.style_layers[index]
    studio.panel.dials[layer].value = 0.0
    weights = [0.2] * 5
    weights[index] = 0.0
    assert studio.recipe.style_layer_weights == tuple(weights)
    studio.run(1)
    assert studio.panel.dials[layer].value == 0.0


def test_dials_are_logarithmic_and_end_at_paint_alone(studio):
    stops = [value for _, value in studio.panel.dials["style_weight"].options]
    ratios = np.array(stops[2:]) / np.array(stops[1:-1])
    assert (stops[0], stops[-1]) == (0, 10_000)
    assert 1.3 < ratios.min() <= ratios.max() < 1.7


def test_dials_show_whatever_is_set(studio):
    studio.set(style_weight=42.0, style_layer_weights=(0.9, 0.2, 0.2, 0.2, 0.2))
    assert studio.panel.dials["style_weight"].value == 42.0
    assert studio.panel.dials["relu1_1"].value == 4.5
    assert len(studio.session.state.moves) == 1  # showing is no move
