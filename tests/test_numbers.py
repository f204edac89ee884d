"""The numbers hold for any recipe within its ranges, and any file for a picture."""

import io
import math
import random
import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

import nst
from nst.layers import LAYERS
from nst.recipe import FIELDS, Idea


def numbers(name):
    """Any within a field's range, its ends and magnitudes more often."""
    least, most = FIELDS[name].metadata["limits"]
    powers = st.floats(math.log10(least or most / 1e15), math.log10(most))
    between = powers.map(lambda power: min(max(10**power, least), most))
    return st.sampled_from((least, most)) | between


SHALLOW = [name for name in LAYERS if name[4] in "123"]


@st.composite
def pictures(draw):
    """Noise, gradients, flat colours, black and white; 16 to 40 pixels a side."""
    height, width = draw(st.integers(16, 40)), draw(st.integers(16, 40))
    kind = draw(st.sampled_from(["noise", "flat", "gradient", "black", "binary"]))
    seed = np.random.default_rng(draw(st.integers(0, 99)))
    if kind == "flat":
        return np.full((height, width, 3), seed.random(), np.float32)
    if kind == "black":
        return np.zeros((height, width, 3), np.uint8)
    if kind == "gradient":
        rows = np.linspace(0, 1, height)[:, None, None]
        return np.broadcast_to(rows, (height, width, 3)).astype(np.float32)
    noise = seed.random((height, width, 3)).astype(np.float32)
    return noise.round() if kind == "binary" else noise


@st.composite
def recipes(draw):
    layers = st.lists(st.sampled_from(SHALLOW), min_size=1, max_size=3, unique=True)
    style = tuple(draw(layers))
    weights = st.tuples(*[numbers("style_layer_weights")] * len(style))
    style_idea = draw(st.sampled_from(get_args(Idea)))
    scales = ["relative", "own", *(["paper", "mean"] if style_idea == "gram" else [])]
    return nst.Recipe(
        content_layers=tuple(draw(layers)),
        style_layers=style,
        style_layer_weights=draw(st.none() | weights),
        content_weight=draw(numbers("content_weight")),
        style_weight=draw(numbers("style_weight")),
        tv_weight=draw(numbers("tv_weight")),
        style_loss=style_idea,
        scale=draw(st.sampled_from(scales)),
        pooling=draw(st.sampled_from(["max", "average"])),
        normalize=draw(st.booleans()),
        activation_scale=draw(numbers("activation_scale")),
        initial=draw(st.sampled_from(["recolored", "content", "noise", "style"])),
        seed=draw(st.integers(0, 9)),
        sizes=draw(st.sampled_from([(40,), (40, 48)])),
        steps=draw(st.integers(1, 4)),
        optimizer=draw(st.sampled_from(["lbfgs", "adam"])),
        learning_rate=draw(numbers("learning_rate")),
        history=draw(st.integers(1, 12)),
        clamp_in_closure=draw(st.booleans()),
        color=draw(st.sampled_from(["style", "match", "histogram"])),
        square=draw(st.booleans()),
        tile=draw(st.sampled_from([None, 64])),
    )


def test_every_field_is_drawn():
    """But for those that have no small choice: name a new one in one of the two."""
    source = Path(__file__).read_text("utf-8")
    drawn = set(re.findall(r"^ {8}(\w+)=(?:draw|tuple|style)", source, re.M))
    left_out = {"content_layer_weights", "weights", "size", "style_scale", "blend"}
    left_out |= {"temporal_weight", "frame_steps", "look_back"}  # of films
    assert drawn | left_out == set(FIELDS)


class Watched(nst.Objective):
    """Keeps the objective of the last level, and its first image's loss."""

    last = None

    def __init__(self, *given):
        super().__init__(*given)
        Watched.last, self.first = self, None

    def evaluate(self, image):
        losses, gradient = super().evaluate(image)
        if self.first is None:
            self.first = losses["total"]
        return losses, gradient


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(pictures(), pictures(), recipes())
def test_no_recipe_ends_in_nonsense(content, style, recipe):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nst.transfer.Objective", Watched)
        *_, step = nst.iterate(content, style, recipe)
    assert torch.isfinite(step.best).all()
    assert 0 <= step.best.min() and step.best.max() <= 1
    level = Watched.last
    end = level.evaluate(step.best)[0]["total"]
    assert np.isfinite(end) and end <= level.first * (1 + 1e-4) + 1e-12


def seeds():
    """Small pictures of every kind that people have."""
    random.seed(0)
    color = Image.effect_noise((24, 18), 80).convert("RGB")
    made = {}
    for kind, mode in (
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "I;16"),
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("GIF", "P"),
        ("BMP", "RGB"),
        ("TIFF", "RGB"),
        ("WEBP", "RGB"),
    ):
        picture = color.convert("I;16" if mode == "I;16" else mode)
        buffer = io.BytesIO()
        picture.save(buffer, kind)
        made[f"{kind} {mode}"] = buffer.getvalue()
    return made


def damaged(data, dice):
    """One to four changes: bytes, bits, cuts, runs of one value, doubled parts."""
    data = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data)) if data else 0
        action = dice.randrange(5)
        if action == 0 and data:
            data[at] = dice.randrange(256)
        elif action == 1 and data:
            data[at] ^= 1 << dice.randrange(8)
        elif action == 2:
            del data[at : at + dice.randint(1, 40)]
        elif action == 3:
            data[at : at + 8] = bytes([dice.choice((0, 255))]) * dice.randint(1, 8)
        else:
            data[at:at] = data[at : at + dice.randint(1, 60)]
    return bytes(data[: dice.randrange(len(data) + 1)] if dice.random() < 0.2 else data)


@pytest.mark.parametrize("kind", seeds())
def test_damaged_files_are_pictures_or_one_sentence(kind, tmp_path):
    """Ten kinds, 220 of each: 2,200 in all."""
    data, dice, seen = seeds()[kind], random.Random(kind), {"picture": 0, "told": 0}
    path = tmp_path / "damaged"
    path.write_bytes(data)
    assert nst.load_image(path).shape[1] == 3
    for _ in range(220):
        path.write_bytes(damaged(data, dice))
        try:
            image = nst.load_image(path)
        except nst.InputError as error:
            assert "\n" not in str(error), error
            seen["told"] += 1
        else:
            assert image.shape[:2] == (1, 3) and torch.isfinite(image).all()
            assert 0 <= image.min() and image.max() <= 1
            seen["picture"] += 1
    assert seen["told"] > 0
