"""Transparency: masks, cut-out pictures, and where their paint goes."""

import numpy as np
import pytest
import torch
from conftest import saved
from PIL import Image, ImageDraw

import nst
from nst.app.cli import main
from nst.control.sizes import Scene
from nst.inputs import Inputs

CPU = torch.device("cpu")
TINY = {"size": 32, "steps": 2}
OPTIONS = ["--size", "32", "--steps", "2"]


def disc(width=60, height=45, edge=1.0):
    """An alpha of a disc, with a soft edge of some pixels."""
    y, x = np.mgrid[0:height, 0:width]
    far = np.hypot(x - width / 2, y - height / 2)
    inside = np.clip((height / 3 - far) / edge, 0, 1)
    return Image.fromarray((255 * inside).astype(np.uint8))


def cut(picture, alpha):
    cut_out = picture.convert("RGBA")
    cut_out.putalpha(alpha)
    return cut_out


@pytest.fixture
def photo():
    return nst.to_pil(nst.resize(nst.sample("cat"), (45, 60)))


@pytest.fixture
def cutout(tmp_path, photo):
    path = tmp_path / "cutout.png"
    cut(photo, disc(edge=4)).save(path)
    return path


def with_black():
    """White on the disc, opaque black in a corner, nothing elsewhere."""
    mask = cut(Image.new("L", (60, 45), 255), disc(edge=6))
    ImageDraw.Draw(mask).rectangle((0, 0, 20, 20), fill=(0, 0, 0, 255))
    flat = disc(edge=6)
    ImageDraw.Draw(flat).rectangle((0, 0, 20, 20), fill=0)
    return mask, flat


MASKS = {  # a mask with alpha, the same in black and white
    "white on transparency": lambda: (
        cut(Image.new("L", (60, 45), 255), disc()),
        disc(),
    ),
    "soft": lambda: (cut(Image.new("L", (60, 45), 255), disc(edge=9)), disc(edge=9)),
    "without colours": lambda: (
        Image.merge("LA", (Image.new("L", (60, 45), 255), disc(edge=9))),
        disc(edge=9),
    ),
    "black and white on transparency": with_black,
    "a palette": lambda: (
        disc().point(lambda v: 255 * (v > 99)).convert("P"),
        disc().point(lambda v: 255 * (v > 99)),
    ),
}


@pytest.mark.parametrize("name", MASKS)
@pytest.mark.parametrize("kind", ["masks", "style_masks"])
def test_a_mask_with_alpha_is_that_mask_in_black_and_white(tmp_path, photo, name, kind):
    made = []
    for index, mask in enumerate(MASKS[name]()):
        path = tmp_path / f"{index}.png"
        mask.save(path, **({"transparency": 0} if mask.mode == "P" else {}))
        made.append(nst.style_transfer(photo, photo, **{kind: path}, **TINY))
    assert torch.equal(*made)
    plain = nst.style_transfer(photo, photo, **TINY)
    assert not torch.equal(made[0], plain)


def test_a_mask_and_a_cut_out_count_where_both_are(photo):
    alpha, half = disc(edge=4), Image.new("L", (60, 45))
    half.paste(255, (0, 0, 30, 45))
    content, style = cut(photo, alpha), cut(photo.rotate(180), half)
    inputs = Inputs.of(content, [style, "ink"], [half, None])
    scene = Scene.of(inputs, nst.Recipe())
    there = torch.from_numpy(np.asarray(alpha) / 255).float()
    left = (torch.arange(60) < 30).float()
    for mask, expected in zip(scene.masks, (there * left, there), strict=True):
        assert torch.allclose(mask[0, 0], expected, atol=1e-6)
    assert torch.equal(scene.style_masks[0][0, 0], left.expand(45, 60))
    assert scene.style_masks[1] is None


def test_paint_does_not_spend_itself_where_nothing_is(photo):
    """The style is matched on the disc as well as on a picture that is all disc."""
    content, how = cut(photo, disc()), {"size": 64, "steps": 25, "style_weight": 30.0}
    *_, step = nst.iterate(content, "brush_strokes", **how)
    *_, whole = nst.iterate(nst.load_image(content), "brush_strokes", **how)
    alpha = nst.resize(nst.load_alpha(content), step.best.shape[2:])
    white = 1 - nst.resize(nst.load_image(content), step.best.shape[2:])
    outside = alpha[0, 0] == 0
    assert white[0, :, outside].abs().max() < 0.05  # it is white there
    strayed, everywhere = (
        (1 - x.best)[0, :, outside].abs().mean() for x in (step, whole)
    )
    assert strayed < 0.3 * everywhere
    vgg, style = nst.load_vgg19(), nst.resize(nst.sample("brush_strokes"), 64)
    target = nst.gram_matrix(vgg(style, ["relu1_1"])["relu1_1"])
    off = []
    for x in (step, whole):
        gram = nst.gram_matrix(vgg(x.best, ["relu1_1"])["relu1_1"], alpha)
        off.append(((gram - target).square().sum() / target.square().sum()).item())
    assert off[0] < off[1]


def test_a_style_is_taken_from_where_it_is(photo):
    """Red beside nothing gives the statistics of red, not of red and white."""
    style = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    style.paste((220, 40, 40, 255), (0, 0, 32, 64))
    vgg, inputs = nst.load_vgg19(), Inputs.of(photo, style)
    scene = Scene.of(inputs, nst.Recipe()).at(64, nst.Recipe(size=64), CPU)
    objective = nst.Objective(vgg, *scene[:2], nst.Recipe(), *scene[2:])
    target = objective.style[0]["relu1_1"].target
    features = vgg(nst.load_image(style), ["relu1_1"])["relu1_1"]
    expected = nst.gram_matrix(features[..., :32])
    assert torch.allclose(target, expected, rtol=1e-4)


