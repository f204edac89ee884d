"""One weight for every pair: the content is asked for at the style's energy."""

import json
import re

import pytest
import torch
from conftest import relative
from PIL import Image, PngImagePlugin

import nst
from nst.averages import at_energy, energy

RECIPE = nst.Recipe()
OWN = RECIPE.replace(scale="own")


def features(vgg, image, layer):
    return vgg(image, [layer])[layer]


def targets(objective):
    return {name: loss.target for name, loss in objective.content[0].items()}


def square(tensor):
    return tensor.square().mean().item()


def test_the_contents_target_is_its_pattern_at_the_styles_energy(vgg, cat, strokes):
    for name, target in targets(nst.Objective(vgg, cat, strokes, RECIPE)).items():
        P, S = features(vgg, cat, name), features(vgg, strokes, name)
        assert square(target) == pytest.approx(square(S), rel=1e-5)
        assert relative(target / square(S) ** 0.5, P / square(P) ** 0.5) < 1e-5


@pytest.mark.parametrize(
    "recipe",
    [
        RECIPE.replace(style_weight=0.0),
        RECIPE.replace(style_layers=()),
        OWN,
        RECIPE.replace(scale="paper"),
        RECIPE.replace(scale="mean"),
    ],
)
def test_without_a_style_and_in_other_scales_the_content_stays_as_it_is(
    vgg, cat, strokes, recipe
):
    objective = nst.Objective(vgg, cat, strokes, recipe)
    for name, target in targets(objective).items():
        assert torch.equal(target, features(vgg, cat, name))
    assert objective.evaluate(cat)[0]["content"] == 0


def test_a_content_that_is_its_own_style_costs_nothing_and_stays(vgg, cat):
    losses, gradient = nst.Objective(vgg, cat, cat, RECIPE).evaluate(cat)
    assert losses["content"] < 1e-12 and losses["total"] < 1e-12
    assert gradient.abs().max() < 1e-8
    image = nst.style_transfer(cat, cat, sizes=(64,), steps=5)
    assert (image - cat).abs().max() < 1 / 255


def test_each_region_asks_for_the_energy_of_its_own_style(vgg, cat):
    styles = [nst.sample("waves", 64), nst.sample("brush_strokes", 64)]
    left = torch.zeros(1, 1, *cat.shape[2:])
    left[..., :32] = 1
    masks = [left, 1 - left]
    objective = nst.Objective(vgg, cat, styles, RECIPE, masks=masks)
    target = targets(objective)["relu3_2"]
    for half, style in ((slice(0, 8), styles[0]), (slice(8, 16), styles[1])):
        wanted = square(features(vgg, style, "relu3_2"))
        assert square(target[..., half]) == pytest.approx(wanted, rel=1e-4)


def test_outside_all_regions_the_content_stays_as_it_is(vgg, cat):
    left = torch.zeros(1, 1, *cat.shape[2:])
    left[..., :32] = 1
    styles, masks = [nst.sample("waves", 64)], [left]
    objective = nst.Objective(vgg, cat, styles, RECIPE, masks=masks)
    P = features(vgg, cat, "relu3_2")
    assert torch.equal(targets(objective)["relu3_2"][..., 8:], P[..., 8:])


def test_a_blend_asks_for_the_mean_energy_of_its_styles(vgg, cat):
    styles = [nst.sample("waves", 64), nst.sample("ink", 64)]
    recipe = RECIPE.replace(blend=(3.0, (1.0, 1.0, 0.0, 2.0, 1.0)))
    objective = nst.Objective(vgg, cat, styles, recipe)
    for name, target in targets(objective).items():
        waves, ink = (square(features(vgg, style, name)) for style in styles)
        assert square(target) == pytest.approx(0.75 * waves + 0.25 * ink, rel=1e-5)


def test_a_style_mask_shows_the_energy_of_what_is_taken(vgg, cat):
    style = nst.sample("waves", 64)
    mask = torch.zeros(1, 1, *style.shape[2:])
    mask[..., :32, :] = 1
    objective = nst.Objective(vgg, cat, style, RECIPE, style_masks=[mask])
    S = features(vgg, style, "relu3_2")[..., :8, :]
    target = targets(objective)["relu3_2"]
    assert square(target) == pytest.approx(square(S), rel=1e-5)


def test_energies_are_exact_in_tiles(vgg):
    content, style = nst.sample("coffee", 224), nst.sample("waves", 208)
    whole, tiled = (
        nst.Objective(vgg, content, style, RECIPE.replace(tile=tile))
        for tile in (None, 96)
    )
    for name, target in targets(whole).items():
        assert relative(targets(tiled)[name], target) < 1e-5


def test_features_without_contrast_stay_as_they_are(random):
    flat, wanted = torch.zeros(1, 4, 5, 5), torch.tensor(2.0)
    assert torch.equal(at_energy(flat, [(None, wanted)]), flat)
    some = random(1, 4, 5, 5)
    assert torch.equal(at_energy(some, [(None, torch.tensor(0.0))]), some)
    scaled = at_energy(some, [(None, wanted)])
    assert energy(scaled).item() == pytest.approx(2.0, rel=1e-5)


def test_nothing_matched_is_the_loss_of_the_features_at_random_places(random):
    loss = nst.ContentLoss(random(1, 6, 8, 8) ** 3)
    flat = loss.target.flatten(2)
    shuffled = [
        loss(flat[..., torch.randperm(64)].view_as(loss.target)).item()
        for _ in range(400)
    ]
    assert sum(shuffled) / 400 == pytest.approx(loss.nothing().item(), rel=0.02)


def test_nothing_matched_of_others_is_theirs_at_random_places(random):
    """Another picture may have another number of positions, and another energy."""
    target, other = random(1, 8, 6, 5), 3 * random(1, 8, 7, 9)
    loss, places = nst.ContentLoss(target, "mean"), torch.Generator().manual_seed(1)
    drawn = [
        loss(
            other.flatten(2)[..., torch.randint(63, (30,), generator=places)].view_as(
                target
            )
        )
        for _ in range(400)
    ]
    assert sum(drawn) / 400 == pytest.approx(loss.nothing(other).item(), rel=0.02)


def test_a_record_of_format_1_makes_its_old_picture_again(tmp_path):
    """There "relative" meant what "own" means now."""
    old = OWN.replace(sizes=(32,), steps=3, style_weight=15.0, pooling="max")
    image = nst.style_transfer("cat", "ink", old)
    made = json.loads(nst.record(old, "cat", "ink"))
    made["format"], made["recipe"]["scale"] = 1, "relative"
    text = PngImagePlugin.PngInfo()
    text.add_text("nst", json.dumps(made))
    nst.to_pil(image).save(tmp_path / "old.png", pnginfo=text)
    assert nst.read_record(tmp_path / "old.png")["recipe"]["scale"] == "own"
    again = nst.remake(tmp_path / "old.png", tmp_path / "new.png")
    assert torch.equal(again, image)
    with (
        Image.open(tmp_path / "old.png") as one,
        Image.open(tmp_path / "new.png") as two,
    ):
        assert one.tobytes() == two.tobytes()


def test_the_readme_tells_the_loss_as_it_is():
    from conftest import ROOT

    text = (ROOT / "README.md").read_text("utf-8")
    assert re.search(r"P′ = P·√\(E_style/E_content\)", text)
