"""What cannot be read is told in one sentence of at most 300 characters."""

import http.server
import io
import sys
import threading
import time

import numpy as np
import pytest
from made_pictures import file
from PIL import Image
from studio_hands import said, upload

import nst
from nst.app.cli import main
from nst.reading import address

PHOTO = Image.new("RGB", (48, 32), (220, 40, 40))
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
HEIC_SENTENCE = r"is a HEIC picture, .* pip install 'nst\[heic\]', or export"
RAW = "is a camera's RAW file, of which only a preview could be read: export it as"
KIND = "it is no known kind of picture, or damaged"
UNKNOWN = "of which white is not known: divide them by it"
ROWS = {
    "a RAW file by its name": ({"a.NEF": file(PHOTO, "TIFF")}, RAW),
    "a RAW file of no kind that Pillow knows": ({"a.cr3": HEIC[:8] + b"crx "}, RAW),
    "a DNG called a TIFF": (file(PHOTO, "TIFF", tiffinfo={50706: b"\1\4\0\0"}), RAW),
    "a preview with its picture elsewhere": (
        file(PHOTO, "TIFF", tiffinfo={254: 1, 330: 8}),
        RAW,
    ),
    "no picture": (b"nothing", KIND),
    "no bytes": (b"", KIND),
    "many bytes": (bytes(10**6), KIND),
    "an empty upload": ({}, "an upload of 0 files: give one of them"),
    "two files": ({"a.png": b"", "b.png": b""}, "an upload of 2 files: give one of"),
    "an upload of no bytes": ({"a.png": None}, "cannot read 'a.png'"),
    "a set": ({1, 2}, "cannot read 'set' as a picture .a set is neither a file nor"),
    "a ragged list": ([[1, 2], [3]], "cannot read 'list'"),
    "a list of names": (["a.png", "b.png"], r"shaped \(2,\) is no picture"),
    "an empty list": ([], r"shaped \(0,\) is no picture"),
    "negative numbers": (np.full((9, 9, 3), -1), f"from -1 to -1, {UNKNOWN}"),
    "wide numbers": (np.arange(300).reshape(15, 20), f"from 0 to 299, {UNKNOWN}"),
    "deep signed numbers": (np.full((9, 9), 4000, np.int16), UNKNOWN),
    "a mask of whole numbers": (np.eye(9, dtype=np.int64), f"from 0 to 1, {UNKNOWN}"),
    "floats to 255": (np.full((9, 9, 3), 200.0), "must be finite and in"),
    "a file of floats to 255": (
        file(Image.fromarray(np.full((9, 9), 200, np.float32)), "TIFF"),
        "must be finite and in",
    ),
    "a long name": (2000 * "a", "cannot read 'a+ … a+' as a picture .*too long"),
    "a long missing name": ("/".join(["a" * 99] * 9), "no such picture 'a.* … .*a'"),
    "a long address": (
        "http://127.0.0.1:9/" + 2000 * "a",
        "cannot read .http.* … .*give another",
    ),
    "a name with a zero": ("a\0b", "cannot read 'a.x00b'"),
    "a misspelt sample": ("starry_nigth", "did you mean 'starry_night'"),
    "a missing sample's case": ("Cat", "no such picture 'Cat': did you mean 'cat'"),
}


@pytest.mark.parametrize("name", ROWS)
def test_what_cannot_be_read_is_told(name):
    source, says = ROWS[name]
    with pytest.raises(nst.InputError, match=says) as told:
        nst.load_image(source)
    assert len(str(told.value)) <= 300 and "\n" not in str(told.value)


def test_every_sentence_is_short():
    assert str(nst.InputError("short")) == "short"
    long = str(nst.InputError("what " + 9000 * "x" + " way out"))
    assert len(long) <= 300 and long.startswith("what x") and long.endswith("x way out")


@pytest.fixture
def no_heic(monkeypatch):
    monkeypatch.setitem(sys.modules, "pillow_heif", None)


@pytest.mark.parametrize("ending", ["heic", "jpg"])
def test_a_heic_picture_names_the_extra_that_reads_it(
    ending, no_heic, tmp_path, capsys, studio
):
    """By its bytes, whatever it is called: in Python, in a shell, in the Studio."""
    path = tmp_path / f"phone.{ending}"
    path.write_bytes(HEIC)
    with pytest.raises(nst.InputError, match=HEIC_SENTENCE):
        nst.load_image(path)
    assert main([str(path)]) == 2
    assert "is a HEIC picture" in capsys.readouterr().err
    upload(studio.panel.chooser["content"], path.name, HEIC)
    assert "is a HEIC picture" in said(studio)


