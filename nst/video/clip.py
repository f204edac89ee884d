"""A short film made by code, so that its motion is known: for lessons and tests."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from ..images import sample


@dataclass(frozen=True)
class Known:
    """A frame whose motion is known: (1, 3, H, W), and what there is to know of it.

    ``flow`` (1, 2, H, W) says where each pixel was in the frame before, as `flow` does;
    ``hidden``, bools (1, 1, H, W), where it was not to be seen there. Both are None in
    the first frame.
    """

    image: Tensor
    flow: Tensor | None
    hidden: Tensor | None

    @property
    def motion(self) -> tuple[Tensor, Tensor]:
        """The flow, and 1 where a pixel was to be seen, else 0: for `flicker`."""
        assert self.flow is not None and self.hidden is not None
        return self.flow, (~self.hidden).float()


def made_film(
    count: int = 24, size: int = 256, behind: str = "coffee", before: str = "astronaut"
) -> Iterator[Known]:
    """Yield frames of a slow pan and zoom over a photograph, a ball rolling across.

    Both pictures are samples; the ball shows the middle of ``before`` and does not
    turn. Frames are three quarters as high as wide.
    """
    scene, skin = sample(behind), sample(before)
    height, width = 3 * size // 4, size
    radius = size / 6
    down, across = torch.meshgrid(
        torch.arange(float(height)), torch.arange(float(width)), indexing="ij"
    )
    here = torch.stack([across, down])  # (2, H, W), in pixels
    earlier = None
    for number in range(count):
        state = _State.at(number, size)
        ball = here - state.ball.view(2, 1, 1)
        inside = ball.norm(dim=0) <= radius
        image = _look(scene, state.to_scene(here))
        image = torch.where(inside, _look(skin, 0.44 + 0.9 * ball / size), image)
        if earlier is None:
            yield Known(image, None, None)
        else:
            was = earlier.from_scene(state.to_scene(here))
            was = torch.where(inside, ball + earlier.ball.view(2, 1, 1), was)
            covered = (was - earlier.ball.view(2, 1, 1)).norm(dim=0) <= radius
            edges = torch.tensor([width - 0.5, height - 0.5]).view(2, 1, 1)
            out = ((was < -0.5) | (was > edges)).any(0)
            hidden = out | (covered & ~inside)
            yield Known(image, (was - here)[None], hidden[None, None])
        earlier = state


@dataclass(frozen=True)
class _State:
    """Where camera and ball are in a frame."""

    zoom: float  # pixels of the frame to a unit of the scene
    corner: Tensor  # (2,), of the frame in the scene
    ball: Tensor  # (2,), its centre in the frame

    @classmethod
    def at(cls, number: int, size: int) -> "_State":
        corner = torch.tensor([0.08 + 0.004 * number, 0.06 + 0.002 * number])
        across = size * (0.12 + 0.022 * number)
        down = size * (0.42 + 0.1 * math.sin(number / 4))
        zoom = size / (0.75 - 0.003 * number)
        return cls(zoom, corner, torch.tensor([across, down]))

    def to_scene(self, place: Tensor) -> Tensor:
        return place / self.zoom + self.corner.view(2, 1, 1)

    def from_scene(self, place: Tensor) -> Tensor:
        return (place - self.corner.view(2, 1, 1)) * self.zoom


def _look(picture: Tensor, place: Tensor) -> Tensor:
    """Return a picture at places (2, H, W); 1 is its long side. (1, 3, H, W)"""
    height, width = picture.shape[-2:]
    long = max(height, width)
    scale = torch.tensor([long / width, long / height]).view(2, 1, 1)
    grid = (2 * place * scale - 1).permute(1, 2, 0)[None]
    how: dict[str, Any] = {
        "mode": "bilinear",
        "padding_mode": "reflection",
        "align_corners": False,
    }
    return grid_sample(picture, grid, **how)
