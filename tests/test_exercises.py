"""Every exercise check takes the right answers and rejects the tempting wrong ones."""

from functools import partial

import pytest
import torch

import nst
from notebooks.checks.common import EXERCISES, modules

modules()


def picture(height, width, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand((1, 3, height, width), generator=generator)


PHOTO, PAINTING = picture(20, 32), picture(24, 24, seed=1)
# Stand-ins for features, their moved version, and a layer with its own order for each
# channel (n02.more_than_means).
FEATURES = {"relu1_1": picture(6, 8), "relu2_1": picture(3, 4, seed=2)}
MOVED = {name: f.roll(2, 3) for name, f in FEATURES.items()}
SQUARED = {name: (MOVED[name] - f).square().sum() for name, f in FEATURES.items()}
MINDS = {name: SQUARED[name] / f.square().sum() for name, f in FEATURES.items()}
DIMMED = {name: 0.5 * f for name, f in MOVED.items()}
TURNED = {
    name: (DIMMED[name] - f).square().sum() / DIMMED[name].square().sum()
    for name, f in FEATURES.items()
}
ROWS = picture(5, 20, seed=3)[:, :, 0]
OWN_ORDERS = torch.stack([row.roll(i) for i, row in enumerate(ROWS[0])])[None]
SAME_GRAM = {
    "mirrored": True,
    "laid out twice, side by side": True,
    "twice as bright": False,
    "channels in another order": False,
}


FIRST, SECOND = picture(4, 4)[0, :1], picture(4, 4, seed=4)[0, :1]
MEANS = torch.tensor((0.485, 0.456, 0.406)).view(1, 3, 1, 1)
STDS = torch.tensor((0.229, 0.224, 0.225)).view(1, 3, 1, 1)
DOWN = torch.linspace(0, 1, 60).view(1, 1, 60, 1)


def energy(f, target, by=None):
    """The relative loss, or with ``by`` a tempting mistake."""
    return (f - target).square().sum() / (target if by is None else by).square().sum()


def paper_content(f, p):
    return (f - p).square().sum() / 2


def paper_style(f, p, power=2, divisor=4, mean=False):
    f, p = f.flatten(2), p.flatten(2)
    n, m = f.shape[1:]
    sums = (f @ f.mT - p @ p.mT).square().sum() / (m**2 if mean else 1)
    return sums / (divisor * (n * m) ** power)


def loop(image, steps, loss_of, *, copy=True, reset=True, clamp=False):
    """n03.mended, and its broken relatives."""
    image = (image.clone() if copy else image).requires_grad_()
    optimizer = torch.optim.LBFGS([image], max_iter=1)

    def closure():
        if clamp:
            image.data.clamp_(0, 1)
        if reset:
            optimizer.zero_grad()
        loss = loss_of(image)
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
    return image.detach().clamp(0, 1)


def clamped_copy(loss_of):
    """n03.mended with a clamp that has a gradient."""
    return lambda image: loss_of(image.clamp(0, 1))


def at_once(image, steps, loss_of):
    """n03.mended by another road: one call, autograd.grad, no grad to reset."""
    image = image.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([image], max_iter=steps)

    def closure():
        loss = loss_of(image)
        (image.grad,) = torch.autograd.grad(loss, image)
        return loss

    optimizer.step(closure)
    return image.detach().clamp(0, 1)


# 08: the parts of the clinic's painters, mended and not
def adam(rate, weights=False, frozen=True, kind=torch.optim.Adam):
    def optimizer(image, net):
        net.requires_grad_(not frozen)
        return kind([image, *(net.parameters() if weights else ())], lr=rate)

    return (optimizer,)


def aim(contents_of, styles_of, layers=("relu1_1",)):
    def targets(see, gram, *pictures):
        contents, styles = see(pictures[contents_of]), see(pictures[styles_of])
        return (
            {"relu4_2": contents["relu4_2"]},
            {name: gram(styles[name]) for name in layers},
        )

    return (targets,)


def features_for_both(see, gram, content, style):
    return {"relu4_2": see(content)["relu4_2"]}, {"relu1_1": see(style)["relu1_1"]}


def shown(prepare):
    return (lambda net, image: net(prepare(image)),)


def gram_by(divisor):
    return (lambda f: f.flatten(2) @ f.flatten(2).mT / divisor(*f.shape[1:]),)


def one_step(prepare=lambda image: image, reset=True, move=True, keep_inside=False):
    def step(image, optimizer, loss_of):
        def closure():
            if keep_inside:
                image.data.clamp_(0, 1)
            if reset:
                optimizer.zero_grad()
            loss = loss_of(prepare(image))
            loss.backward()
            return loss

        return optimizer.step(closure) if move else closure()

    return (step,)


TRUSTED = {"wall": True, "ball": True, "uncovered": False, "come in": False}


def by_channel(statistic):
    """A loss of one's own: the squared difference of a statistic."""
    return lambda f, s: (statistic(f) - statistic(s)).square().sum()


# {exercise: ([right, ...], [wrong, ...])}; each answer is the tuple of arguments
CASES = {
    "n00.average_color": (
        [
            (PAINTING.mean((0, 2, 3)), PAINTING),
            (PAINTING.mean((2, 3)).tolist(), PAINTING),
        ],
        [
            (PAINTING.mean(), PAINTING),
            (PAINTING.mean((0, 2)), PAINTING),
            (PAINTING.mean((0, 2, 3)).flip(0), PAINTING),
            (PHOTO.mean((0, 2, 3)), PAINTING),
        ],
    ),
    "n00.swapped": (
        [(picture(64, 64), PHOTO, PAINTING)],
        [
            (picture(40, 64), PHOTO, PAINTING),  # not swapped
            (picture(256, 256), PHOTO, PAINTING),  # the size forgotten
            (PAINTING, PHOTO, PAINTING),  # nothing painted
            ("painted.png", PHOTO, PAINTING),
        ],
    ),
    "n00.who_pays": (
        [("up", "down"), ("Up", " down ")],
        [("down", "up"), ("up", "up"), ("yes", "no")],
    ),
    "n01.receptive_field": (
        [(14,), (14.0,)],
        [(3,), (5,), (7,), (10,), (12,), (24,), (196,), (11,)],
    ),
    "n01.relative_loss": (
        [(energy,), (lambda f, t: energy(f, t).item(),)],
        [
            (lambda f, t: energy(f, t, by=f),),
            (lambda f, t: energy(f, t).sqrt(),),
            (lambda f, t: (f - t).abs().sum() / t.abs().sum(),),
            (lambda f, t: (f - t).square().mean(),),
            (lambda f, t: 0.5 * energy(f, t),),
            (lambda f, t: (f - t).square() / t.square(),),
            (lambda f, t: (f - t).sum(),),
        ],
    ),
    "n01.first_with_fewer": (
        [("pool4",), (" Pool4 ",)],
        [("pool3",), ("relu4_1",), ("relu5_1",), ("pool5",), ("conv9",), (4,)],
    ),
    "n01.minds": (
        [
            (MINDS, MOVED, FEATURES),
            ({name: loss.item() for name, loss in MINDS.items()}, MOVED, FEATURES),
        ],
        [
            ({name: s / 2 for name, s in SQUARED.items()}, MOVED, FEATURES),
            (dict.fromkeys(FEATURES, 0.0), MOVED, FEATURES),
            (TURNED, DIMMED, FEATURES),  # the target and what is compared, swapped
            ({"relu1_1": MINDS["relu1_1"]}, MOVED, FEATURES),
            (dict.fromkeys(FEATURES, MINDS["relu1_1"]), MOVED, FEATURES),
        ],
    ),
    "n02.gram_by_hand": (
        [([[1.5, 1], [1, 2.75]],), (torch.tensor([[6, 4], [4, 11]]) / 4,)],
        [
            ([[6, 4], [4, 11]],),
            ([[3, 2], [2, 5.5]],),
            ([[1.5, 1.0], [1.0, 1.25]],),
            ([[0, 2], [3, 2]],),
            ([[1.5, 1.0], [0.9, 2.75]],),
            ([1.5, 1.0, 1.0, 2.75],),
        ],
    ),
    "n02.same_gram": (
        [(SAME_GRAM,)],
        [
            *((SAME_GRAM | {name: not value},) for name, value in SAME_GRAM.items()),
            (SAME_GRAM | {"mirrored": "yes"},),
        ],
    ),
    "n02.more_than_means": (
        [(ROWS, OWN_ORDERS)],
        [
            (ROWS, ROWS.flip(2)),  # all channels alike
            (ROWS, ROWS.flip(1)),  # channels exchanged
            (ROWS, ROWS.mean(2, keepdim=True).expand_as(ROWS)),  # other numbers
            (ROWS, OWN_ORDERS[..., :10]),
        ],
    ),
    "n02.different_numbers": (
        [(2080,), (2080.0,)],
        [(4096,), (2016,), (2048,), (64,), (12,)],
    ),
    "n05.amplitude": (
        [(100 * 0.05**0.5,), (22,), (0.2236,), (torch.tensor(22.4),), ("22 %",)],
        [(5,), (2.5,), (95,), (0.05,), (50,), ("5%",), ("a lot",), (2.236,)],
    ),
    "n05.evaluations": ([(33,), (33.0,)], [(30,), (31,), (32,), (60,)]),
    "n05.moves": ([(False,)], [(True,), (0,)]),
    "n03.paper_constants": (
        [(paper_content, paper_style)],
        [
            (lambda f, p: 2 * paper_content(f, p), paper_style),
            (lambda f, p: (f - p).square().mean() / 2, paper_style),
            (lambda f, p: (f - p).square().mean(), paper_style),
            (paper_content, partial(paper_style, divisor=1)),
            (paper_content, partial(paper_style, power=1)),
            (paper_content, partial(paper_style, mean=True)),
            (paper_content, partial(paper_style, power=0, divisor=1)),
            (paper_content, lambda f, p: 3 * paper_style(f, p)),
        ],
    ),
    "n03.mended": (
        [(loop,), (at_once,)],
        [
            (partial(loop, copy=False),),
            (partial(loop, reset=False),),
            (partial(loop, clamp=True),),
            (lambda image, steps, loss_of: loop(image, steps, clamped_copy(loss_of)),),
            (lambda image, steps, loss_of: loop(image, 1, loss_of),),
            (lambda image, steps, loss_of: image,),
        ],
    ),
    "n03.evaluations": ([(520,), (520.0,)], [(500,), (501,), (26,), (25,), (10000,)]),
    "n03.diagnose": (
        [
            ("not frozen", "not normalised", "in place"),
            ("Not frozen", "NOT normalised", "in place "),
            ("not frozen", "not normalized", "in place"),
        ],
        [
            ("clamped", "not normalised", "in place"),
            ("not frozen", "clamped", "in place"),
            ("not frozen", "not normalised", "not frozen"),
            ("tired", "not normalised", "in place"),
        ],
    ),
    "n04.other_network": (
        [(1000 / 57**2,), (0.308,), (torch.tensor(1000 / 3249),)],
        [(1000 * 57**2,), (1000,), (1000 / 57,), (1000 / 57**4,), (57,)],
    ),
    "n04.larger_picture": (
        [(16000,), (1.6e4,)],
        [(4000,), (1000,), (62.5,), (250,), (256000,), (5,)],
    ),
    "n04.inside_the_square": (
        [(1e6,), (1000**2,)],
        [(1000,), (2000,), (1000**4,), (1e3**0.5,)],
    ),
    "n04.read_the_grid": (
        [("neither", "weight", "both"), (" Layers", "weight", "BOTH")],
        [
            ("weight", "neither", "both"),
            ("neither", "layers", "both"),
            ("neither", "weight", "layers"),
            ("beta", "weight", "both"),
        ],
    ),
    "n06.whose_colors": (
        [("content", "style", "match"), (" Content", "STYLE", "match ")],
        [
            ("match", "style", "content"),
            ("contnet", "style", "match"),
            ("style", "style", "match"),
            ("content", "match", "match"),
            ("content", "style", "histogram"),
            ("content", "style", "style"),
        ],
    ),
    "n06.blend_by_hand": (
        [((FIRST + 3 * SECOND) / 4, FIRST, SECOND)],
        [
            (FIRST + 3 * SECOND, FIRST, SECOND),
            ((3 * FIRST + SECOND) / 4, FIRST, SECOND),
            ((FIRST + SECOND) / 2, FIRST, SECOND),
            (FIRST, FIRST, SECOND),
            (0.5, FIRST, SECOND),
        ],
    ),
    "n06.paint_a_mask": (
        [
            (DOWN.expand(1, 1, 60, 80),),
            (torch.sigmoid(20 * (DOWN - 0.5)).expand(1, 1, 60, 80),),
        ],
        [
            (DOWN.flip(2).expand(1, 1, 60, 80),),
            (DOWN.round().expand(1, 1, 60, 80),),
            (DOWN.mT.expand(1, 1, 60, 60),),
            (torch.linspace(0, 1, 80).expand(1, 1, 60, 80),),
            (torch.full((1, 1, 60, 80), 0.5),),
            (2 * DOWN.expand(1, 1, 60, 80),),
            (DOWN.pow(4).expand(1, 1, 60, 80),),
        ],
    ),
    "n09.mended_a": (
        [adam(0.03), adam(0.01), adam(0.1), adam(1, kind=torch.optim.LBFGS)],
        [
            adam(1),
            adam(0.5),
            adam(1e-4),
            adam(0.03, weights=True),
            (lambda *_: 0.03,),
            (torch.optim.Adam,),
            (lambda image: torch.optim.Adam([image], lr=0.03),),
            (lambda image, net: torch.optim.Adam(image, lr=0.03),),
        ],
    ),
    "n09.mended_b": (
        [aim(0, 1), aim(0, 1, ("relu1_1", "relu5_1"))],
        [aim(1, 0), aim(0, 0), aim(1, 1), aim(0, 1, ()), (features_for_both,)],
    ),
    "n09.mended_c": (
        [shown(lambda x: (x - MEANS) / STDS)],
        [
            shown(lambda x: x),
            shown(lambda x: x - MEANS),
            shown(lambda x: x / STDS),
            shown(lambda x: x - MEANS / STDS),
            shown(lambda x: (x - STDS) / MEANS),
            shown(lambda x: x * STDS + MEANS),
            shown(lambda x: 255 * x),
            (lambda net, image: (image - MEANS) / STDS,),
        ],
    ),
    "n09.mended_d": (
        [gram_by(lambda c, h, w: h * w), (nst.gram_matrix,)],
        [
            gram_by(lambda c, h, w: 1),
            gram_by(lambda c, h, w: c),
            gram_by(lambda c, h, w: c * h * w),
            gram_by(lambda c, h, w: (h * w) ** 2),
            gram_by(lambda c, h, w: w),
            (lambda f: f.flatten(2).mT @ f.flatten(2),),
        ],
    ),
    "n09.mended_e": (
        [one_step()],
        [
            one_step(lambda image: image.clamp(0, 1)),
            one_step(keep_inside=True),
            one_step(reset=False),
            one_step(move=False),
            one_step(lambda image: image.detach() + 0 * image + 1),
            (lambda image, optimizer, loss_of: None,),
        ],
    ),
    "n09.mended_f": (
        [adam(0.03), adam(0.03, kind=torch.optim.SGD)],
        [
            adam(0.03, weights=True, frozen=False),
            adam(0.03, weights=True),
            adam(0.03, frozen=False),
            adam(2),
        ],
    ),
    "n08.where_was_it": (
        [((-4, -3),), ([-4.0, -3.0],)],
        [((4, -3),), ((4, 3),), ((-4, 3),), ((-3, -4),), ((0, 0),), (7,)]
        + [(("left", "up"),)],
    ),
    "n08.which_are_told": (
        [(TRUSTED,)],
        [({**TRUSTED, name: not told},) for name, told in TRUSTED.items()]
        + [({"wall": True},), ([True, True, False, False],)],
    ),
    "n08.held": (
        [(lambda x, w, c: (c * (x - w) ** 2).mean(),)],
        [
            (lambda x, w, c: ((x - w) ** 2).mean(),),
            (lambda x, w, c: (c * (x - w) ** 2).sum(),),
            (lambda x, w, c: (c * (x - w)).mean(),),
            (lambda x, w, c: (c * (x - w).abs()).mean(),),
            (lambda x, w, c: ((1 - c) * (x - w) ** 2).mean(),),
            (lambda x, w, c: (c * (x - w) ** 2).sum() / c.sum() / 3,),
            (lambda x, w, c: ((c * (x - w)) ** 2).mean(),),
            (lambda x, w, c: c * (x - w) ** 2,),
        ],
    ),
    "n07.blind": (
        [({"moments", "cmd"},), (["cmd", "moments"],), (("moments", "cmd"),)],
        [
            ({"gram"},),
            ({"moments"},),
            ({"cmd"},),
            ({"moments", "cmd", "wasserstein"},),
            ({"moments", "cmd", "neighbours"},),
            ({"moments", "cmd", "means"},),
            ("moments",),
            (set(),),
        ],
    ),
    "n07.earth": (
        [(10,), (10.0,), ("10",), (torch.tensor(10.0),)],
        [(12,), (9,), (1,), (4,), (14,), (18,), (10**0.5,), (7,), ("far",)],
    ),
    "n07.own_loss": (
        [
            (by_channel(lambda f: f.mean((2, 3))),),
            (by_channel(lambda f: f.amax((2, 3))),),
            (by_channel(lambda f: f.flatten(2).median(2).values),),
            (by_channel(lambda f: torch.sigmoid(-f).mean((2, 3))),),
            (by_channel(nst.gram_matrix),),
        ],
        [
            (lambda f, s: (f - s).square().sum(),),  # sizes differ
            (lambda f, s: (f.mean((2, 3)) - s.mean((2, 3))).square(),),
            (lambda f, s: f.mean() + s.mean(),),
            (lambda f, s: f.mean() - s.mean(),),
            (lambda f, s: 0 * f.sum(),),
            (lambda f, s: (f.mean() - s.mean()).square().detach(),),
            (lambda f, s: ((f > 1).float().mean() - (s > 1).float().mean()).square(),),
            (lambda f: f.sum(),),
            (3,),
        ],
    ),
    "n06.how_wide_a_halo": (
        [(32,), (32.0,), ("32",)],
        [(30,), (34,), (68,), (64,), (40,), (24,), (80,), (5,), ("wide",)],
    ),
}


def test_every_exercise_has_cases():
    assert set(CASES) == set(EXERCISES)


@pytest.mark.parametrize("name", CASES)
def test_an_exercise_tells_right_from_wrong(name):
    rights, wrongs = CASES[name]
    assert rights and wrongs
    for answer in rights:
        verdict = EXERCISES[name](*answer)
        assert verdict and repr(verdict).startswith("✓ Right"), verdict
    for answer in wrongs:
        verdict = EXERCISES[name](*answer)
        assert not verdict and repr(verdict).startswith("✗ Not yet"), answer
        assert "raised" not in repr(verdict), f"{verdict}: a hint, not an exception"


@pytest.mark.parametrize("name", EXERCISES)
def test_an_unanswered_exercise_says_so(name):
    count = len(CASES[name][0][0])
    assert "Not answered" in repr(EXERCISES[name](*[...] * count))


@pytest.mark.parametrize("name", EXERCISES)
def test_nonsense_gets_a_hint_and_no_error(name):
    count = len(CASES[name][0][0])
    assert not EXERCISES[name](*["nonsense"] * count)