def test_a_white_logo_does_not_vanish(tmp_path):
    """Painted, it is not the white that it was; and its shape can be told."""
    logo = cut(Image.new("RGB", (60, 45), "white"), disc())
    logo.save(tmp_path / "logo.png")
    assert (
        main([str(tmp_path / "logo.png"), "-o", str(tmp_path / "a.png"), *OPTIONS]) == 0
    )
    image, alpha = (f(tmp_path / "a.png") for f in (nst.load_image, nst.load_alpha))
    assert image[0, :, alpha[0, 0] == 1].std(1).max() > 0.02
    assert nst.load_image(logo).std() > 0.3


def expected_alpha(path, shape):
    return (nst.resize(nst.load_alpha(path), shape) * 255).round() / 255


def studio(content, folder):
    studio = nst.Studio(str(content), "ink", **TINY)
    studio.run(2)
    again = nst.Studio(resume=studio.keep(folder / "kept.checkpoint"))
    paths = [each.save(folder / f"{n}.png") for n, each in enumerate((studio, again))]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    return paths[0]


def batch(content, folder):
    main(["batch", str(content), "--style", "ink", "-o", str(folder), *OPTIONS])
    return folder / "cutout-ink.png"


def command(content, folder):
    main([str(content), "ink", "-o", str(folder / "a.png"), *OPTIONS])
    return folder / "a.png"


@pytest.mark.parametrize("paint", [command, batch, studio])
def test_a_result_keeps_the_alpha_of_its_content(tmp_path, cutout, paint):
    made = paint(cutout, tmp_path)
    assert Image.open(made).mode == "RGBA"
    found = nst.load_alpha(made)
    assert torch.allclose(found, expected_alpha(cutout, (24, 32)), atol=1e-6)
    assert "alpha" in nst.read_record(made)["inputs"]["content"]
    nst.remake(made, tmp_path / "again.png", content=cutout)
    assert made.read_bytes() == (tmp_path / "again.png").read_bytes()


def test_every_front_end_paints_a_cut_out_alike(tmp_path, cutout):
    pixels = [
        np.asarray(Image.open(paint(cutout, tmp_path)))
        for paint in (command, batch, studio)
    ]
    assert (pixels[0] == pixels[1]).all() and (pixels[0] == pixels[2]).all()


def test_an_exact_size_crops_the_alpha_as_well(tmp_path, cutout):
    made = tmp_path / "a.png"
    main([str(cutout), "ink", "-o", str(made), "--size", "32x32", "--steps", "1"])
    middle = nst.load_alpha(cutout)[..., 7:52]  # 45 of 60 columns
    expected = (nst.resize(middle, (32, 32)) * 255).round() / 255
    assert torch.allclose(nst.load_alpha(made), expected, atol=1e-6)


def test_a_jpeg_has_white_where_nothing_is(tmp_path, cutout):
    main([str(cutout), "ink", "-o", str(tmp_path / "a.jpg"), *OPTIONS])
    assert nst.load_image(tmp_path / "a.jpg")[..., :3, :3].min() > 0.98
    image, alpha = torch.zeros(1, 3, 8, 8), torch.full((1, 1, 8, 8), 0.2)
    nst.save_image(image, tmp_path / "b.jpg", alpha=alpha)
    assert (nst.load_image(tmp_path / "b.jpg") - 0.8).abs().max() < 0.01


def test_opaque_pictures_are_saved_as_before(tmp_path, photo):
    photo.convert("RGBA").save(tmp_path / "opaque.png")
    made = command(tmp_path / "opaque.png", tmp_path)
    assert Image.open(made).mode == "RGB"
    assert set(nst.read_record(made)["inputs"]["content"]) == {"name", "sha256"}


def test_another_alpha_is_another_picture(tmp_path, cutout, photo):
    made, other = command(cutout, tmp_path), tmp_path / "other.png"
    white = nst.to_pil(nst.load_image(cutout))
    white.save(other)  # the same pixels, opaque
    with pytest.raises(nst.InputError, match="'other.png' is not the content picture"):
        nst.remake(made, tmp_path / "b.png", content=other)


@pytest.mark.parametrize("logo", [False, True])
def test_pictures_made_before_alpha_was_kept_are_made_again(tmp_path, cutout, logo):
    """Then a cut-out was an opaque picture on white, and a mask's alpha was white.

    A white logo was nothing but white.
    """
    if logo:
        cut(Image.new("RGB", (60, 45), "white"), disc()).save(cutout)
    mask, style = tmp_path / "mask.png", nst.to_pil(nst.sample("ink", 40))
    cut(disc(), disc(edge=9).point(lambda v: max(v, 90))).save(mask)
    recipe = nst.Recipe(**TINY)
    on_white = [nst.load_image(path, backdrop=1.0) for path in (cutout, mask)]
    image = nst.style_transfer(on_white[0], style, recipe, masks=on_white[1])
    text = nst.record(recipe, on_white[0], style, masks=on_white[1])
    nst.save_image(
        image, tmp_path / "old.png", text.replace('"format": 3', '"format": 2')
    )
    remade = nst.remake(
        *(tmp_path / name for name in ("old.png", "new.png")),
        content=cutout,
        style=style,
        mask=mask,
    )
    assert torch.equal(remade, image)
    assert Image.open(tmp_path / "new.png").mode == "RGB"
    first = saved(tmp_path / "c.png", str(cutout), "ink", recipe)
    assert "alpha" in nst.read_record(first)["inputs"]["content"]
