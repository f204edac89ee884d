"""Every mistake in a call: one sentence."""

import dataclasses
import json

import numpy as np
import pytest
import torch
from PIL import Image

import nst

RAND = torch.rand(1, 3, 20, 20)


VALUES = "pixel values must be finite and in \\[0, 1\\]: rescale them"


ARRAYS = {
    "nan": (RAND * float("nan"), VALUES),
    "infinite": (RAND / 0, VALUES),
    "255": (RAND * 255, VALUES),
    "negative": (RAND - 1, VALUES),
    "numpy nan": (np.full((8, 8, 3), np.nan), VALUES),
    "numpy 255 as floats": (np.full((8, 8, 3), 255.0), VALUES),
    "two pictures": (torch.rand(2, 3, 20, 20), "shaped \\(2, 3, 20, 20\\) is no pict"),
    "four channels first": (torch.rand(1, 4, 20, 20), "is no picture: use \\(1, 3, H"),
    "no pixels": (torch.rand(1, 3, 0, 20), "is no picture"),
    "a row": (np.zeros(5, np.uint8), "is no picture: use \\(H, W, 3\\)"),
    "two channels": (np.zeros((5, 5, 2), np.uint8), "is no picture: use"),
    "channels first": (np.zeros((3, 50, 50), np.uint8), "is no picture: use"),
    "empty array": (np.zeros((0, 5, 3), np.uint8), "is no picture"),
    "complex": (np.zeros((5, 5, 3), complex), "complex128 .* is no picture"),
    "words": (np.array([["a", "b"]]), "is no picture"),
    "objects": (np.array([[None, 1]], dtype=object), "is no picture"),
    "nothing": (None, "cannot read 'None'|no such picture 'None'"),
    "a number": (3.5, "no such picture|cannot read"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_that_are_no_pictures_are_told(name):
    source, says = ARRAYS[name]
    with pytest.raises(nst.InputError, match=says):
        nst.load_image(source)


RECIPES = [
    ({"style_layers": ("relu6_1",)}, "unknown layer 'relu6_1': choose from conv1_1"),
    ({"content_layers": ("relu4-2",)}, "unknown layer 'relu4-2'"),
    ({"content_layers": ("relu4_2", 7)}, "unknown layer 7"),
    ({"style_layer_weights": (1.0,)}, "1 style_layer_weights for 5 layers: give one"),
    ({"style_layer_weights": (1, 1, 1, 1, -1)}, "style_layer_weights is -1"),
    ({"content_layer_weights": (float("inf"), 0)}, "content_layer_weights is inf"),
    ({"scale": "absolute"}, "unknown scale 'absolute': choose from relative, own"),
    ({"pooling": "min"}, "unknown pooling 'min': choose from max, average"),
    ({"optimizer": "sgd"}, "unknown optimizer 'sgd': choose from lbfgs, adam"),
    ({"style_weight": "15"}, "style_weight is '15': give a finite number"),
    ({"style_weight": None}, "style_weight is None: give a finite number"),
    ({"size": 256.0}, "size is 256.0: give a whole number"),
    ({"size": True}, "size is True: give a whole number"),
    ({"size": (64, 48, 3)}, "size is 3: give a whole number"),
    ({"size": (64, 48, 32)}, "size is \\(64, 48, 32\\): give a number or \\(height, w"),
    ({"size": (64,)}, "size is \\(64,\\): give a number or \\(height, width\\)"),
    ({"size": ((64, 48), 64)}, "give a number or \\(height, width\\)"),
    ({"sizes": (64, 8)}, "sizes is 8: give a whole number from 16 to 100000"),
    ({"sizes": (64, 128), "steps": (5,)}, "1 steps for 2 levels: give one for each"),
    ({"steps": (5, 0), "sizes": (64, 128)}, "steps is 0"),
    ({"learning_rate": 0}, "learning_rate is 0: give a finite number"),
    ({"learning_rate": float("nan")}, "learning_rate is nan"),
    ({"history": 0}, "history is 0: give a whole number from 1 to 1000"),
    ({"activation_scale": 0}, "activation_scale is 0"),
    ({"blend": (1, (1, 1))}, "blend has \\(1, 1\\): give one for each layer"),
    ({"brush": 3}, "unknown recipe field 'brush'"),
    ({"style_layers": "relu1_1"}, "style_layers is 'relu1_1': give a list"),
    ({"content_layers": None}, "content_layers is None: give a list"),
    ({"sizes": 512}, "sizes is 512: give a list"),
    ({"blend": 1}, "blend is 1: give a list"),
    ({"square": "yes"}, "square is 'yes': give a bool"),
    ({"initial": None}, "initial is None: give a name or a path"),
    ({"size": 10**400}, "size is 10+ … 0+: give a whole number from 16 to 100000"),
    ({"seed": 2**63}, "seed is 9223372036854775808: give a whole number"),
    ({"learning_rate": 1e30}, "learning_rate is 1e\\+30: give a finite number"),
]


@pytest.mark.parametrize("changes, says", RECIPES)
def test_recipes_that_cannot_be_are_told(changes, says):
    with pytest.raises(nst.InputError, match=says):
        nst.Recipe().replace(**changes)


HOW = {"sizes": (32,), "steps": 1}


CALLS = {
    "a picture to begin with": (
        lambda: nst.Recipe(initial=np.zeros((20, 20, 3))),
        "initial is array.*give a name or a path",
    ),
    "a float picture of 255": (
        lambda: nst.load_image(Image.new("F", (20, 20), 255.0)),
        VALUES,
    ),
    "a checkpoint's path": (
        lambda: nst.iterate("cat", "ink", checkpoint="run.checkpoint"),
        "checkpoint is of type str: give nst.Checkpoint\\(path\\)",
    ),
    "an empty checkpoint": (
        lambda: nst.iterate("cat", "ink", checkpoint=""),
        "checkpoint is of type str: give nst.Checkpoint\\(path\\)",
    ),
    "names for jobs": (
        lambda: nst.style_many(["cat"]),
        "a job is of type str: give a list of nst.Job\\(content, style, output\\)",
    ),
    "a name for jobs": (
        lambda: nst.style_many("cat"),
        "a job is of type str: give a list",
    ),
    "no jobs": (lambda: nst.style_many(None), "a job is of type NoneType: give a list"),
    "a number of workers": (
        lambda: nst.style_many([], 2),
        "executor is of type int: give one such as nst.pool\\(2\\)",
    ),
    "a job's output": (
        lambda: nst.Job("cat", "ink", None),
        "output is of type NoneType: give the path of a .png or .jpg",
    ),
    "a long record": (
        lambda: nst.save_image(RAND, "a.jpg", 70000 * "x"),
        "a JPEG cannot hold a record this long: save it as .png",
    ),
    "no workers": (lambda: nst.pool(0), "workers is 0: give a whole number from 1 up"),
    "a job's recipe": (
        lambda: nst.Job("cat", "ink", "a.png", "gatys"),
        "recipe is 'gatys': give an nst.Recipe",
    ),
    "a job's mask": (
        lambda: nst.style_many([nst.Job("cat", "ink", "a.png", masks="a.png")]),
        "'a.png' is the mask as well: name another file",
    ),
    "another job's picture": (
        lambda: nst.style_many(
            [nst.Job("b.png", "ink", "a.png"), nst.Job("cat", "ink", "b.png")]
        ),
        "'b.png' is the content as well: name another file",
    ),
    "no style": (lambda: nst.iterate("cat", []), "there is no style: give at least"),
    "nothing for a style": (lambda: nst.iterate("cat", None), "there is no style"),
    "a recipe's name": (
        lambda: nst.iterate("cat", "ink", "gatys"),
        "recipe is 'gatys': give an nst.Recipe",
    ),
    "seconds": (lambda: nst.Checkpoint("a", every=-1), "every is -1: give a finite"),
    "a device": (lambda: nst.iterate("cat", "ink", device=5), "no device '5' here"),
    "masks": (lambda: nst.iterate("cat", "ink", masks=3), "cannot read '3'"),
    "no size": (lambda: nst.sample("cat", 0), "size is 0: give a finite number"),
    "a large size": (lambda: nst.sample("cat", float("inf")), "size is inf"),
    "no height": (lambda: nst.resize(RAND, (0, 5)), "size is 0: give a whole"),
    "three dimensions": (lambda: nst.to_pil(RAND[0]), "is no picture: use \\(1, 3"),
    "an array to save": (
        lambda: nst.save_image(RAND.numpy(), "a.png"),
        "a ndarray shaped \\(1, 3, 20, 20\\) is no picture",
    ),
    "a layer": (lambda: nst.load_vgg19()(RAND, ["relu9_9"]), "unknown layer 'relu9"),
    "a reach": (
        lambda: nst.load_vgg19()(RAND, ["pool5"]),
        "20x20 pixels is too small for pool5: give it at least 32 a side",
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls_that_cannot_be_are_told(name, there):
    call, says = CALLS[name]
    with pytest.raises(nst.InputError, match=says):
        call()


def test_numpys_numbers_are_numbers():
    found = nst.Recipe(size=np.int64(64), style_weight=np.float32(3), steps=np.array(2))
    assert found == nst.Recipe(size=64, style_weight=3.0, steps=2)
    assert json.loads(json.dumps(dataclasses.asdict(found)))["size"] == 64


def test_one_mask_need_not_be_a_list(place):
    plain = str(place / "plain.png")
    one, listed = (
        nst.style_transfer(RAND, "ink", masks=masks, **HOW)
        for masks in (plain, [plain])
    )
    assert torch.equal(one, listed)


@pytest.mark.parametrize(
    "weights", ["nowhere.pth", "weights.pth", "folder", "plain.png"]
)
def test_weights_that_cannot_be_read_are_told(weights, there):
    with pytest.raises(nst.InputError, match="could not load the weights .*bundled"):
        nst.style_transfer("cat", "ink", sizes=(32,), steps=1, weights=weights)


@pytest.mark.parametrize("kind", ["1x1", "1x1 of 16 bits", "black", "white", "blue"])
@pytest.mark.parametrize("scale", ["relative", "paper", "mean"])
def test_pictures_of_one_colour_stay_finite(kind, scale):
    """No division by zero, whatever the target lacks."""
    picture = {
        "1x1": Image.new("RGB", (1, 1), (200, 10, 10)),
        "1x1 of 16 bits": np.full((1, 1), 40000, np.uint16),
        "black": Image.new("L", (40, 40), 0),
        "white": Image.new("RGB", (40, 40), "white"),
        "blue": Image.new("RGB", (40, 40), "blue"),
    }[kind]
    style = "ink" if kind.startswith("1x1") else picture
    for step in nst.iterate(picture, style, sizes=(32,), steps=3, scale=scale):
        assert torch.isfinite(step.best).all()
        assert all(np.isfinite(value) for value in step.losses.values())
        assert 0 <= step.best.min() and step.best.max() <= 1
