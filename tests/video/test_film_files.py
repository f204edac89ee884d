"""Films are read and written as people have them."""

from fractions import Fraction

import av
import numpy as np
import pytest
import torch
from PIL import Image

import nst
from nst.video import files
from nst.video.clip import made_film
from nst.video.files import Clip, write_film

HALF = Fraction(1, 2)


@pytest.fixture(scope="module")
def frames():
    return [nst.to_pil(frame.image) for frame in made_film(5, 64)]


def write(path, frames, codec="libx264", pixels="yuv420p", times=None, **extra):
    """A film by PyAV alone: ``times`` in tenths of a second, a sound if asked for."""
    with av.open(str(path), "w") as out:
        film = out.add_stream(codec, rate=10, options={"crf": "1"})
        film.width, film.height = frames[0].size
        film.pix_fmt, film.codec_context.time_base = pixels, Fraction(1, 100)
        if turn := extra.get("rotation"):
            film.set_display_rotation(turn)
        sound = out.add_stream("aac", rate=8000) if extra.get("sound") else None
        for index, picture in enumerate(frames):
            frame = av.VideoFrame.from_image(picture)
            time = times[index] if times else index
            frame.pts, frame.time_base = 10 * time, Fraction(1, 100)
            out.mux(film.encode(frame))
        out.mux(film.encode())
        if sound:
            tone = np.sin(np.arange(8000, dtype=np.float32) / 3)[None] / 4
            wave = av.AudioFrame.from_ndarray(tone, "fltp", "mono")
            wave.rate = 8000
            out.mux(sound.encode(wave))
            out.mux(sound.encode())
    return path


def near(picture, expected, most=12):
    ours, theirs = (np.asarray(x, np.float32) for x in (picture, expected))
    return ours.shape == theirs.shape and abs(ours - theirs).mean() < most


def test_a_film_is_read_frame_by_frame_with_its_times(tmp_path, frames):
    path = write(tmp_path / "a.mp4", frames)
    clip = Clip(path)
    assert (clip.count, clip.shape) == (5, (48, 64))
    for _ in range(2):  # as often as needed
        stills = list(clip)
        assert all(near(s.picture, f) for s, f in zip(stills, frames, strict=True))
        assert [still.seconds for still in stills] == [Fraction(1, 10)] * 5


def test_variable_times_are_kept_in_what_is_written(tmp_path, frames):
    clip = Clip(write(tmp_path / "a.mp4", frames, times=[0, 1, 4, 5, 9]))
    seconds = [still.seconds for still in clip]
    assert seconds[:4] == [Fraction(n, 10) for n in (1, 3, 1, 4)]
    images = [nst.load_image(still.picture) for still in clip]
    write_film(zip(images, seconds, strict=True), tmp_path / "b.mp4")
    assert [still.seconds for still in Clip(tmp_path / "b.mp4")][:4] == seconds[:4]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_phones_rotation_is_applied(tmp_path, frames, turn):
    path = write(tmp_path / "a.mp4", frames, rotation=turn)
    still = next(iter(Clip(path)))
    assert near(still.picture, frames[0].rotate(turn, expand=True))
    assert Clip(path).shape == still.picture.shape[:2]


@pytest.mark.parametrize(
    "ending, codec, pixels",
    [
        ("mp4", "libx265", "yuv420p10le"),
        ("mov", "qtrle", "argb"),
        ("mkv", "ffv1", "bgr0"),
    ],
)
def test_ten_bits_alpha_and_lossless_are_read(tmp_path, frames, ending, codec, pixels):
    path = write(tmp_path / f"a.{ending}", frames, codec, pixels)
    stills = list(Clip(path))
    assert all(near(s.picture, f) for s, f in zip(stills, frames, strict=True))


