"""Films as files: frames and times out of one, painted frames and sound into one."""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageSequence
from torch import Tensor

from ..errors import InputError, first_line, one_of
from ..images import load_image, to_pil
from ..keep.places import made_by_nst
from ..keep.saving import RECORD

ANIMATED = {".gif": "GIF", ".webp": "WEBP"}
FILMS = (".mp4", ".mov", ".m4v", ".mkv")  # that are written, by H.264
USUAL = Fraction(1, 25)  # seconds a frame, where nothing says it
NEEDS_AV = "needs the extra nst[video]: pip install 'nst[video]'"


@dataclass(frozen=True)
class Still:
    """A frame of a film that is read: a picture, and how many seconds it stays."""

    picture: Any
    seconds: Fraction


class Clip:
    """A film to read, as often as needed: `Still`s in order, upright, in RGB.

    ``source`` is a film that PyAV reads, an animated GIF or WebP, or a list of frames'
    files. ``count`` is how many frames it says to have, 0 if it does not say.
    """

    def __init__(self, source: str | Path | list) -> None:
        self.source = source
        self.path = None if isinstance(source, list) else Path(source)
        self.files = list(source) if isinstance(source, list) else [source]
        self._kind, self.count, self.shape = self._look()

    def _look(self) -> tuple[str, int, tuple[int, int]]:
        """Return kind, number of frames and (height, width) of the first."""
        if isinstance(self.source, list):
            if len(self.source) < 2:
                raise InputError("a film of fewer than two frames: give two or more")
            height, width = load_image(self.source[0]).shape[-2:]
            return "frames", len(self.source), (height, width)
        assert self.path
        if not self.path.is_file():
            raise InputError(
                f"no such film {str(self.path)!r}: give a file or a folder"
            )
        if self.path.suffix.lower() in ANIMATED:
            with _readable(self.path), Image.open(self.path) as picture:
                count = getattr(picture, "n_frames", 1)
                size = picture.size
            self._several(count)
            return "animated", count, size[::-1]
        with self._opened() as (container, stream):
            seen = list(islice(container.decode(stream), 2))
            if not seen:
                raise InputError(f"{str(self.path)!r} has no frame that can be read")
            self._several(len(seen))
            count = stream.frames or 0
            height, width = upright(seen[0]).shape[:2]
        return "film", count, (height, width)

    def _several(self, count: int) -> None:
        if count < 2:
            seen = f"{str(self.path)!r} has one frame"
            raise InputError(f"{seen}: paint it as a picture, by nst without video")

    @contextmanager
    def _opened(self) -> Iterator[tuple[Any, Any]]:
        if not find_spec("av"):
            raise InputError(f"to read {str(self.path)!r} {NEEDS_AV}")
        import av

        with _readable(self.path), av.open(str(self.path)) as container:
            if not container.streams.video:
                raise InputError(f"{str(self.path)!r} has sound alone: give a film")
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            yield container, stream

    def __iter__(self) -> Iterator[Still]:
        if self._kind == "frames":
            for file in self.files:
                yield Still(file, USUAL)
        elif self._kind == "animated":
            yield from self._animated()
        else:
            yield from self._film()

    def _animated(self) -> Iterator[Still]:
        assert self.path
        with _readable(self.path), Image.open(self.path) as film:
            for frame in ImageSequence.Iterator(film):
                picture = frame.convert("RGB")  # the duration is read with it
                seconds = Fraction(int(frame.info.get("duration", 0)), 1000)
                yield Still(picture, seconds or USUAL)

    def _film(self) -> Iterator[Still]:
        """Yield each frame once the next one tells how long it stays."""
        with self._opened() as (container, stream):
            rate = stream.average_rate or stream.guessed_rate
            usual = 1 / Fraction(rate) if rate else USUAL
            before, began = None, Fraction(0)
            for frame in container.decode(stream):
                now = began + usual
                if frame.pts is not None:
                    now = Fraction(frame.pts * frame.time_base)
                if before is not None:
                    stayed = now - began if now > began else usual
                    yield Still(before, stayed)
                before, began = upright(frame), now
            if before is not None:
                yield Still(before, usual)


