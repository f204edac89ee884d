"""The loss of a recipe as a function of the image, computed whole or in tiles."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

import torch
from torch import Tensor, nn

from .averages import add_to, at_energy, energy, part, shrink
from .control.sizes import tile_size
from .control.tiles import Tile, cut
from .ideas import idea_of
from .layers import stride_of
from .losses import ContentLoss, StyleLoss, temporal_loss, total_variation
from .recipe import Recipe
from .vgg import VGG19, load_network

ENERGY = "energy "  # before a layer's name: its mean square, beside its statistic
Masks = Sequence[Tensor | None]
Targets = list[tuple[Tensor | None, dict[str, Tensor]]]  # (mask, {layer: target})


class Objective(nn.Module):
    """The loss of a recipe: L = α·content + β·style + γ·tv, equation (7) plus tv.

    ``forward(image)`` returns scalars by name: "content", "style" and "tv" without
    their weights, each layer's loss such as "style/relu1_1", and the weighted sum
    "total". ``styles`` is one image or several. Each style has a mask in ``masks``, at
    the content's size, for where it goes, and one in ``style_masks``, at its own size,
    for the part of it to use: (1, 1, H, W) in [0, 1], or None for everywhere. Styles
    that share a mask are blended. The losses are in ``content[0][layer]`` and
    ``style[region][layer]``.
    """

    def __init__(
        self,
        vgg: VGG19,
        content: Tensor,
        styles: Tensor | Sequence[Tensor],
        recipe: Recipe,
        masks: Masks = (),
        style_masks: Masks = (),
    ) -> None:
        super().__init__()
        self.vgg, self.recipe = vgg, recipe
        self.anchors: Sequence[tuple[Tensor, Tensor]] = ()  # of a film
        styles = [styles] if isinstance(styles, Tensor) else styles
        self._inputs = content, styles, masks, style_masks
        self._aim(*self._inputs)

    def _aim(
        self,
        content: Tensor,
        styles: Sequence[Tensor],
        masks: Masks,
        style_masks: Masks,
    ) -> None:
        """Compute the targets of all losses."""
        recipe = self.recipe
        everywhere = [None] * len(styles)
        with torch.no_grad():
            statistics = [
                self._statistics(style, mask)
                for style, mask in zip(styles, style_masks or everywhere, strict=True)
            ]
            targets: Targets = [(None, target) for target in statistics]
            if recipe.blend or len(styles) > 1 or any(m is not None for m in masks):
                from .control.regions import blended_targets

                targets = blended_targets(statistics, masks or everywhere, recipe)
            self.content = nn.ModuleList([self._content_losses(content, targets)])
            self.style = nn.ModuleList(self._style_losses(t, m) for m, t in targets)

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        return self._compare(self._sums(image), image)

    def evaluate(self, image: Tensor) -> tuple[dict[str, float], Tensor]:
        """Return losses as floats and the gradient of the total, shaped like ``image``.

        Tiles give the same gradient in two passes, because the losses depend on the
        image only through sums over positions. The first pass computes these sums and
        the slope of the total in each of them; with these slopes the second pass
        computes the gradient of one tile after another.
        """
        image, tiles = image.detach().requires_grad_(), self._cut(image)
        with torch.enable_grad():
            if len(tiles) == 1:
                losses = self(image)
                (gradient,) = torch.autograd.grad(losses["total"], image)
            else:
                with torch.no_grad():
                    sums = self._sums(image)
                leaves = [total.requires_grad_() for total in sums.values()]
                losses = self._compare(sums, image)
                *slopes, gradient = torch.autograd.grad(
                    losses["total"], [*leaves, image]
                )
                for tile in tiles:
                    patch = image.detach()[tile.seen].requires_grad_()
                    sums = self._measure(patch, tile)
                    (share,) = torch.autograd.grad(list(sums.values()), patch, slopes)
                    gradient[tile.seen] += share
        numbers = [loss.detach() for loss in (*losses.values(), gradient.sum())]
        *values, finite = torch.stack(numbers).tolist()  # read from a GPU at once
        if self.vgg.compute.precision == "half" and not isfinite(finite):
            return self._widened().evaluate(image)
        return dict(zip(losses, values, strict=True)), gradient

    def _widened(self) -> "Objective":
        """Go on in float32, with targets computed anew."""
        why = "too large a number for half precision: going on in float32"
        print(f"nst: {why}", file=sys.stderr)
        full = replace(self.vgg.compute, precision="float32")
        self.vgg = load_network(self.recipe, full)
        self._aim(*self._inputs)
        return self

    def parts(self) -> Iterator[tuple[tuple[str, int, str], Any]]:
        """Yield ((kind, region, layer), loss); a key is ("style", 0, "relu1_1")."""
        for kind, regions in (("content", self.content), ("style", self.style)):
            for region, losses in enumerate(regions):
                assert isinstance(losses, nn.ModuleDict)
                for layer, loss in losses.items():
                    yield (kind, region, layer), loss

    def _compare(self, sums: dict, image: Tensor) -> dict[str, Tensor]:
        """Return all losses by name, from the sums over an image's positions."""
        recipe = self.recipe
        by_layer: dict[str, Tensor] = {}
        worth: dict[str, float] = {}  # of a style layer
        for (kind, region, layer), loss in self.parts():
            add_to(by_layer, f"{kind}/{layer}", loss.compare(sums[kind, region, layer]))
            if kind == "style":
                worth[layer] = loss.worth
        losses: dict[str, Tensor] = {}
        for kind in ("content", "style"):
            names = getattr(recipe, f"{kind}_layers")
            weights = getattr(recipe, f"{kind}_layer_weights")
            weights = weights or [1 / max(1, len(names))] * len(names)
            total = pull = image.new_zeros(())
            for name, weight in zip(names, weights, strict=True):
                losses[f"{kind}/{name}"] = loss = by_layer[f"{kind}/{name}"]
                total = total + weight * loss
                if kind == "style":
                    pull = pull + weight * worth[name] * loss
            losses[kind] = total
        penalties = {"tv": total_variation(image)}
        if self.anchors:
            penalties["temporal"] = temporal_loss(image, self.anchors)
        total = recipe.content_weight * losses["content"] + recipe.style_weight * pull
        for name, penalty in penalties.items():
            total = total + getattr(recipe, f"{name}_weight") * penalty
        return losses | penalties | {"total": total}

    def _sums(self, image: Tensor) -> dict:
        """Return the sums that the losses need, over all positions of an image."""
        sums: dict = {}
        for tile in self._cut(image):
            for key, value in self._measure(image[tile.seen], tile).items():
                add_to(sums, key, value)
        return sums

    def _measure(self, image: Tensor, tile: Tile) -> dict:
        """Return what a tile adds to each sum; ``image`` is all that the tile sees.

        Each layer is measured as soon as it is computed: the backward pass, which goes
        from deep to shallow, then holds the gradient of one layer at a time.
        """
        sums = {}
        layers = (*self.recipe.content_layers, *self.recipe.style_layers)
        for name, features in self.vgg.walk(image, layers):
            own = tile.own(features, stride_of(name))
            for key, loss in self.parts():
                if key[-1] == name:
                    sums[key] = loss.measure(*own)
        return sums

    def _content_losses(self, image: Tensor, styles: Targets) -> nn.ModuleDict:
        """The content's features as targets, with the style's energy in each region.

        A picture that has the style's Gram matrices has the style's energy. If the
        content were asked for at its own, the two would contradict each other, the more
        the more they differ in contrast, and a weight would mean something else for
        each pair.
        """
        targets: dict[str, Tensor] = {}
        for name, own, where, _ in self._seen(image, self.recipe.content_layers):
            if name not in targets:
                size = (side // stride_of(name) for side in image.shape[-2:])
                targets[name] = own.new_empty(1, own.shape[1], *size)
            targets[name][where] = own
        for name in self._scaled:
            small = [shrink(mask, stride_of(name)) for mask, _ in styles]
            energies = [target[ENERGY + name] for _, target in styles]
            regions = list(zip(small, energies, strict=True))
            targets[name] = at_energy(targets[name], regions)
        scale = self.recipe.scale
        return nn.ModuleDict({k: ContentLoss(t, scale) for k, t in targets.items()})

    def _style_losses(
        self, targets: dict[str, Tensor], mask: Tensor | None
    ) -> nn.ModuleDict:
        """Return {layer: loss} of one region, from its targets and its mask."""
        losses = nn.ModuleDict()
        for name in self.recipe.style_layers:
            small = shrink(mask, stride_of(name))
            idea, scale = self._idea(name), self.recipe.scale
            losses[name] = idea.aiming_at(targets[name], scale, small)
        return losses

    def _idea(self, layer: str) -> type[StyleLoss]:
        return idea_of(self.recipe.style_loss, layer)

    def _statistics(self, image: Tensor, mask: Tensor | None) -> dict[str, Tensor]:
        """Return {layer: statistic} of a style, or of the region that a mask shows.

        For each content layer that is scaled, its energy is there as well.
        """
        ideas = {name: self._idea(name) for name in self.recipe.style_layers}
        sums: dict[str, Tensor] = {}
        for _ in range(max((idea.looks for idea in ideas.values()), default=1)):
            seen, sums = sums, {}
            for name, own, where, count in self._seen(image, (*ideas, *self._scaled)):
                place = where, count, shrink(mask, stride_of(name))
                if idea := ideas.get(name):
                    found = idea.describe(own, *place, seen=seen.get(name))
                    add_to(sums, name, found, idea.join)
                if name in self._scaled:
                    add_to(sums, ENERGY + name, part(energy, own, *place))
        return sums

    @property
    def _scaled(self) -> Sequence[str]:
        """The content layers whose targets take the style's energy."""
        recipe = self.recipe
        styled = recipe.style_layers and recipe.style_weight > 0
        return recipe.content_layers if styled and recipe.scale == "relative" else ()

    def _seen(self, image: Tensor, layers: Sequence[str]) -> Iterator[tuple]:
        """Yield (layer, *results of `Tile.own`) for each tile and layer."""
        for tile in self._cut(image):
            for name, features in self.vgg.walk(image[tile.seen], layers):
                yield name, *tile.own(features, stride_of(name))

    def _cut(self, image: Tensor) -> list[Tile]:
        height, width = image.shape[-2:]
        return cut(height, width, tile_size(self.recipe))
