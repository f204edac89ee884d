"""Large photographs: decoded no larger than needed, with the memory that is told."""

import io
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from made_pictures import COLORS, exif, file, with_exif
from PIL import Image

import nst
from nst.app.batch import Job, style_many
from nst.app.cli import main
from nst.inputs import Inputs
from nst.reading import decoding

WHOLE = Image.fromarray(np.repeat(np.repeat(COLORS, 160, 0), 240, 1))  # 480 x 320
linux = pytest.mark.skipif(sys.platform != "linux", reason="measures through /proc")


@pytest.fixture
def all_large(monkeypatch):
    """As if pictures of 150 thousand pixels were large."""
    monkeypatch.setattr(decoding, "ORDINARY", 150_000)


def corner(image, row=1, column=1):
    height, width = image.shape[2:]
    at = image[0, :, height * (2 * row + 1) // 4, width * (2 * column + 1) // 4]
    return (255 * at).round().tolist()


MODES = {
    "JPEG": ("RGB", "L", "CMYK"),
    "PNG": ("RGB", "L", "RGBA", "P"),
    "TIFF": ("RGB", "L", "CMYK", "RGBA", "P"),
    "WEBP": ("RGB", "RGBA"),
}


@pytest.mark.parametrize("kind, mode", [(k, mode) for k in MODES for mode in MODES[k]])
@pytest.mark.parametrize("size", [60, (30, 50)])
def test_a_large_file_is_decoded_smaller_and_looks_the_same(
    kind, mode, size, all_large, monkeypatch
):
    data = file(WHOLE.quantize(4) if mode == "P" else WHOLE.convert(mode), kind)
    small, pixels = nst.load_image(data, size), decoding.decode(data, size)
    assert 2 * 30 <= pixels.shape[0] < 200 and 2 * 50 <= pixels.shape[1] < 300
    monkeypatch.setattr(decoding, "ORDINARY", 10**9)
    assert decoding.decode(data, size).shape[:2] == (320, 480)
    expected = nst.load_image(data, size)
    assert small.shape == expected.shape and corner(small) == corner(expected)
    assert (small - expected).abs().mean() < 0.005


def test_it_is_upright_and_its_empty_part_colours_nothing(all_large):
    turned = with_exif(file(WHOLE, "JPEG"), "JPEG", exif((0x112, 3, 1, b"\6\0\0\0")))
    assert nst.load_image(turned, 60).shape == (1, 3, 60, 40)
    assert nst.load_image(turned, (50, 20)).shape == (1, 3, 50, 20)
    pixels = np.full((320, 480, 4), (255, 0, 0, 0), np.uint8)  # a red that is empty
    pixels[::2] = (0, 0, 255, 255)
    seen = nst.load_image(file(Image.fromarray(pixels), "PNG"), 60)
    assert corner(seen)[0] in (127, 128) and corner(seen)[1:] == [corner(seen)[0], 255]
    alpha = nst.images.load_alpha(file(Image.fromarray(pixels), "PNG"), 60)
    assert alpha.shape[:2] == (1, 1) and abs(alpha.mean() - 0.5) < 0.01


def test_an_alpha_is_that_of_the_image():
    half = Image.new("RGBA", (4, 2), (255, 0, 0, 51))
    alpha = nst.images.load_alpha(file(half, "PNG"))
    assert torch.equal(alpha, torch.full((1, 1, 2, 4), 51 / 255))
    assert nst.images.load_alpha(np.asarray(half)).shape == (1, 1, 2, 4)
    assert nst.images.load_alpha(file(WHOLE, "PNG")) is None
    assert nst.images.load_alpha("cat") is None
    assert nst.images.load_alpha(torch.zeros(1, 3, 4, 4)) is None


def test_its_picture_is_kept_and_made_again(all_large, tmp_path, monkeypatch):
    """What was decoded smaller is the same picture, and what was not is as well."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "large.jpg").write_bytes(file(WHOLE, "JPEG"))
    recipe = nst.Recipe(sizes=(32,), steps=1)
    job = Job("large.jpg", "ink", "a.png", recipe)
    for status in ("made", "kept"):
        assert [result.status for result in style_many([job])] == [status]
    assert main(["remake", "a.png", "--content", "large.jpg", "-o", "b.png"]) == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    studio = nst.Studio("large.jpg", "ink", recipe)
    studio.run(1)
    studio.save("c.png")
    assert studio.session.state.content.image.shape == (1, 3, 320, 480)
    studio.close()
    assert main(["remake", "c.png", "--content", "large.jpg", "-o", "d.png"]) == 0
    (tmp_path / "other.jpg").write_bytes(file(WHOLE.rotate(180), "JPEG"))
    assert main(["remake", "a.png", "--content", "other.jpg"]) == 2


def test_what_a_notebook_hands_over_is_decoded_smaller_as_well(all_large):
    data = file(WHOLE, "JPEG")
    for source in (data, io.BytesIO(data), {"large.jpg": data}):
        inputs = Inputs.of(source, "ink", wanted=60)
        assert inputs.content.image.shape == (1, 3, 80, 120)


def test_a_limit_of_pillow_can_be_lifted(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    WHOLE.save("own.png")
    command = ["own.png", "ink", "--size", "32", "--steps", "1", "-o", "a.png"]
    assert main(command) == 2
    assert "'own.png' is larger than Pillow reads from" in capsys.readouterr().err
    assert main([*command, "--any-size"]) == 0
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    again = ["remake", "a.png", "--content", "own.png"]
    assert main(again) == 2 and main([*again, "--any-size"]) == 0
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    batch = ["batch", "own.png", *command[2:6], "--style", "ink", "-o", "folder"]
    assert main(batch) == 2 and main([*batch, "--any-size", "--workers", "2"]) == 0


SHORT = """
import resource, sys, nst
nst.load_image(sys.argv[1])
pages = int(open("/proc/self/statm").read().split()[0])
most = pages * resource.getpagesize() + 60_000_000
resource.setrlimit(resource.RLIMIT_AS, (most, most))
for path in sys.argv[2:]:
    try:
        nst.load_image(path)
    except nst.InputError as error:
        print(error)
"""


@linux
def test_too_little_memory_is_a_sentence(tmp_path):
    """For Pillow's pixels (90 MB) and, where those fit, for ours (120 MB)."""
    WHOLE.save(tmp_path / "small.png")
    Image.new("RGB", (6000, 5000)).save(tmp_path / "large.png")
    Image.new("L", (4000, 2500)).save(tmp_path / "grey.png")
    paths = [str(tmp_path / f"{name}.png") for name in ("small", "large", "grey")]
    run = [sys.executable, "-c", SHORT, *paths]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert "there is not enough memory to read" in first and "large.png" in first
    assert "memory" in second and "give a smaller copy" in second


MEMORY = """
import sys, nst
from nst.app.cli import main

def memory(kind):
    with open("/proc/self/status") as lines:
        return next(int(x.split()[1]) * 1024 for x in lines if x.startswith(kind))
"""
COMMAND = f"{MEMORY}\nmain(sys.argv[1:])\nprint(memory('VmHWM'))"
LIBRARIES = f"""{MEMORY}
import nst.app.painting
nst.load_vgg19()(nst.sample("cat", 64), ["relu5_1"])
print(memory("VmRSS"))
"""


def measured(code, *arguments):
    """The number of bytes that the code prints last, and what it says."""
    run = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.splitlines()[-1]), done.stderr


