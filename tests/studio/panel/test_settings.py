import pytest
import torch
from studio_hands import TINY, said, wrong

import nst
from nst.control import memory


@pytest.mark.parametrize(
    "name, value",
    [
        ("size", 128),
        ("initial", "noise"),
        ("pooling", "max"),
        ("color", "match"),
        ("style_scale", 1.5),
        ("style_loss", "cmd"),
    ],
)
def test_a_setting_begins_a_new_run_and_says_so(studio, name, value):
    studio.run(2)
    studio.panel.setting[name].value = value
    assert getattr(studio.recipe, name) == value
    assert studio.session.state.number == 0
    assert "New run" in said(studio) and str(value) in said(studio)
    studio.panel.button["undo"].click()
    assert studio.recipe == TINY and studio.session.state.number == 2
    assert studio.panel.setting[name].value == getattr(TINY, name)


def test_a_preset_brings_its_layers_and_keeps_the_size(studio):
    studio.panel.setting["preset"].value = "original"
    assert studio.recipe == nst.Recipe.original(size=32)
    assert studio.panel.dials["conv1_1"].value == 5.0  # a full weight, not a fifth
    assert studio.panel.dials["style_weight"].value == 1e6
    studio.run(2)
    assert studio.panel.setting["preset"].value == "original"


def test_keeping_the_contents_colours_is_shown_and_saved_but_not_painted(studio):
    studio.run(3)
    painted = studio.image
    studio.panel.setting["color"].value = "content"
    content = nst.resize(nst.sample("cat"), tuple(painted.shape[-2:]))
    assert torch.equal(studio.image, nst.keep_colors(painted, content))
    assert torch.equal(studio.session.state.image, painted)
    assert studio.session.state.moves == () and "color content" in said(studio)
    saved = nst.load_image(studio.save())
    assert (saved - studio.image).abs().max() <= 0.5 / 255 + 1e-6


def test_too_large_a_size_is_refused_and_a_smaller_one_offered(studio, monkeypatch):
    free = memory.estimate(TINY.replace(size=192), (300, 451), (640, 640)) + 1
    monkeypatch.setattr(memory, "available", lambda device: free)
    studio.run(2)
    state = studio.session.state
    smaller = studio.panel.button["smaller"]
    assert smaller.layout.display == "none"
    studio.panel.setting["size"].value = 2048
    assert wrong(studio) and "GB" in said(studio)
    assert studio.session.state is state
    assert studio.panel.setting["size"].value == 32
    assert smaller.layout.display is None and smaller.description == "Use 192 px"
    smaller.click()
    assert studio.recipe.size == 192 and smaller.layout.display == "none"


def test_an_exact_size_stays_while_it_grows_until_another_is_chosen(quick, tmp_path):
    studio = nst.Studio("cat", "ink", size=(24, 32), steps=1, color="content")
    assert studio.panel.setting["size"].value == 32
    studio.run(1)
    studio.enlarge(48)
    studio.run(1)
    assert studio.image.shape == (1, 3, 36, 48) and studio.recipe.size == (36, 48)
    path = studio.save("a.png")
    nst.remake(path, "b.png")
    assert path.read_bytes() == (tmp_path / "b.png").read_bytes()
    studio.set(size=(40, 20), sizes=None, steps=1)
    assert studio.image.shape == (1, 3, 40, 20)
    studio.panel.setting["size"].value = 128
    assert max(studio.image.shape) == 128 and studio.recipe.size == 128
    studio.close()


def test_thin_pictures_and_no_style_layers_have_a_panel(quick):
    thin = nst.load_image(nst.sample("cat", 200)[..., :20, :])
    studio = nst.Studio(thin, "ink", size=256, steps=1, style_layers=())
    assert studio.until == 1 and studio.run(1).image.shape == (1, 3, 26, 256)
    studio.close()


def brightest(features, style):
    return (features.amax((2, 3)) - style.amax((2, 3))).square().sum()


def test_a_style_loss_of_ones_own_is_named_painted_and_cannot_be_read_back(quick):
    studio = nst.Studio("cat", "waves", TINY, style_loss=brightest)
    assert studio.panel.setting["style_loss"].label == "brightest"
    assert studio.run(2).losses["style"] > 0 and not wrong(studio)
    made = nst.read_record(studio.save())
    assert made["recipe"]["style_loss"] == "brightest"
    path = studio.keep()
    with pytest.raises(nst.InputError, match="'brightest'.*in Python"):
        nst.Studio(resume=path)
    studio.panel.setting["style_loss"].value = "moments"
    assert studio.recipe.style_loss == "moments"
    studio.close()
