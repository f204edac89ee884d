"""A film's frames follow each other, begin afresh after a cut, and are reproducible."""

import gc
from fractions import Fraction
from itertools import islice, pairwise

import pytest
import torch

import nst
from nst.device import choose
from nst.inputs import Inputs
from nst.losses import temporal_loss
from nst.video.clip import made_film
from nst.video.files import write_film
from nst.video.film import FilmPainter
from nst.video.flow import warp

QUICK = {"size": 96, "steps": 12, "frame_steps": 6}


@pytest.fixture(scope="module")
def known():
    return list(made_film(5, 96))


def flicker(images, known):
    """How much visible pixels change that only moved, in 255ths."""
    changes = []
    for frame, (before, now) in zip(known[1:], pairwise(images), strict=True):
        apart = (warp(before, frame.flow) - now).abs().mean(1, True)
        changes.append(255 * apart[~frame.hidden].mean().item())
    return sum(changes) / len(changes)


def test_it_flickers_less_than_frames_painted_alone(known):
    frames = [frame.image for frame in known]
    film = list(nst.style_video(frames, "brush_strokes", **QUICK))
    assert [frame.cut for frame in film] == [True] + 4 * [False]
    noisy = [  # what a camera adds
        (x + 0.006 * torch.randn(x.shape, generator=torch.Generator().manual_seed(i)))
        for i, x in enumerate(frames)
    ]
    how = {"size": 96, "steps": 12}
    alone = [nst.style_transfer(x.clamp(0, 1), "brush_strokes", **how) for x in noisy]
    ours = flicker([frame.image for frame in film], known)
    assert ours < 0.6 * flicker(alone, known)
    loose = nst.style_video(frames, "brush_strokes", temporal_weight=0.0, **QUICK)
    assert ours < flicker([frame.image for frame in loose], known)


def test_the_temporal_loss_is_its_equation_and_has_its_gradient(random):
    image, w, c = (random(1, n, 4, 5).double() for n in (3, 3, 1))
    expected = sum(
        c[0, 0, y, x] * (image[0, k, y, x] - w[0, k, y, x]) ** 2
        for k in range(3)
        for y in range(4)
        for x in range(5)
    )
    assert torch.allclose(temporal_loss(image, [(w, c)]), expected / 60)
    loss = lambda image: temporal_loss(image, [(w, c), (1 - w, 1 - c)])  # noqa: E731
    assert torch.autograd.gradcheck(loss, image.requires_grad_())


def test_a_cut_begins_afresh_as_a_picture_does(known, cat):
    frames = [known[0].image, known[1].image, nst.sample("rocket", (72, 96))]
    film = list(nst.style_video(frames, "ink", **QUICK))
    assert [frame.cut for frame in film] == [True, False, True]
    alone = nst.style_transfer(frames[2], "ink", size=96, steps=12)
    assert (film[2].painted - alone).abs().max() <= 0.51 / 255


def test_nothing_moves_when_nothing_moves(cat):
    film = list(nst.style_video([cat] * 3, "ink", **QUICK, temporal_weight=1e6))
    for before, now in pairwise(film):
        assert (before.image - now.image).abs().mean() < 1 / 255


def test_a_film_is_the_same_twice_and_goes_on_from_its_frames(known):
    recipe, compute = nst.Recipe(**QUICK, look_back=(1, 2)), choose("cpu")
    inputs = [Inputs.of(frame.image, "ink") for frame in known]
    whole = [FilmPainter(recipe, compute)] * len(inputs)
    whole = [painter.paint(one) for painter, one in zip(whole, inputs, strict=True)]
    again = FilmPainter(recipe, compute)
    for one, frame in zip(inputs[:3], whole[:3], strict=True):
        again.take(one, frame.painted)
    for one, frame in zip(inputs[3:], whole[3:], strict=True):
        assert torch.equal(again.paint(one).painted, frame.painted)
    twice = nst.style_video([frame.image for frame in known], "ink", recipe)
    assert all(torch.equal(a.image, b.image) for a, b in zip(twice, whole, strict=True))


