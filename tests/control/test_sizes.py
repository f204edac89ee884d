import pytest

import nst


def test_any_two_sizes_and_aspects_go_together(random):
    wide, tall = random(1, 3, 40, 200), random(1, 3, 150, 60)
    result = nst.style_transfer(wide, tall, sizes=(100,), steps=2)
    assert result.shape == (1, 3, 20, 100)
    result = nst.style_transfer(tall, wide, sizes=(100,), steps=2)
    assert result.shape == (1, 3, 100, 40)


def test_only_the_original_recipe_makes_both_pictures_square(monkeypatch):
    seen = []

    def spy(vgg, content, style, *more):
        seen.append((content.shape[2:], style[0].shape[2:]))
        return nst.Objective(vgg, content, style, *more)

    monkeypatch.setattr("nst.transfer.Objective", spy)
    nst.style_transfer("cat", "waves", nst.Recipe.original(size=40, steps=1))
    nst.style_transfer("cat", "waves", nst.Recipe.gatys(size=40, steps=1))
    assert seen == [((40, 40), (40, 40)), ((27, 40), (40, 40))]


def test_style_scale_changes_the_size_of_the_style(monkeypatch):
    seen = []

    def spy(vgg, content, styles, *more):
        seen.append(tuple(styles[0].shape[2:]))
        return nst.Objective(vgg, content, styles, *more)

    monkeypatch.setattr("nst.transfer.Objective", spy)
    for scale in (0.5, 1.0, 2.0):
        nst.style_transfer("cat", "ink", sizes=(64,), steps=1, style_scale=scale)
    assert seen == [(32, 32), (64, 64), (128, 128)]


def test_a_list_of_styles_needs_as_many_weights_and_masks(cat):
    with pytest.raises(nst.InputError, match="1 blend for 2 styles"):
        nst.iterate("cat", ["ink", "waves"], blend=(1.0,))
    with pytest.raises(nst.InputError, match="1 masks for 2 styles"):
        nst.iterate("cat", ["ink", "waves"], masks=[cat])
    with pytest.raises(nst.InputError, match="blend has .*: give one for each layer"):
        nst.iterate("cat", ["ink", "waves"], blend=(1.0, (1.0, 2.0)))
