import matplotlib.pyplot as plt
import pytest

import nst


@pytest.fixture(autouse=True)
def never_shown(monkeypatch):
    monkeypatch.setattr(plt, "show", lambda *_: pytest.fail("plt.show was called"))
    yield
    assert not plt.get_fignums()  # figures are returned, not left open


def drawn(figure):
    figure.canvas.draw()
    return figure.axes


def test_images_stand_in_a_row_under_their_titles(cat, strokes):
    axes = drawn(nst.show_images(cat, strokes, titles=("cat", "strokes")))
    assert [axis.get_title() for axis in axes] == ["cat", "strokes"]
    assert axes[0].images[0].get_array().shape == (*cat.shape[2:], 3)
    assert len(drawn(nst.show_images(cat))) == 1


def test_loss_curves_are_drawn_on_a_log_axis_from_steps_or_dicts():
    steps = list(nst.iterate("cat", "ink", sizes=(32,), steps=3))
    (axis,) = drawn(nst.plot_losses(steps))
    names = {line.get_label() for line in axis.lines}
    assert names == {"total"} | {name for name in steps[0].losses if "/" in name}
    assert axis.get_yscale() == "log"
    line = next(line for line in axis.lines if line.get_label() == "total")
    assert list(line.get_ydata()) == [step.losses["total"] for step in steps]
    (axis,) = drawn(nst.plot_losses([step.losses for step in steps], ["style"]))
    assert [line.get_label() for line in axis.lines] == ["style"]


def test_the_most_active_feature_maps_are_shown(vgg, cat):
    features = vgg(cat, ["relu2_1"])["relu2_1"]
    axes = drawn(nst.show_features(features, columns=4, rows=2))
    assert len(axes) == 8 and all(axis.images for axis in axes)
    strongest = features[0].mean((1, 2)).argmax().item()
    assert axes[0].get_title() == str(strongest)
    assert len(drawn(nst.show_features(features[:, :3], columns=4, rows=2))) == 4


def test_a_gram_matrix_is_a_heat_map(vgg, cat):
    features = vgg(cat, ["relu2_1"])["relu2_1"]
    axis, bar = drawn(nst.show_gram(features, channels=20))
    shown = axis.images[0].get_array()
    assert shown.shape == (20, 20)
    gram = nst.gram_matrix(features)[0, :20, :20]
    assert shown[3, 4] ** 2 == pytest.approx(gram[3, 4].item(), rel=1e-4)