def test_a_frame_further_back_counts_only_where_no_later_one_shows(known):
    painter = FilmPainter(nst.Recipe(**QUICK, look_back=(1, 3)), choose("cpu"))
    for frame in known[:4]:
        painter.take(Inputs.of(frame.image, "ink"), frame.image)
    (near, trust), (far, rest) = painter.anchors(known[4].image)
    assert trust.mean() > 0.8 and rest.mean() < 0.1 and (trust + rest).max() < 1.01
    assert rest.max() > 0.5  # a pixel that the ball hid in the last frame
    assert near.shape == far.shape == known[4].image.shape


@pytest.mark.parametrize(
    "changes",
    [
        {"color": "content"},
        {"color": "match"},
        {"style_loss": "cmd"},
        {"tile": 64},
        {"blend": (0.3, 0.7)},
        {"optimizer": "adam", "learning_rate": 0.02},
    ],
)
def test_what_works_for_a_picture_works_for_a_frame(known, changes):
    styles = ["ink", "waves"] if "blend" in changes else "ink"
    frames = [frame.image for frame in known[:2]]
    film = list(nst.style_video(frames, styles, **QUICK, **changes))
    assert film[1].cut is False and torch.isfinite(film[1].image).all()
    usual = list(nst.style_video(frames, "ink", **QUICK))
    same = (film[1].image - usual[1].image).abs().mean() < 1 / 255
    assert same == ("tile" in changes)
    if changes.get("color") == "content":
        grey = [x.mean(1) for x in (film[1].image, film[1].painted)]
        assert (grey[0] - grey[1]).abs().mean() < 0.05
        assert not torch.equal(film[1].image, film[1].painted)


def test_masks_hold_for_each_frame(known):
    left = torch.linspace(1, 0, 96).round().expand(1, 3, 72, 96)
    frames = [frame.image for frame in known[:2]]
    how = {"masks": [left, 1 - left], **QUICK}
    film = list(nst.style_video(frames, ["ink", "waves"], **how))
    alone = list(nst.style_video(frames, "ink", **QUICK))
    apart = (film[1].image - alone[1].image).abs().mean((0, 1, 2))
    assert apart[64:].mean() > 2 * apart[:24].mean()


def test_frames_of_another_size_and_unreadable_ones_are_one_sentence(known):
    frames = [known[0].image, nst.sample("cat", (64, 96))]
    with pytest.raises(nst.InputError, match="frame 2 is 96x64 after 96x72"):
        list(nst.style_video(frames, "ink", **QUICK))
    with pytest.raises(nst.InputError, match="no such picture"):
        list(nst.style_video(["nowhere.png"], "ink", **QUICK))


def test_memory_stays_flat():
    frames = (nst.resize(x.image, 32) for x in made_film(60, 32))
    how = {"size": 32, "steps": 1, "frame_steps": 1}
    counts = []
    for number, _ in enumerate(nst.style_video(frames, "ink", **how)):
        if number in (20, 50):
            gc.collect()
            tensors = [x for x in gc.get_objects() if isinstance(x, torch.Tensor)]
            counts.append(sum(x.numel() for x in tensors))
    assert counts[1] <= 1.05 * counts[0]


def test_the_path_of_a_film_will_do(known, tmp_path):
    with pytest.raises(nst.InputError, match="no such film"):
        list(nst.style_video(tmp_path / "none.mp4", "ink", **QUICK))
    path = tmp_path / "a.webp"
    write_film([(frame.image, Fraction(1, 10)) for frame in known[:2]], path)
    assert len(list(nst.style_video(str(path), "ink", **QUICK))) == 2


def test_it_is_lazy(known):
    asked = []

    def frames():
        for frame in known:
            asked.append(1)
            yield frame.image

    list(islice(nst.style_video(frames(), "ink", **QUICK), 2))
    assert len(asked) == 2