@linux
@pytest.mark.parametrize(
    "width, height, size", [(8160, 6120, 512), (8160, 6120, 64), (4000, 3000, 64)]
)
def test_a_photograph_takes_the_memory_that_is_told(width, height, size, tmp_path):
    """Within a fifth; for 50 megapixels at most 0.6 GB beyond torch and the network,
    or 0.9 with Winograd's convolutions, which take more."""
    path, out = tmp_path / "photo.jpg", tmp_path / "out.png"
    noise = Image.effect_noise((width // 8, height // 8), 60)
    noise.resize((width, height)).convert("RGB").save(path)
    command = [str(path), "ink", "--size", str(size), "--steps", "1", "-o", str(out)]
    peak, said = measured(COMMAND, *command)
    told = float(re.search(r"up to ([\d.]+) GB", said)[1]) * 1e9
    assert told == pytest.approx(peak, rel=0.2)
    if width * height > decoding.ORDINARY:
        how = nst.read_record(out)["convolution"]
        most = 0.6e9 if how == "direct" else 0.9e9
        assert peak - measured(LIBRARIES)[0] < most


def test_an_open_picture_of_the_callers_is_left_as_it_is(all_large):
    opened = Image.open(io.BytesIO(file(WHOLE, "JPEG")))
    assert nst.load_image(opened, 60).shape == (1, 3, 40, 60)
    assert opened.size == WHOLE.size
