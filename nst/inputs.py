"""The inputs of a run, as one value: pictures with their names and files."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from torch import Tensor

from .images import Size, Source, read
from .samples import PAINTINGS, SAMPLES, is_address

KINDS = ("content", "style", "mask", "style mask", "initial")  # of pictures


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that was given, with its name and its file.

    ``name`` is what records call it: a sample's name, an address, the base name of a
    file, or a type. ``path`` is the absolute path of its file, so it stays right when
    the working folder changes; None if there is no file. The pixels are read only when
    ``image`` is first used, of a very large file as many as the size ``wanted`` needs;
    ``known`` are image and alpha that were read before. Of a ``mask``, transparency
    counts as black.
    """

    source: Source
    name: str
    path: str | None = None
    wanted: Size | None = None
    mask: bool = False
    known: tuple[Tensor, Tensor | None] | None = None

    @classmethod
    def of(
        cls,
        source: "Source | Picture",
        name: str | None = None,
        wanted: Size | None = None,
    ) -> "Picture":
        """Return the `Picture` of what `nst.load_image` takes; a `Picture` as it is."""
        if isinstance(source, Picture):
            return source
        if isinstance(source, Mapping):
            from .reading.decoding import unwrap

            name = name or unwrap(source)[1]
        if not isinstance(source, str | Path):
            return cls(source, name or type(source).__name__, None, wanted)
        if is_address(source):
            return cls(source, name or str(source), None, wanted)
        known = source in SAMPLES or source in PAINTINGS
        path = None if known else os.path.abspath(source)
        return cls(source, name or Path(source).name, path, wanted)

    @cached_property
    def _read(self) -> tuple[Tensor, Tensor | None]:
        if self.known:
            return self.known
        return read(self.source, self.wanted, 0.0 if self.mask else None)

    @property
    def image(self) -> Tensor:
        """The pixels of the picture, (1, 3, H, W)."""
        return self._read[0]

    @property
    def alpha(self) -> Tensor | None:
        """Where the picture is there, (1, 1, H, W) in [0, 1]; None is everywhere."""
        return None if self.mask else self._read[1]

    @cached_property
    def sha256(self) -> str:
        """The sha256 of the image's shape and pixels."""
        return fingerprint(self.image)


@dataclass(frozen=True, eq=False)
class Inputs:
    """The pictures that a run needs; with a recipe they decide the result.

    ``masks`` and ``style_masks`` are empty or hold one entry per style, None for
    everywhere. ``initial`` is the first image, if it is a picture that was given.
    """

    content: Picture
    styles: tuple[Picture, ...]
    masks: tuple[Picture | None, ...] = ()
    style_masks: tuple[Picture | None, ...] = ()
    initial: Picture | None = None

    @classmethod
    def of(
        cls,
        content: Any,
        style: Any,
        masks: Any = None,
        style_masks: Any = None,
        initial: Any = None,
        *,
        wanted: Size | None = None,
    ) -> "Inputs":
        """Return the `Inputs` of pictures in any form that `nst.load_image` takes.

        ``style``, ``masks`` and ``style_masks`` may each be one picture or a list.
        ``wanted`` is the size that the run needs, see `Recipe.wanted`.
        """

        def picture(source: Any) -> Picture:
            return Picture.of(source, wanted=wanted)

        def mask(source: Any) -> Picture | None:
            return None if source is None else replace(picture(source), mask=True)

        return cls(
            picture(content),
            tuple(map(picture, as_list(style))),
            tuple(map(mask, as_list(masks))),
            tuple(map(mask, as_list(style_masks))),
            None if initial is None else picture(initial),
        )

    @property
    def images(self) -> tuple[Tensor, list[Tensor]]:
        """The content's image, and a list of the styles' images."""
        return self.content.image, [style.image for style in self.styles]

    def by_kind(self) -> dict[str, tuple[Picture | None, ...]]:
        """Return {"content": …, "style": …, …}: a tuple of pictures for each kind."""
        several = self.styles, self.masks, self.style_masks
        pictures = (self.content,), *several, (self.initial,)
        return dict(zip(KINDS, pictures, strict=True))

    def named(self) -> Iterator[tuple[str, Picture]]:
        """Yield ("content", picture), ("style", picture), ("style 2", picture), …"""
        for kind, pictures in self.by_kind().items():
            for index, picture in enumerate(pictures):
                if picture is not None:
                    yield numbered(kind, index), picture

    def files(self) -> list[tuple[str, str | None]]:
        """Return [("content", its file or None), …], as `check_apart` takes them."""
        return [(what, picture.path) for what, picture in self.named()]


def as_list(one_or_several: Any) -> list:
    """Return one or several styles or masks as a list; None gives an empty list.

    An upload of several files is several pictures; a list of lists is one, its pixels.
    """
    if isinstance(one_or_several, Mapping) and len(one_or_several) > 1:
        if "content" not in one_or_several:
            return [{name: data} for name, data in one_or_several.items()]
    if isinstance(one_or_several, list | tuple):
        pixels = any(isinstance(part, list | tuple) for part in one_or_several)
        return [one_or_several] if pixels else list(one_or_several)
    return [] if one_or_several is None else [one_or_several]


def numbered(kind: str, index: int) -> str:
    """Return the name of the picture at ``index`` of a kind: "style", "style 2", …"""
    return f"{kind} {index + 1}" if index else kind


def fingerprint(image: Tensor) -> str:
    """Return the sha256 of an image's shape and pixels."""
    digest = hashlib.sha256(repr(tuple(image.shape)).encode())
    digest.update(image.cpu().contiguous().numpy().data)  # without a copy
    return digest.hexdigest()
