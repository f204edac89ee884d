"""The inputs of a run, as one value: pictures with their names and files."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from torch import Tensor

from .images import Source, is_address, load_alpha
from .samples import PAINTINGS, SAMPLES, load


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that was given, with its name and its file.

    ``name`` is what records call it: a sample's name, an address, the base name of a
    file, or a type. ``path`` is the absolute path of its file, so it stays right when
    the working folder changes; None if there is no file. Of a ``mask``, transparency
    counts as black. The pixels are read only when ``image`` is first used.
    """

    source: Source
    name: str
    path: str | None = None
    mask: bool = False

    @classmethod
    def of(cls, source: "Source | Picture", name: str | None = None) -> "Picture":
        """Return the `Picture` of what `nst.load` takes; a `Picture` as it is."""
        if isinstance(source, Picture):
            return source
        if not isinstance(source, str | Path):
            return cls(source, name or type(source).__name__)
        if is_address(source):
            return cls(source, name or str(source))
        known = source in SAMPLES or source in PAINTINGS
        path = None if known else os.path.abspath(source)
        return cls(source, name or Path(source).name, path)

    @cached_property
    def image(self) -> Tensor:
        """The pixels of the picture, (1, 3, H, W)."""
        return load(self.source, backdrop=0.0 if self.mask else None)

    @cached_property
    def alpha(self) -> Tensor | None:
        """Where the picture is there, (1, 1, H, W) in [0, 1]; None is everywhere."""
        known = isinstance(self.source, str) and self.source in (*SAMPLES, *PAINTINGS)
        return None if known or self.mask else load_alpha(self.source)

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
    ) -> "Inputs":
        """Return the `Inputs` of pictures in any form that `nst.load` takes.

        ``style``, ``masks`` and ``style_masks`` may each be one picture or a list.
        """
        return cls(
            Picture.of(content),
            tuple(map(Picture.of, as_list(style))),
            tuple(map(_mask, as_list(masks))),
            tuple(map(_mask, as_list(style_masks))),
            None if initial is None else Picture.of(initial),
        )

    @property
    def images(self) -> tuple[Tensor, list[Tensor]]:
        """The content's image, and a list of the styles' images."""
        return self.content.image, [style.image for style in self.styles]

    def by_kind(self) -> dict[str, tuple[Picture | None, ...]]:
        """Return {"content": …, "style": …, …}: a tuple of pictures for each kind."""
        return {
            "content": (self.content,),
            "style": self.styles,
            "mask": self.masks,
            "style mask": self.style_masks,
            "initial": (self.initial,),
        }

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
    """Return one or several styles or masks as a list; None gives an empty list."""
    if isinstance(one_or_several, list | tuple):
        return list(one_or_several)
    return [] if one_or_several is None else [one_or_several]


def numbered(kind: str, index: int) -> str:
    """Return the name of the picture at ``index`` of a kind: "style", "style 2", …"""
    return f"{kind} {index + 1}" if index else kind


def fingerprint(image: Tensor) -> str:
    """Return the sha256 of an image's shape and pixels."""
    shape = repr(tuple(image.shape)).encode()
    return hashlib.sha256(shape + image.cpu().numpy().tobytes()).hexdigest()


def _mask(source: Any) -> Picture | None:
    picture = None if source is None else Picture.of(source)
    return picture if picture is None or picture.mask else replace(picture, mask=True)
