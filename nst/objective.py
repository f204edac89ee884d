"""A recipe's loss as a function of the image, whole or tile by tile."""

import torch
from torch import nn

from .control import as_list, blended_targets
from .layers import stride_of
from .losses import ContentLoss, StyleLoss, gram_share, total_variation
from .masks import regions_of, shrink
from .tiles import cut


class Objective(nn.Module):
    """The loss of a recipe: L = α·content + β·style + γ·tv, equation (7) plus tv.

    ``forward(image)`` returns every loss by name as scalars: content, style and tv
    unweighted, each layer's as "style/relu1_1", and their weighted sum "total".
    ``style`` is an image or a list of them, with one mask each: ``masks`` at the
    content's size say where a style goes (None is everywhere), ``style_masks`` at the
    style's what is taken; all (1, 1, H, W) in [0, 1]. Styles of one mask are blended.
    """

    def __init__(self, vgg, content, style, recipe, masks=None, style_masks=None):
        super().__init__()
        self.vgg, self.recipe = vgg, recipe
        self.content, self.style = nn.ModuleDict(), nn.ModuleDict()
        styles = as_list(style)
        with torch.no_grad():
            self._aim_at_content(content)
            style_masks = style_masks or [None] * len(styles)
            grams = list(map(self._grams, styles, style_masks))
            regions = regions_of(masks or [None] * len(styles))
            targets = blended_targets(grams, regions, recipe)
            for index, (mask, target) in enumerate(targets):
                for name, gram in target.items():
                    key = name if len(targets) == 1 else f"{name}/{index}"
                    small = shrink(mask, stride_of(name))
                    self.style[key] = StyleLoss(gram, recipe.scale, small)

    def forward(self, image):
        return self._compare(self._sums(image), image)

    def evaluate(self, image):
        """Losses as floats and the gradient of their total, shaped like ``image``.

        With tiles, exactly the same in two passes: a loss depends on the picture only
        through sums over positions, so once those are known, and the slope of the
        loss in each, every tile can find its own part of the gradient alone.
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
                    (part,) = torch.autograd.grad(list(sums.values()), patch, slopes)
                    gradient[tile.seen] += part
        values = torch.stack([loss.detach() for loss in losses.values()]).tolist()
        return dict(zip(losses, values, strict=True)), gradient

    def _compare(self, sums, image):
        """The losses, from sums over the picture's positions."""
        recipe, losses = self.recipe, {}
        for kind, parts in (("content", self.content), ("style", self.style)):
            names = getattr(recipe, f"{kind}_layers")
            weights = getattr(recipe, f"{kind}_layer_weights")
            weights = weights or [1 / max(1, len(names))] * len(names)
            for key, loss in parts.items():
                name = f"{kind}/{key.split('/')[0]}"  # a layer's regions add up
                value = loss.compare(sums[f"{kind}/{key}"])
                losses[name] = losses[name] + value if name in losses else value
            losses[kind] = image.new_zeros(())
            for name, weight in zip(names, weights, strict=True):
                losses[kind] = losses[kind] + weight * losses[f"{kind}/{name}"]
        losses["tv"] = total_variation(image)
        losses["total"] = (
            recipe.content_weight * losses["content"]
            + recipe.style_weight * losses["style"]
            + recipe.tv_weight * losses["tv"]
        )
        return losses

    def _sums(self, image):
        """What the losses need to know of a picture: sums over all its positions."""
        sums = {}
        for tile in self._cut(image):
            for name, value in self._measure(image[tile.seen], tile).items():
                sums[name] = sums[name] + value if name in sums else value
        return sums

    def _measure(self, image, tile):
        """The summands of a tile that sees ``image``, at the positions it owns.

        Each layer is measured as soon as it is there: the backward pass, which runs the
        other way round, then holds one layer's gradient at a time.
        """
        sums = {}
        layers = (*self.recipe.content_layers, *self.recipe.style_layers)
        for name, features in self.vgg.walk(image, layers):
            own, where, positions = _own(features, name, tile)
            if name in self.content:
                sums[f"content/{name}"] = self.content[name].measure(own, where)
            for key, loss in self.style.items():
                if key.split("/")[0] == name:
                    sums[f"style/{key}"] = loss.measure(own, where, positions)
        return sums

    def _aim_at_content(self, image):
        targets = {}
        for name, own, where, _ in self._seen(image, self.recipe.content_layers):
            if name not in targets:
                size = (side // stride_of(name) for side in image.shape[-2:])
                targets[name] = own.new_empty(1, own.shape[1], *size)
            targets[name][where] = own
        for name, target in targets.items():
            self.content[name] = ContentLoss(target, self.recipe.scale)

    def _grams(self, image, mask):
        """{layer: Gram matrix (1, C, C)} of a style, or of what its mask shows."""
        grams = {}
        for name, own, where, positions in self._seen(image, self.recipe.style_layers):
            gram = gram_share(own, where, positions, shrink(mask, stride_of(name)))
            grams[name] = grams[name] + gram if name in grams else gram
        return grams

    def _seen(self, image, layers):
        """Yield (layer, *`_own` features of a tile), tile by tile."""
        for tile in self._cut(image):
            for name, features in self.vgg.walk(image[tile.seen], layers):
                yield name, *_own(features, name, tile)

    def _cut(self, image):
        return cut(*image.shape[-2:], self.recipe.tile)


def _own(features, layer, tile):
    """The features that a tile owns, their place, and the number of all positions."""
    stride = stride_of(layer)
    positions = (tile.height // stride) * (tile.width // stride)
    return features[tile.inner(stride)], tile.owned(stride), positions
