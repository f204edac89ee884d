from dataclasses import replace

import ipywidgets
import torch
from studio_hands import status

from nst.studio.panel.chart import chart


def test_the_picture_the_status_and_the_chart_follow(studio):
    def shown():
        texts = ("picture", "status", "chart")
        return [studio.panel.text[name].value for name in texts]

    before = shown()
    studio.panel.button["step"].click()
    assert all(new != old for new, old in zip(shown(), before, strict=True))
    assert "step 1 of 8" in status(studio) and "style 30" in status(studio)
    assert (
        'alt="cat in the style of waves, step 1"' in studio.panel.text["picture"].value
    )
    assert 'class="move"' not in studio.panel.text["chart"].value
    studio.panel.dials["style_weight"].value = 100.0
    studio.run(2)
    assert "steps/s" not in status(studio)  # nothing runs
    for playing in (True, False, True):
        studio.playing = playing
        shown = [what in status(studio) for what in ("steps/s", "left")]
        assert shown == [playing, playing]
    assert "style_weight: 100" in studio.panel.text["chart"].value
    meters = [row.children[1].value for row in studio.panel.dials._layers.children]
    assert len(meters) == 5 and all(" %" in meter for meter in meters)


def test_the_chart_survives_numbers_that_are_none(studio):
    studio.run(1)
    state = studio.session.state
    points = ((1, float("inf"), float("nan"), 0.0), (2, 1e30, 0.5, 1e-9))
    assert "inf" not in chart(replace(state, points=points)).split("aria-label")[0]
    assert "no steps yet" in chart(replace(state, points=()))


def test_a_snapshot_is_a_button_that_goes_back(studio):
    studio.run(2)
    kept = studio.image
    studio.panel.button["snapshot"].click()
    studio.panel.dials["style_weight"].value = 1000.0
    studio.run(3)
    button = studio.panel.strip.children[1]
    assert "step 2" in button.description and "style 30" in button.description
    button.click()
    assert torch.equal(studio.image, kept)
    assert studio.recipe.style_weight == 30.0


def test_the_strip_makes_room(studio):
    for _ in range(15):
        studio.snapshot()
    assert len(studio.panel.strip) == 12
    assert studio.panel.strip.children[-1].description.startswith("15")
    css = studio.panel.strip.children[0].value
    assert css.count("background-image") == 12


def test_compare_lays_the_content_over_the_picture(studio):
    studio.panel.compare.value = True
    cover = studio.panel.text["cover"].value
    assert 'type="range"' in cover and "aria-label" in cover
    assert 'alt="before: cat"' in cover
    studio.run(1)
    assert studio.panel.text["cover"].value == cover  # its slider stays where it is
    studio.panel.chooser["content"].name.value = "rocket"
    assert "before: rocket" in studio.panel.text["cover"].value
    studio.panel.compare.value = False
    assert studio.panel.text["cover"].value == ""


def test_every_control_has_a_name(studio):
    def controls(widget):
        for child in getattr(widget, "children", ()):
            yield from controls(child)
        if isinstance(widget, ipywidgets.widgets.widget_description.DescriptionWidget):
            yield widget

    unnamed = [
        widget
        for widget in controls(studio.panel)
        if not isinstance(widget, ipywidgets.HTML)
        and not widget.description
        and not getattr(widget, "placeholder", "")
    ]
    assert not unnamed
