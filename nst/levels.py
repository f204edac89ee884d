"""One level of coarse to fine: its pictures, its first image, its objective."""

from functools import lru_cache, partial

import torch

from .control import as_list, match_colors, mean_weight, recolor
from .errors import InputError
from .images import fitted, resize
from .objective import Objective
from .optimize import Descent, lbfgs
from .vgg import load_vgg19


def load_network(recipe, device):
    """The `VGG19` that a recipe asks for: one serves all runs that follow one another.

    Weights of a file of yours are read anew, for the file may have changed.
    """
    how = recipe.weights, recipe.pooling, recipe.normalize, recipe.activation_scale
    own = recipe.weights not in ("bundled", "torchvision")
    return (_network.__wrapped__ if own else _network)(*how, device)


@lru_cache(maxsize=1)
def _network(weights, pooling, normalize, scale, device):
    return load_vgg19(weights, pooling, normalize=normalize, scale=scale).to(device)


def begin_level(vgg, content, style, image, size, recipe, masks=(), style_masks=()):
    """A level's first image and its objective; None is the recipe's ``initial``."""
    content = fit(content, size, recipe)
    shape = tuple(content.shape[-2:])
    styles = [fit_style(s, size, content, recipe) for s in as_list(style)]
    masks = [_resized(mask, shape) for mask in masks or [None] * len(styles)]
    image = first_image(content, styles, masks, recipe) if image is None else image
    shapes = [tuple(s.shape[-2:]) for s in styles]
    style_masks = [_resized(m, s) for m, s in zip(style_masks, shapes, strict=False)]
    objective = Objective(vgg, content, styles, recipe, masks, style_masks)
    return resize(image, shape), objective


def first_image(content, styles, masks, recipe):
    """The recipe's ``initial``: each style's own, by its weight and in its region."""
    image = weight = torch.zeros_like(content)
    for index, (style, mask) in enumerate(zip(styles, masks, strict=True)):
        share = mean_weight(recipe.blend[index] if recipe.blend else 1.0)
        share = share if mask is None else share * mask
        first = INITIAL[recipe.initial](content, style, recipe.seed)
        image = image + share * resize(first, tuple(content.shape[-2:]))
        weight = weight + share
    return torch.where(weight > 0, image / weight.clamp_min(1e-9), content)


def _resized(mask, shape):
    return None if mask is None else resize(mask, shape)


def improve(image, objective):
    """A `Descent` as the objective's recipe says."""
    recipe = objective.recipe
    return Descent(image, objective, optimizer_of(recipe), recipe.clamp_in_closure)


def fit(image, size, recipe):
    """The content at a level's size: its long side, or a square where the recipe is."""
    return resize(image, content_shape(image.shape, size, recipe))


def fit_style(style, size, content, recipe):
    """A style at a level's size, in the colours that the recipe asks for."""
    return recolor(
        resize(style, style_shape(style.shape, size, recipe)), content, recipe
    )


def content_shape(shape, size, recipe):
    """The (height, width) of the content, and of the result, at a level's size."""
    return (size, size) if recipe.square else fitted(shape, size)


def style_shape(shape, size, recipe):
    """The (height, width) of a style there: never enlarged but by ``style_scale``."""
    scale = recipe.style_scale
    size = max(1, round(size * scale))
    return (size, size) if recipe.square else fitted(shape, size, enlarge=scale > 1)


def noise(content, style, seed):
    """White noise, the paper's start, shaped like ``content``; the same everywhere."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(content.shape, generator=generator).to(content)


INITIAL = {
    "recolored": lambda content, style, seed: match_colors(content, style),
    "content": lambda content, style, seed: content,
    "noise": noise,
    "style": lambda content, style, seed: style,
}


def optimizer_of(recipe):
    """A function of the image that makes the optimiser."""
    if recipe.optimizer == "adam":
        return lambda image: torch.optim.Adam([image], lr=recipe.learning_rate)
    return partial(lbfgs, learning_rate=recipe.learning_rate, history=recipe.history)


def check_inputs(content, style, recipe):
    """Raise `InputError` for too small a level, no style or a miscounted blend."""
    if not as_list(style):
        raise InputError("there is no style: give at least one picture")
    if recipe.blend and len(recipe.blend) != len(as_list(style)):
        counts = f"{len(recipe.blend)} blend for {len(as_list(style))} styles"
        raise InputError(f"{counts}: give one for each style")
    for size, _ in recipe.levels():
        styles = [style_shape(s.shape, size, recipe) for s in as_list(style)]
        for height, width in (content_shape(content.shape, size, recipe), *styles):
            if min(height, width) < 16:  # four poolings come before relu5_1
                raise InputError(
                    f"a picture of {width}x{height} pixels is too small for the "
                    "network: use a larger size, so that its short side has at least 16"
                )
