"""The whole algorithm: two pictures and a recipe in, one picture out."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from .control.colors import finish, match_colors
from .control.memory import make_room
from .control.sizes import Scene, check_pictures, crop, levels_of
from .device import Compute, Device, Precision, choose
from .errors import InputError
from .fields import lists_fields
from .images import Source, resize
from .inputs import Inputs
from .lbfgs import lbfgs
from .objective import Objective
from .optimize import Descent, Step
from .recipe import Recipe, as_recipe, mean_weight
from .vgg import VGG19, load_network

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .changes import Changes
    from .keep.checkpoint import Checkpoint

Sources = Source | Sequence[Source]  # one or several
Masks = Source | Sequence[Source | None]  # None means everywhere


@lists_fields(Recipe)
def style_transfer(
    content: Source,
    style: Sources,
    recipe: Recipe | None = None,
    *,
    masks: Masks | None = None,
    style_masks: Masks | None = None,
    device: Device = None,
    precision: Precision = "auto",
    **changes: "Unpack[Changes]",
) -> Tensor:
    """Paint ``content`` in the style of ``style``; return (1, 3, H, W) on the CPU.

    ``content`` and ``style`` are anything that `load_image` takes; their sizes may
    differ. ``style`` may be a list of styles, blended by the recipe's ``blend``, or
    each in its region: see `iterate` for ``masks``. ``changes`` are fields of the
    `Recipe`. ``device`` is "cuda", "mps" or "cpu", by default the first of these that
    is available; ``precision`` is "float32", "half" or "auto": half on a GPU that is
    faster so.

    Example:
        >>> nst.style_transfer("cat", "ink", size=32, steps=1).shape
        torch.Size([1, 3, 21, 32])
    """
    given: dict[str, Any] = {"masks": masks, "style_masks": style_masks}
    given |= {"device": device, "precision": precision}
    for step in iterate(content, style, recipe, **given, **changes):
        best = step.best
    return best.cpu()


@lists_fields(Recipe)
def iterate(
    content: Source,
    style: Sources,
    recipe: Recipe | None = None,
    *,
    start: Source | None = None,
    masks: Masks | None = None,
    style_masks: Masks | None = None,
    checkpoint: "Checkpoint | None" = None,
    device: Device = None,
    precision: Precision = "auto",
    **changes: "Unpack[Changes]",
) -> Iterator[Step]:
    """Do `style_transfer` in steps: return an iterator of `Step`s, coarse to fine.

    In its for loop you may break, plot or count; ``step.best`` is the image to keep.
    ``start`` is a picture to begin from instead of the recipe's ``initial``; from a
    picture, the levels begin at its own size, unless ``sizes`` names them. ``masks``
    are pictures, one per style, white where the content gets that style;
    ``style_masks`` are white where a style is taken from. None means everywhere; styles
    that share a mask are blended. ``checkpoint``, a `Checkpoint`, keeps the run and can
    continue one. Raise `InputError` at once if the pictures or the recipe cannot be
    used, or need too much memory.

    Example:
        >>> for step in nst.iterate("cat", "ink", size=32, steps=1):
        ...     print(step.number, sorted(step.losses)[-3:])
        1 ['style/relu5_1', 'total', 'tv']
    """
    recipe = as_recipe(recipe, **changes)
    first = recipe.initial_picture if start is None else start
    given = content, style, masks, style_masks, first
    inputs = Inputs.of(*given, wanted=recipe.wanted)
    return paint(inputs, recipe, choose(device, precision), checkpoint)


def paint(
    inputs: Inputs,
    recipe: Recipe,
    compute: Compute,
    checkpoint: "Checkpoint | None" = None,
) -> Iterator[Step]:
    """Do what `iterate` does, for `Inputs`; their pictures stay on the CPU."""
    check_pictures(inputs, recipe)
    scene, first = Scene.of(inputs, recipe), inputs.initial
    image = crop(first.image, recipe) if first else None
    recipe = make_room(recipe, *inputs.images, compute)
    if checkpoint is not None:
        if not hasattr(checkpoint, "kept"):
            seen = f"checkpoint is of type {type(checkpoint).__name__}"
            raise InputError(f"{seen}: give nst.Checkpoint(path)")
        compute = checkpoint.open(recipe, inputs, compute, image)
        recipe = checkpoint.recipe
    levels = levels_of(recipe, inputs)
    steps = _paint(scene, image, recipe, levels, compute, checkpoint)
    return _guarded(steps, recipe, checkpoint)


def _paint(
    scene: Scene,
    image: Tensor | None,
    recipe: Recipe,
    levels: Sequence[tuple[int, int]],
    compute: Compute,
    checkpoint: "Checkpoint | None",
) -> Iterator[Step]:
    """Yield the steps of each level; the next level begins from the best image."""
    started, number = time.perf_counter(), 0
    kept = checkpoint.kept if checkpoint else None
    vgg = load_network(recipe, compute)
    for level, (size, steps) in enumerate(levels):
        if kept and level < kept["level"]:
            number += steps
            continue
        image, objective = begin_level(vgg, scene, image, size, recipe)
        small = resize(scene.content, image.shape[-2:]).to(compute.device)
        show = partial(_shown, number, started, small, recipe)
        descent = improve(image, objective)
        if checkpoint and kept and level == kept["level"]:
            checkpoint.load(descent, image)
            yield show(descent.step())
        while descent.number < steps:
            step = next(descent)
            if checkpoint:
                checkpoint.note(level, descent, step)
            yield show(step)
        number, image = number + steps, descent.step().best


def _guarded(
    steps: Iterator[Step], recipe: Recipe, checkpoint: "Checkpoint | None"
) -> Iterator[Step]:
    """Yield ``steps``; from outside their frames, free them if memory runs out."""
    try:
        yield from steps
    except Exception as error:
        from .control.shortage import tell

        tell(error, recipe)
        if checkpoint:
            checkpoint.explain(error)
        raise


def _shown(
    before: int, started: float, content: Tensor, recipe: Recipe, step: Step
) -> Step:
    """Return a level's step, numbered within the run, in the colours to show."""
    image = finish(step.image, content, recipe)
    best = image if step.best is step.image else finish(step.best, content, recipe)
    number, seconds = before + step.number, time.perf_counter() - started
    return Step(number, step.losses, image, best, seconds)