def upright(frame: Any) -> Any:
    """Return PyAV's frame as bytes (H, W, 3), turned as its rotation flag says."""
    import numpy as np

    turns = round((getattr(frame, "rotation", 0) or 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(frame.to_ndarray(format="rgb24"), turns))


@contextmanager
def _readable(path: Path | None) -> Iterator[None]:
    """Turn whatever a damaged film leads to into an `InputError`."""
    try:
        yield
    except InputError:
        raise
    except (OSError, ValueError, EOFError, SyntaxError, IndexError) as error:
        why = getattr(error, "strerror", None) or first_line(error)
        seen = f"{str(path)!r} cannot be read as a film ({why})"
        raise InputError(f"{seen}: give another file") from error


def check_film(path: Path) -> str:
    """Return the kind of film that a path's ending asks for; raise `InputError`."""
    ending = one_of("ending of a film", path.suffix.lower(), (*FILMS, *ANIMATED))
    if ending in FILMS and not find_spec("av"):
        raise InputError(f"to write {str(path)!r} {NEEDS_AV}, or name a .webp")
    return ending


def write_film(
    stills: Iterable[tuple[Tensor, Fraction]], path: Path, sound: Path | None = None
) -> None:
    """Write (image, seconds) as a film, whole or not at all, with another's sound."""
    ending, part = check_film(path), path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        if ending in ANIMATED:
            _write_animated(stills, part, ANIMATED[ending])
        else:
            _write_film(stills, part, sound)
        os.replace(part, path)
    except OSError as error:
        why = error.strerror or first_line(error)
        raise InputError(f"{str(path)!r} cannot be written ({why})") from error
    finally:
        part.unlink(missing_ok=True)


def _write_animated(
    stills: Iterable[tuple[Tensor, Fraction]], path: Path, kind: str
) -> None:
    pictures = [(to_pil(image), max(10, round(1000 * s))) for image, s in stills]
    (first, _), exif = pictures[0], Image.Exif()
    exif[ExifTags.Base.Software] = RECORD  # so that nst may replace it
    first.save(
        path,
        kind,
        save_all=True,
        append_images=[picture for picture, _ in pictures[1:]],
        duration=[duration for _, duration in pictures],
        loop=0,
        quality=85,
        exif=exif,
        comment=RECORD,
    )


def _write_film(
    stills: Iterable[tuple[Tensor, Fraction]], path: Path, sound: Path | None
) -> None:
    import av

    base, time = Fraction(1, 90000), Fraction(0)
    stills = iter(stills)
    first = next(stills)
    with ExitStack() as stack:
        out = stack.enter_context(av.open(str(path), "w"))
        out.metadata["comment"] = RECORD
        image, seconds = first
        film = out.add_stream("libx264", rate=max(1, round(1 / seconds)))
        film.height, film.width = image.shape[-2:]
        film.pix_fmt, film.options = "yuv420p", {"crf": "16"}
        film.codec_context.time_base = base
        tracks: list[tuple[Any, Any, Any]] = []
        if sound:
            container: Any = stack.enter_context(av.open(str(sound)))
            for track in container.streams.audio[:1]:
                copy = out.add_stream_from_template(track)
                tracks.append((container, track, copy))
        for image, seconds in chain([first], stills):
            picture = av.VideoFrame.from_image(to_pil(image))
            planes = picture.to_ndarray(format="yuv420p")
            frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
            frame.pts, frame.time_base = round(time / base), base
            out.mux(film.encode(frame))
            time += seconds
        out.mux(film.encode())
        for container, track, copy in tracks:  # as it is, as far as there are frames
            for packet in container.demux(track):
                if packet.dts is not None and packet.pts * packet.time_base < time:
                    packet.stream = copy
                    out.mux(packet)


def is_ours(path: Path) -> bool:
    """Return whether nst wrote the film at ``path``."""
    if path.suffix.lower() in ANIMATED or not find_spec("av"):
        return made_by_nst(path)
    import av

    try:
        with av.open(str(path)) as container:
            return container.metadata.get("comment") == RECORD
    except (OSError, ValueError):
        return False
