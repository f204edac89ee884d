"""Style as a collection of features: each position shall resemble one of them."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ..averages import TINY, part
from ..losses import StyleLoss

SAMPLES = 1024  # features of a style to choose from, at most
AT_ONCE = 2**24  # cosines computed at a time
SPREAD = (0.7548776662466927, 0.5698402909980532)  # Roberts 2018, sequence R2


class NeighbourLoss(StyleLoss):
    """A loss: how little each position resembles the style's nearest feature.

    The mean over positions i of 1 - max_j cos(F_i - μ̂, F̂_j - μ̂), j over positions of
    the style (Kolkin et al. 2022, "Neural neighbor style transfer", equation (4)). It
    is continuous, and its slope is that of the match. Of a large style `SAMPLES`
    positions are taken, spread evenly and always the same ones. In blocks 1 and 2 a
    feature is little more than a colour, and in block 5 it is half a scene, which would
    replace the content's: there Gram matrices are compared, as usual.

    The target has a row for each sample: its rank in [0, 1) and its feature.
    """

    scales = ("relative", "own")
    worth = 1.05

    @classmethod
    def at(cls, layer: str) -> type[StyleLoss]:
        return cls if layer[4] in "34" else StyleLoss

    @classmethod
    def describe(cls, features: Tensor, *place: Any, seen: Any = None) -> Tensor:
        """Return a tile's samples: those positions whose rank is low enough.

        Ranks depend on a position's place in the whole layer, not on the tile.
        """
        where, positions, mask = place
        height, width = features.shape[-2:]
        top, left = (s.start for s in where[1:]) if where != ... else (0, 0)
        rows = torch.arange(top, top + height, dtype=torch.float64) * SPREAD[0]
        columns = torch.arange(left, left + width, dtype=torch.float64) * SPREAD[1]
        rank = ((rows[:, None] + columns) % 1).flatten().float().to(features)
        chosen = rank < SAMPLES / positions
        if mask is not None:
            chosen &= (mask[where] > 0).flatten()
        found = features.flatten(2)[..., chosen].mT
        return torch.cat([rank[chosen][None, :, None], found], 2)

    @staticmethod
    def join(one: Tensor, other: Tensor) -> Tensor:
        return torch.cat([one, other], 1)

    @staticmethod
    def mix(targets: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
        """Return samples of all styles, of each as many as its weight asks for."""
        most = max(weights)
        kept = []
        for target, weight in zip(targets, weights, strict=True):
            limit = target[..., 0].max() if target.shape[1] else 0
            kept.append(target[:, target[0, :, 0] <= limit * weight / most])
        return torch.cat(kept, 1)

    def _aim(self, target: Tensor, *how: Any) -> None:
        order = target[0, :, 0].argsort(stable=True)  # the same in tiles
        found = target[0, order, 1:].detach()
        self.centre = found.sum(0) / max(1, len(found))
        self.samples = normalize(found - self.centre)
        super()._aim(target, *how)

    def factor_of(self, scale: str) -> float:
        return 1.0

    def measure(self, features: Tensor, where: Any, positions: int) -> Tensor:
        return part(self._unlike, features, where, positions, self.mask)

    def _unlike(self, features: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the mean of 1 - cos over positions, weighted by a mask's t²."""
        if not len(self.samples):  # its region shows nothing of the style
            return features.new_zeros(())
        f = features[0].flatten(1) - self.centre[:, None]
        match = self.samples[self._nearest(f.detach())].T
        apart = 1 - (normalize(f, dim=0) * match).sum(0)
        if mask is None:
            return apart.mean()
        weights = mask.square().flatten()
        return (apart * weights).sum() / weights.sum().clamp_min(TINY)

    def _nearest(self, f: Tensor) -> Tensor:
        """Return the index of the most similar sample at each position (C, M)."""
        parts = f.split(max(1, AT_ONCE // len(self.samples)), 1)
        return torch.cat([(self.samples @ some).argmax(0) for some in parts])

    def distance(self, statistic: Tensor) -> Tensor:
        return statistic

    def nothing(self) -> Tensor:
        """Return the loss of features that resemble none of the style's."""
        return self.compare(torch.ones_like(self.target[0, 0, 0]))