@pytest.mark.parametrize("ending", ["gif", "webp"])
def test_animations_are_read_and_written_with_their_times(tmp_path, frames, ending):
    path = tmp_path / f"a.{ending}"
    images = [nst.load_image(frame) for frame in frames]
    seconds = [Fraction(n, 100) for n in (10, 20, 10, 30, 50)]
    write_film(zip(images, seconds, strict=True), path)
    clip = Clip(path)
    assert (clip.count, clip.shape) == (5, (48, 64))
    stills = list(clip)
    assert all(near(s.picture, f, 20) for s, f in zip(stills, frames, strict=True))
    assert [still.seconds for still in stills] == seconds
    assert files.is_ours(path)


def test_the_sound_is_copied_and_a_film_of_ours_is_known(tmp_path, frames):
    source = write(tmp_path / "a.mp4", frames, sound=True)
    images = [(nst.load_image(frame), Fraction(1, 10)) for frame in frames]
    write_film(images, tmp_path / "b.mp4", source)
    with av.open(str(tmp_path / "b.mp4")) as film:
        (track,) = film.streams.audio
        assert track.codec_context.name == "aac"
        played = sum(frame.samples for frame in film.decode(track))
        assert 3000 < played <= 5 * 1024  # half a second, as there are frames for
    assert files.is_ours(tmp_path / "b.mp4") and not files.is_ours(source)
    write_film(images, tmp_path / "c.mp4")
    with av.open(str(tmp_path / "c.mp4")) as film:
        assert not film.streams.audio and film.streams.video[0].frames == 5


def test_a_film_that_fails_leaves_nothing_half_written(tmp_path, frames):
    def broken():
        yield nst.load_image(frames[0]), HALF
        raise nst.InputError("no more")

    (tmp_path / "a.mp4").write_bytes(b"before")
    with pytest.raises(nst.InputError, match="no more"):
        write_film(broken(), tmp_path / "a.mp4")
    assert [x.name for x in tmp_path.iterdir()] == ["a.mp4"]
    assert (tmp_path / "a.mp4").read_bytes() == b"before"


def bad(tmp_path, frames, kind):
    path = tmp_path / "bad.mp4"
    if kind == "damaged":
        data = write(path, frames).read_bytes()
        path.write_bytes(data[: len(data) // 3])
    elif kind == "text":
        path.write_text("no film")
    elif kind == "sound":
        with av.open(str(path), "w") as out:
            track = out.add_stream("aac", rate=8000)
            wave = av.AudioFrame.from_ndarray(
                np.zeros((1, 8000), np.float32), "fltp", "mono"
            )
            wave.rate = 8000
            out.mux(track.encode(wave))
            out.mux(track.encode())
    elif kind == "one":
        write(path, frames[:1])
    elif kind == "one gif":
        path = tmp_path / "bad.gif"
        frames[0].save(path)
    elif kind == "frames":
        return ["cat"]
    return path


@pytest.mark.parametrize(
    "kind, told",
    [
        ("none", "no such film"),
        ("damaged", "cannot be read as a film"),
        ("text", "cannot be read as a film"),
        ("sound", "has sound alone"),
        ("one", "has one frame"),
        ("one gif", "has one frame"),
        ("frames", "fewer than two frames"),
    ],
)
def test_what_is_no_film_is_one_sentence(tmp_path, frames, kind, told):
    with pytest.raises(nst.InputError, match=told) as error:
        Clip(bad(tmp_path, frames, kind))
    assert "\n" not in str(error.value)


def test_without_pyav_a_sentence_names_the_extra(tmp_path, frames, monkeypatch):
    path = write(tmp_path / "a.mp4", frames)
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    with pytest.raises(nst.InputError, match=r"pip install 'nst\[video\]'"):
        Clip(path)
    with pytest.raises(nst.InputError, match=r"nst\[video\].*\.webp"):
        files.check_film(tmp_path / "b.mp4")
    red = Image.new("RGB", (20, 20), "red")
    black = Image.new("RGB", (20, 20))
    black.save(tmp_path / "a.gif", save_all=True, append_images=[red])
    assert Clip(tmp_path / "a.gif").count == 2  # animations need nothing more


def test_unknown_endings_are_told(tmp_path):
    with pytest.raises(nst.InputError, match="unknown ending of a film '.avi'"):
        write_film([(torch.zeros(1, 3, 8, 8), HALF)], tmp_path / "a.avi")
