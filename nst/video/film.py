"""Paint a film frame by frame; each frame keeps what the one before has painted.

After Ruder, Dosovitskiy and Brox (2016), "Artistic style transfer for videos": a frame
begins from the last painted one, moved along the optical flow, and the temporal loss
holds it there wherever the flow can be trusted.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from ..control.colors import finish
from ..control.sizes import Scene, check_pictures
from ..device import Compute, Device, Precision, choose
from ..errors import InputError
from ..fields import lists_fields
from ..images import Source, load_image, to_pil
from ..inputs import Inputs
from ..recipe import Recipe, as_recipe
from ..transfer import Masks, Sources, begin_level, first_image, improve, paint
from ..vgg import load_network
from .flow import flow, reliability, warp

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..changes import Changes

CUT = 0.4  # least share of a frame that the flow explains: below, a new shot begins


@dataclass(frozen=True)
class Frame:
    """A frame of a film: ``image`` (1, 3, H, W) on the CPU, in 8 bits a channel.

    ``number`` counts from 1; ``cut`` says whether a shot begins with it. ``painted`` is
    the image before the content's colours are kept, if the recipe asks for that: the
    next frame follows it.
    """

    number: int
    image: Tensor
    painted: Tensor
    cut: bool


@lists_fields(Recipe)
def style_video(
    frames: Iterable[Source] | str | Path,
    style: Sources,
    recipe: Recipe | None = None,
    *,
    masks: Masks | None = None,
    style_masks: Masks | None = None,
    device: Device = None,
    precision: Precision = "auto",
    **changes: "Unpack[Changes]",
) -> Iterator[Frame]:
    """Paint the frames of a film; return an iterator of `Frame`s.

    ``frames`` are pictures of one size, as `load_image` takes them, or the path of a
    film; the other arguments are as in `style_transfer`. ``frame.image`` is the picture
    to show; `nst video` on the command line writes films. The recipe's
    ``temporal_weight`` says how much a frame keeps of the one before, ``frame_steps``
    how many steps it takes; the first frame after a cut is painted as a picture is.
    Raise `InputError` for a frame of another size, or one that cannot be read.

    Example:
        >>> frames = [nst.sample("cat", 32)] * 2
        >>> how = {"size": 32, "steps": 1, "frame_steps": 1}
        >>> [f.number for f in nst.style_video(frames, "ink", **how)]
        [1, 2]
    """
    recipe = as_recipe(recipe, **changes)
    given: dict[str, Any] = {"style": style, "masks": masks, "style_masks": style_masks}
    painter = FilmPainter(recipe, choose(device, precision))
    if isinstance(frames, str | Path):
        from .files import Clip

        frames = (still.picture for still in Clip(frames))
    for frame in frames:
        yield painter.paint(Inputs.of(frame, wanted=recipe.wanted, **given))


class FilmPainter:
    """It paints a film's frames in order and knows those that it painted last."""

    def __init__(self, recipe: Recipe, compute: Compute) -> None:
        self.recipe, self.compute = recipe, compute
        self.number = 0
        self._past: deque[tuple[Tensor, Tensor]] = deque(maxlen=max(recipe.look_back))
        colors = "style" if recipe.color == "content" else recipe.color
        self._recipe = recipe.replace(color=colors)  # what is painted, not shown
        self._vgg: Any = None

    def paint(self, inputs: Inputs) -> Frame:
        """Paint the next frame."""
        check_pictures(inputs, self.recipe)
        scene = self._scene(inputs)
        painted = self._follow(scene)
        cut = painted is None
        if painted is None:
            self._past.clear()
            for step in paint(inputs, self._recipe, self.compute):
                painted = step.best
        assert painted is not None
        return self._take(scene, load_image(to_pil(painted)), cut)

    def take(self, inputs: Inputs, painted: Tensor) -> Frame:
        """Take a frame that was painted earlier as the next one."""
        return self._take(self._scene(inputs), painted, cut=False)

    def _take(self, scene: Scene, painted: Tensor, cut: bool) -> Frame:
        content = scene.content.cpu()
        self._past.append((content, painted))
        self.number += 1
        image = finish(painted, content, self.recipe)
        return Frame(self.number, load_image(to_pil(image)), painted, cut)

    def _scene(self, inputs: Inputs) -> Scene:
        size = self._recipe.levels()[-1][0]
        scene = Scene.of(inputs, self._recipe)
        scene = scene.at(size, self._recipe, self.compute.device)
        height, width = scene.content.shape[-2:]
        h, w = self._past[-1][0].shape[-2:] if self._past else (height, width)
        if (h, w) != (height, width):
            seen = f"frame {self.number + 1} is {width}x{height} after {w}x{h}"
            raise InputError(f"{seen}: give frames of one size")
        return scene

    def anchors(self, content: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return earlier painted frames where they are now, and how far to trust them.

        Of a frame further back only that counts which no later one shows: the paper's
        long-term consistency.
        """
        found: list[tuple[Tensor, Tensor]] = []
        told = torch.zeros_like(content[:, :1])
        for back in sorted(self.recipe.look_back):
            if back <= len(self._past):
                known, painted = (x.to(content) for x in self._past[-back])
                way = flow(content, known)
                weight = reliability(way, flow(known, content))
                found.append((warp(painted, way), (weight - told).clamp_min(0)))
                told = told + weight
        return found

    def _follow(self, scene: Scene) -> Tensor | None:
        """Paint a frame on from those before; None if there are none in its shot."""
        content = scene.content
        if not self._past:
            return None
        anchors = self.anchors(content)
        if anchors[0][1].mean() < CUT:
            return None
        moved, weight = anchors[0]
        fresh = first_image(content, scene.styles, scene.masks, self._recipe)
        first = weight * moved + (1 - weight) * fresh
        self._vgg = self._vgg or load_network(self._recipe, self.compute)
        size = self._recipe.levels()[-1][0]
        image, objective = begin_level(self._vgg, scene, first, size, self._recipe)
        objective.anchors = anchors
        descent = improve(image, objective)
        for _ in range(self.recipe.frame_steps):
            step = next(descent)
        return step.best.cpu()
