# Written by python -m nst.app.stub: edit nst/recipe.py instead.
from collections.abc import Sequence
from typing import Literal, TypedDict

from .recipe import Color, Optimizer, Pooling, Scale, StyleIdea

class Changes(TypedDict, total=False):
    content_layers: Sequence[str]
    style_layers: Sequence[str]
    style_loss: StyleIdea
    content_layer_weights: Sequence[float] | None
    style_layer_weights: Sequence[float] | None
    content_weight: float
    style_weight: float
    tv_weight: float
    temporal_weight: float
    frame_steps: int
    look_back: Sequence[int]
    scale: Scale
    pooling: Pooling
    weights: str
    normalize: bool
    activation_scale: float
    initial: str
    seed: int
    size: int | Sequence[int]
    sizes: Sequence[int] | None
    steps: int | Sequence[int] | None
    square: bool
    optimizer: Optimizer
    learning_rate: float
    history: int | None
    clamp_in_closure: bool
    color: Color
    style_scale: float
    blend: Sequence[float | Sequence[float]] | None
    tile: int | Literal["auto"] | None