def test_with_the_extra_a_damaged_one_is_told():
    with pytest.raises(nst.InputError, match="it is no HEIC kind of picture, or dam"):
        nst.load_image(HEIC)


def test_an_animation_is_told_by_the_command_line_and_the_studio(
    tmp_path, capsys, studio
):
    more = [Image.new("RGB", (48, 32), "blue")]
    data = file(PHOTO, "GIF", save_all=True, append_images=more)
    (tmp_path / "a.gif").write_bytes(data)
    options = ["--size", "32", "--steps", "1", "-o", str(tmp_path / "out.png")]
    assert main([str(tmp_path / "a.gif"), "ink", *options]) == 0
    assert "a.gif' is animated: the first of its 2" in capsys.readouterr().err
    studio.panel.chooser["content"].place.value = str(tmp_path / "a.gif")
    assert "is animated: the first of its 2" in said(studio)


class Server(http.server.BaseHTTPRequestHandler):
    """Answers of every kind; pictures are 48 x 32."""

    def do_GET(self):
        name, png = self.path.partition("?")[0].strip("/"), file(PHOTO, "PNG")
        if name in ("there", "loop"):
            self.send_response(302)
            where = {"there": "/photo.png", "loop": "/loop"}[name]
            self.send_header("Location", where)
            self.end_headers()
            return
        kinds = {"page": "text/html; charset=utf-8", "photo.png": "image/png"}
        self.send_response(404 if name == "nowhere" else 200)
        self.send_header("Content-Type", kinds.get(name, "application/octet-stream"))
        self.end_headers()
        page = b"<!DOCTYPE html>\n<HTML><title>a photo</title>"
        if name in ("page", "disguised"):
            self.wfile.write(page)
        elif name in ("endless", "trickle"):
            try:
                while True:
                    self.wfile.write(b"x" if name == "trickle" else bytes(2**16))
                    time.sleep(0.05 if name == "trickle" else 0)
            except OSError:  # the reader has had enough
                return
        elif name == "silent":
            time.sleep(1)
        else:
            self.wfile.write(png)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize(
    "name",
    ["photo.png", "there", "K%C3%A4tzchen.png", "Kätzchen.png", "my photo.png?größe=1"],
)
def test_an_address_gives_its_picture(site, name):
    assert nst.load_image(f"{site}/{name}").shape == (1, 3, 32, 48)
    assert nst.load_image(f"{site}/{name}".replace("http", "HTTP")).shape[3] == 48


@pytest.mark.parametrize(
    "name, says",
    [
        ("page", "this is the address of a web page, not of its picture"),
        ("disguised", "this is the address of a web page, not of its picture"),
        ("nowhere", "404 Not Found"),
        ("loop", "redirect"),
        ("endless", "it is larger than 1 MB"),
        ("trickle", "it takes longer than 0 seconds"),
        ("silent", "no answer in 0 seconds|no known kind"),
    ],
)
def test_an_address_without_one_is_told_within_limits(site, name, says, monkeypatch):
    for limit, value in {"MOST": 10**6, "SILENCE": 0.3, "SECONDS": 0.4}.items():
        monkeypatch.setattr(address, limit, value)
    began = time.monotonic()
    with pytest.raises(nst.InputError, match=says) as told:
        nst.load_image(f"{site}/{name}")
    assert f"{site}/{name}" in str(told.value) and len(str(told.value)) <= 300
    assert time.monotonic() - began < 20  # it ends


@pytest.mark.parametrize("name", ["http://", "https://[", "http://ä" + 80 * "ö"])
def test_an_address_that_is_none_is_told(name):
    with pytest.raises(nst.InputError, match="cannot read 'http"):
        nst.load_image(name)


def test_the_names_of_uploads_are_those_of_their_pictures():
    from nst.inputs import Inputs

    data = file(PHOTO, "PNG")
    inputs = Inputs.of(
        {"a.png": data}, {"b.png": data, "c.png": data}, io.BytesIO(data)
    )
    names = {what: picture.name for what, picture in inputs.named()}
    assert names["content"] == "a.png" and names["mask"] == "BytesIO"
    assert (names["style"], names["style 2"]) == ("b.png", "c.png")
    listed = Inputs.of([[[9] * 3] * 40] * 30, [[[9] * 3] * 40] * 30)
    assert len(listed.styles) == 1 and listed.styles[0].image.shape == (1, 3, 30, 40)