def begin_level(
    vgg: VGG19, scene: Scene, image: Tensor | None, size: int, recipe: Recipe
) -> tuple[Tensor, Objective]:
    """Return a level's first image and its objective, on the network's device."""
    content, styles, masks, style_masks = scene.at(size, recipe, vgg.mean.device)
    image = first_image(content, styles, masks, recipe) if image is None else image
    objective = Objective(vgg, content, styles, recipe, masks, style_masks)
    return resize(image, content.shape[-2:]).to(content.device), objective


def first_image(
    content: Tensor,
    styles: Sequence[Tensor],
    masks: Sequence[Tensor | None],
    recipe: Recipe,
) -> Tensor:
    """Return the mean of the styles' ``initial`` images, by weight and by mask."""
    image = weight = torch.zeros_like(content)
    for index, (style, mask) in enumerate(zip(styles, masks, strict=True)):
        share: Any = mean_weight(recipe.blend[index] if recipe.blend else 1.0)
        share = share if mask is None else share * mask
        first = INITIAL[recipe.initial](content, style, recipe.seed)
        image = image + share * resize(first, content.shape[-2:])
        weight = weight + share
    return torch.where(weight > 0, image / weight.clamp_min(1e-9), content)


def noise(content: Tensor, style: Tensor, seed: int) -> Tensor:
    """Return the paper's first image, white noise: the same on every device."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(content.shape, generator=generator).to(content)


INITIAL: dict[str, Callable[[Tensor, Tensor, int], Tensor]] = {
    "recolored": lambda content, style, seed: match_colors(content, style),
    "content": lambda content, style, seed: content,
    "noise": noise,
    "style": lambda content, style, seed: style,
}


def improve(image: Tensor, objective: Objective) -> Descent:
    """Return the `Descent` from ``image`` that the objective's recipe asks for."""
    recipe = objective.recipe

    def optimizer(image: Tensor) -> torch.optim.Optimizer:
        if recipe.optimizer == "adam":
            return torch.optim.Adam([image], lr=recipe.learning_rate)
        return lbfgs(image, recipe.learning_rate, recipe.history)

    return Descent(image, objective, optimizer, recipe.clamp_in_closure)
