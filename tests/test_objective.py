import pytest
import torch
from conftest import relative

import nst
from nst.layers import stride_of
from nst.vgg import load_vgg19


class Fixed(torch.nn.Module):
    """Stands in for the network: given features, whatever the image."""

    def __init__(self, features):
        super().__init__()
        self.features = features

    def walk(self, image, layers):
        known = self.features[image[0, 0, 0, 0].item()]
        return ((name, known[name]) for name in layers)


def test_gatys_total_is_the_papers_on_random_features(random):
    recipe = nst.Recipe.gatys()
    layers = dict.fromkeys((*recipe.content_layers, *recipe.style_layers))
    images = [torch.full((1, 3, 64, 48), value) for value in (0.25, 0.5, 0.75)]
    features = {
        image[0, 0, 0, 0].item(): {
            name: random(1, 8, 64 // stride_of(name), 48 // stride_of(name))
            for name in layers
        }
        for image in images
    }
    content, style, image = images
    losses = nst.Objective(Fixed(features), content, style, recipe)(image)
    P, S, F = features.values()
    alpha_term = 0.5 * (F["relu4_2"] - P["relu4_2"]).pow(2).sum()
    beta_term = 0
    for name in ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"):
        f, s = F[name].flatten(2)[0], S[name].flatten(2)[0]
        n, m = f.shape
        beta_term += ((f @ f.T - s @ s.T) ** 2).sum() / (4 * n**2 * m**2) / 5
    assert relative(losses["content"], alpha_term) < 1e-5
    assert relative(losses["style"], beta_term) < 1e-5
    assert recipe.content_weight / recipe.style_weight == 1e-3
    assert relative(losses["total"], alpha_term + 1e3 * beta_term) < 1e-5


def test_original_closure_equals_a_straight_line_computation(shared):
    """The loss and image gradient of one closure, from the numbers alone.

    In float64, where no rounding turns a ReLU or a maximum into another.
    """
    recipe = nst.Recipe.original()
    content = nst.load_image(shared / "photos/street.jpg")
    style = nst.load_image(shared / "paintings/starry_night_square.jpg")
    content, style = (nst.resize(x, (200, 200)).double() for x in (content, style))
    image = (0.7 * content + 0.3 * style).clamp(0, 1)

    state = load_vgg19().layers.state_dict()
    for name in state:
        if name.endswith("bias") or name == "conv1_1.weight":
            state[name] = state[name] * (1 / 57)
        state[name] = state[name].double()

    def taps(x):
        found, conv = {}, torch.nn.functional.conv2d
        for name in ("conv1_1", "conv1_2", "pool", "conv2_1", "conv2_2", "pool"):
            if name == "pool":
                x = torch.nn.functional.max_pool2d(x, 2)
                continue
            x = conv(x, state[name + ".weight"], state[name + ".bias"], padding=1)
            found[name] = x
            x = x.relu()
        found["conv3_1"] = conv(
            x, state["conv3_1.weight"], state["conv3_1.bias"], padding=1
        )
        return found

    def gram(x):
        _, c, h, w = x.shape
        return x.view(c, h * w) @ x.view(c, h * w).T / (c * h * w)

    x = image.clone().requires_grad_()
    F, P, S = taps(x), taps(content), taps(style)
    mse = torch.nn.functional.mse_loss
    loss = mse(F["conv2_2"], P["conv2_2"])
    for name in ("conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1"):
        loss = loss + 1e6 * mse(gram(F[name]), gram(S[name]))
    loss.backward()

    vgg = load_vgg19(normalize=recipe.normalize, scale=recipe.activation_scale)
    objective = nst.Objective(vgg.double(), content, style, recipe)
    losses, gradient = objective.evaluate(image)
    assert losses["total"] == pytest.approx(loss.item(), rel=1e-12)
    assert relative(gradient, x.grad) < 1e-9


def test_objective_sums_what_the_recipe_weights(vgg, cat, strokes):
    recipe = nst.Recipe(
        content_layer_weights=(0.25, 2.0),
        style_layer_weights=(1.0, 0.0, 0.5, 0.0, 0.0),
        content_weight=3.0,
        style_weight=7.0,
        tv_weight=11.0,
    )
    objective = nst.Objective(vgg, cat, strokes, recipe)
    shifted = objective(cat.flip(3))
    expected = 0.25 * shifted["content/relu3_2"] + 2 * shifted["content/relu4_2"]
    assert torch.allclose(shifted["content"], expected)
    style = shifted["style/relu1_1"] + 0.5 * shifted["style/relu3_1"]
    assert torch.allclose(shifted["style"], style)
    total = 3 * expected + 7 * style + 11 * nst.total_variation(cat.flip(3))
    assert torch.allclose(shifted["total"], total)


def test_content_and_style_may_differ_in_size_and_one_may_be_absent(vgg, cat, strokes):
    assert cat.shape != strokes.shape
    recipe = nst.Recipe(content_layers=(), style_layers=("relu2_1",))
    losses = nst.Objective(vgg, cat, strokes, recipe)(cat)
    assert losses["content"] == 0 and losses["total"] == 6 * losses["style/relu2_1"]


def test_evaluate_gives_the_gradient_of_the_total(vgg, cat, strokes):
    recipe = nst.Recipe(style_layers=("relu1_1", "relu2_1"), tv_weight=1.0)
    objective = nst.Objective(vgg, cat, strokes, recipe)
    losses, gradient = objective.evaluate(cat)
    direction = gradient / gradient.norm()
    h = 3e-2
    ahead, behind = (objective(cat + s * h * direction)["total"] for s in (1, -1))
    slope = (ahead - behind).item() / (2 * h)
    assert slope == pytest.approx((gradient * direction).sum().item(), rel=0.02)
    assert losses["total"] == pytest.approx(objective(cat)["total"].item())
