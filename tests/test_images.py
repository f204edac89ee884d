import http.server
import threading
from functools import partial

import numpy as np
import pytest
import torch
from conftest import ROOT
from PIL import Image

import nst


@pytest.fixture
def gradient():
    """A picture whose four corners differ, 40 wide and 30 high."""
    y, x = np.mgrid[0:30, 0:40]
    return np.stack([x * 6, y * 8, 255 - x * 6], -1).astype(np.uint8)


def test_every_source_gives_the_same_pixels(tmp_path, gradient):
    path = tmp_path / "a.png"
    Image.fromarray(gradient).save(path)
    expected = torch.from_numpy(gradient).permute(2, 0, 1)[None] / 255
    sources = (path, str(path), Image.open(path), gradient, gradient / 255, expected[0])
    for source in sources:
        image = nst.load_image(source)
        assert image.shape == (1, 3, 30, 40) and image.is_contiguous()
        assert image.dtype == torch.float32
        assert torch.allclose(image, expected)


def test_an_address_is_fetched(tmp_path, gradient):
    Image.fromarray(gradient).save(tmp_path / "a.png")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        assert torch.equal(nst.load_image(f"{address}/a.png"), nst.load_image(gradient))
        with pytest.raises(nst.InputError, match="File not found"):
            nst.load_image(f"{address}/b.png")
    finally:
        server.shutdown()


def test_exif_orientation_is_applied(tmp_path, gradient):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise
    Image.fromarray(gradient).save(tmp_path / "a.png", exif=exif)
    upright = np.ascontiguousarray(np.rot90(gradient, -1))
    assert torch.equal(nst.load_image(tmp_path / "a.png"), nst.load_image(upright))


def test_transparency_becomes_white(tmp_path):
    half = Image.new("RGBA", (4, 4), (255, 0, 0, 51))
    half.save(tmp_path / "half.png")
    image = nst.load_image(tmp_path / "half.png")
    assert torch.allclose(image[0, :, 0, 0], torch.tensor([1, 0.8, 0.8]), atol=1e-6)
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    palette.save(tmp_path / "clear.png", transparency=0)
    assert torch.equal(nst.load_image(tmp_path / "clear.png"), torch.ones(1, 3, 4, 4))


CUT_OUTS = {  # mode, colour with alpha, what it is on its backdrop
    "red": ("RGBA", (255, 0, 0, 51), (1, 0.8, 0.8)),
    "white": ("RGBA", (255, 255, 255, 51), (0.2, 0.2, 0.2)),
    "almost white": ("RGBA", (250, 240, 235, 0), (0, 0, 0)),
    "pale": ("RGBA", (255, 220, 190, 0), (1, 1, 1)),
    "black": ("RGBA", (0, 0, 0, 51), (0.8, 0.8, 0.8)),
    "white without colours": ("LA", (255, 51), (0.2, 0.2, 0.2)),
    "grey": ("LA", (51, 51), (0.84, 0.84, 0.84)),
}


@pytest.mark.parametrize("name", CUT_OUTS)
def test_nothing_vanishes_on_its_backdrop(tmp_path, name):
    """Half is opaque, half has the colour's alpha: on white, or if white on black."""
    mode, color, expected = CUT_OUTS[name]
    picture = Image.new(mode, (4, 6), (*color[:-1], 255))
    picture.paste(color, (0, 0, 2, 6))
    picture.save(tmp_path / "a.png")
    for source in (tmp_path / "a.png", picture, np.asarray(picture.convert("RGBA"))):
        image, alpha = nst.load_image(source), nst.load_alpha(source)
        wanted = torch.tensor(expected).float()
        assert torch.allclose(image[0, :, 0, 0], wanted, atol=1e-6)
        own = torch.tensor(picture.convert("RGBA").getpixel((3, 0))[:3]) / 255
        assert torch.allclose(image[0, :, 0, 3], own, atol=1e-6)
        assert alpha.shape == (1, 1, 6, 4) and alpha[..., 2:].eq(1).all()
        assert torch.equal(alpha[0, 0, :, :2], torch.full((6, 2), color[-1]) / 255)


def test_the_backdrop_may_be_chosen():
    picture = Image.new("RGBA", (4, 4), (255, 255, 255, 51))
    for backdrop in (0.0, 0.5, 1.0):
        image = nst.load_image(picture, backdrop=backdrop)
        wanted = torch.full_like(image, 0.2 + 0.8 * backdrop)
        assert torch.allclose(image, wanted, atol=1e-6)


OPAQUE = [
    Image.new("RGB", (4, 4)),
    Image.new("RGBA", (4, 4), (1, 2, 3, 255)),
    Image.new("L", (4, 4)),
    np.zeros((4, 4), np.uint8),
    np.zeros((4, 4, 3)),
    torch.zeros(1, 3, 4, 4),
    ROOT / "data" / "ink.jpg",
]


@pytest.mark.parametrize("source", OPAQUE, ids=lambda s: type(s).__name__)
def test_an_opaque_picture_has_no_alpha(source):
    assert nst.load_alpha(source) is None


@pytest.mark.parametrize("kind", ["png", "webp", "tiff", "gif"])
def test_alpha_is_turned_and_read_in_every_format(tmp_path, kind):
    alpha = np.zeros((3, 4), np.uint8)
    alpha[0, 0] = 255
    picture = Image.fromarray(np.full((3, 4, 3), 90, np.uint8))
    picture.putalpha(Image.fromarray(alpha))
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees clockwise
    turned = {"exif": exif} if kind in ("png", "webp") else {}
    picture.save(tmp_path / f"a.{kind}", lossless=True, **turned)
    found = nst.load_alpha(tmp_path / f"a.{kind}")[0, 0]
    expected = torch.from_numpy(alpha / 255).float()
    assert torch.equal(found, expected.rot90(-1) if turned else expected)


@pytest.mark.parametrize(
    "mode, color, expected",
    [
        ("L", 51, (0.2, 0.2, 0.2)),
        ("1", 1, (1, 1, 1)),
        ("LA", (51, 255), (0.2, 0.2, 0.2)),
        ("CMYK", (255, 0, 0, 0), (0, 1, 1)),
        ("YCbCr", (255, 128, 128), (1, 1, 1)),
        ("I;16", 13107, (0.2, 0.2, 0.2)),
        ("I", 13107, (0.2, 0.2, 0.2)),
        ("F", 0.2, (0.2, 0.2, 0.2)),
    ],
)
def test_every_mode_keeps_its_meaning(tmp_path, mode, color, expected):
    path = tmp_path / "a.tiff"
    Image.new(mode, (5, 4), color).save(path)
    image = nst.load_image(path)
    assert image.shape == (1, 3, 4, 5)
    assert torch.allclose(image[0, :, 2, 2], torch.tensor(expected).float(), atol=4e-3)


def test_sixteen_bit_png_keeps_its_steps(tmp_path):
    ramp = np.linspace(0, 65535, 64, dtype=np.uint16)[None].repeat(4, 0)
    Image.fromarray(ramp).save(tmp_path / "a.png")
    image = nst.load_image(tmp_path / "a.png")
    assert torch.allclose(image[0, 0, 0], torch.linspace(0, 1, 64), atol=1e-4)


def test_resize_keeps_the_aspect_and_does_not_enlarge_unasked(random):
    image = random(1, 3, 30, 40)
    assert nst.load_image(image, 20).shape == (1, 3, 15, 20)
    assert nst.load_image(image, 80).shape == (1, 3, 30, 40)
    assert nst.load_image(image, 80, enlarge=True).shape == (1, 3, 60, 80)
    assert nst.resize(image, (7, 9)).shape == (1, 3, 7, 9)


def test_resize_is_antialiased():
    stripes = torch.zeros(1, 3, 64, 64)
    stripes[..., ::2] = 1
    small = nst.resize(stripes, 16)
    assert (small[..., 2:-2] - 0.5).abs().max() < 0.02  # not black, not white


@pytest.mark.parametrize(
    "source, sentence",
    [
        ("nowhere.jpg", "no such picture 'nowhere.jpg'"),
        (ROOT, "cannot read"),
        (__file__, "cannot read"),
        (np.full((4, 4, 3), np.nan), "finite and in"),
        (np.full((4, 4, 3), 2.0), "finite and in"),
        (np.zeros((4, 4, 2)), r"shaped \(4, 4, 2\)"),
        (np.zeros((0, 4, 3)), "no picture"),
        (torch.zeros(2, 3, 4, 4), r"shaped \(2, 3, 4, 4\)"),
        (np.array(["a"]), "no picture"),
    ],
)
def test_what_is_no_picture_gets_one_sentence(source, sentence):
    with pytest.raises(nst.InputError, match=sentence) as caught:
        nst.load_image(source)
    assert "\n" not in str(caught.value)
