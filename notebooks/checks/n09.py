"""Checks of 09_clinic: each puts a mended part to work on numbers of its own."""

from unittest.mock import Mock

import torch

from nst.vgg import MEAN, STD

from .common import exercise, random
from .guess import Guess, guesses  # noqa: F401  (guesses: check.guesses() at the end)

FAULTS = [
    "the input is not normalised",
    "the picture is clamped inside the closure",
    "the optimiser moves the network too",
    "the targets are those of the wrong picture",
    "the Gram matrix is not divided",
    "the learning rate is too large",
    "the gradient is never reset",  # nobody's, so that the last guess is one too
]


def ails(patient, fault, why):
    return Guess(f"What ails painter {patient}?", FAULTS, fault, why)


guess_a = ails(
    "A",
    "the learning rate is too large",
    "Both losses shoot up in the first step. Adam moves each pixel by about the rate, "
    "here by 1: from black to white and back.",
)
guess_b = ails(
    "B",
    "the targets are those of the wrong picture",
    "Each picture gives the other's targets, and the curves have changed places: what "
    "begins at the photograph begins with no content loss, but here it is the style "
    "loss that begins at nothing.",
)
guess_c = ails(
    "C",
    "the input is not normalised",
    "The network sees a pale, grey picture and answers faintly. The style loss counts "
    "features to the fourth power and shrinks far more than the content loss, which "
    "counts their squares: the balance tips to the photograph.",
)
guess_d = ails(
    "D",
    "the Gram matrix is not divided",
    "A sum instead of a mean: the style loss grows by the square of the number of "
    "positions, and against it the content loss counts for nothing.",
)
guess_e = ails(
    "E",
    "the picture is clamped inside the closure",
    "Beyond black and white the clamp is flat: pixels there have no slope, and so they "
    "never come back.",
)
guess_f = ails(
    "F",
    "the optimiser moves the network too",
    "The first step spoils the weights: the jump. Then picture and network give way to "
    "each other, and the content loss falls: its judge is no longer VGG. Notebook 03 "
    "forgot only to freeze: there the optimiser held the pixels alone, and no weight "
    "moved.",
)
guess_vote = Guess(
    "Everybody compares four weights, every pair once. How many people does it take "
    "until no two intervals overlap?",
    ["5 are enough", "30 are enough", "more than 30"],
    "more than 30",
    "Of the true strengths the two in the middle are nearest, and no interval may "
    "reach further than half of the way between them. Here 30 are just too few.",
)


def _optimizer_of(make):
    """(picture, network, optimiser) or, in place of the last, a hint."""
    picture, net = torch.zeros(1, 3, 4, 4).requires_grad_(), torch.nn.Linear(2, 2)
    net.requires_grad_(False)
    write = "Write a function of image and net that returns an optimiser for [image]"
    if isinstance(make, type):
        return picture, net, f"{write}: this is the optimiser's class."
    try:
        made = make(picture, net)
    except TypeError as error:  # another signature, or a picture without its brackets
        return picture, net, f"{write}. ({error})"
    if made is ... or made is None:
        return (
            picture,
            net,
            "The function returns nothing: return an optimiser.",
        )
    if not isinstance(made, torch.optim.Optimizer):
        return picture, net, "What you return is no optimiser of torch.optim."
    moved = [p for group in made.param_groups for p in group["params"]]
    if not any(p is picture for p in moved):
        return picture, net, "Your optimiser does not move the picture it is given."
    if len(moved) > 1:
        return picture, net, "Your optimiser moves more than the picture: what else?"
    return picture, net, made


def _rate_is_wrong(made):
    """A hint, or None if steps of this size suit pixels between 0 and 1."""
    rate = made.param_groups[0]["lr"]
    if not isinstance(made, torch.optim.Adam):
        return None if rate <= 1 else "The rate of this optimiser is still large."
    if rate > 0.1:
        return (
            f"At a rate of {rate:g} Adam moves every pixel by about {rate:g} a step: "
            "how far is it from black to white?"
        )
    if rate < 0.005:
        return (
            f"No explosion at {rate:g}, but in 40 steps no pixel gets further than "
            f"{40 * rate:g}: that is too small."
        )


@exercise
def mended_a(optimizer):
    """Pixels lie between 0 and 1. Adam moves each by about its rate, so 0.005 to 0.1
    suits it. Other optimisers have rates of their own: that of L-BFGS is 1."""
    _, _, made = _optimizer_of(optimizer)
    return made if isinstance(made, str) else _rate_is_wrong(made)


@exercise
def mended_b(aim):
    """Features from the photograph, Gram matrices from the painting."""
    layers = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1", "relu4_2")
    answer = aim(
        lambda picture: {name: f"{name} of the {picture}" for name in layers},
        lambda features: f"gram of {features}",
        "photograph",
        "painting",
    )
    if answer is ... or answer is None:
        return "The function returns nothing: it must return two dicts of targets."
    contents, styles = (list(part.values()) for part in answer)
    if not contents or not styles:
        return "A dict of targets is empty: which layers does it lack?"
    if any("gram" in text for text in contents):
        return "The content's targets are features, not Gram matrices."
    if not all("gram" in text for text in styles):
        return "The style's targets are Gram matrices, not features."
    if any("painting" in text for text in contents):
        return "The content's targets are still the painting's: who gets what?"
    if any("photograph" in text for text in styles):
        return "The style's targets are still the photograph's."


@exercise
def mended_c(see):
    """The network gets what it was trained on, (x - mean) / std in each channel."""
    image, shown = random(1, 3, 4, 5).sigmoid(), []
    mean, std = (torch.tensor(rgb).view(1, 3, 1, 1) for rgb in (MEAN, STD))
    net = Mock(side_effect=shown.append, mean=mean, std=std)
    see(net, image)
    if not shown:
        return "Your function never shows the picture to the network."
    hints = {
        "The network still gets the picture as it is.": image,
        "The mean is taken off; the deviations still differ from 1.": image - mean,
        "Divided, but not centred: what is subtracted first?": image / std,
        "First the mean, then the deviation: brackets.": image - mean / std,
        "Mean and deviation have changed places.": (image - std) / mean,
        "That is the way back: from the network's numbers to a picture.": image * std
        + mean,
        "Multiplied by the deviation, where you should divide.": (image - mean) * std,
    }
    for hint, wrong in hints.items():
        if shown[0].shape == wrong.shape and torch.allclose(shown[0], wrong):
            return hint
    right = (image - mean) / std
    if shown[0].shape != right.shape or not torch.allclose(shown[0], right, atol=1e-5):
        return "The network gets something else: look at net.mean and net.std."


@exercise
def mended_d(gram):
    """A mean over the positions, so that the number of them does not count."""
    features = random(1, 3, 4, 5)
    answer = gram(features)
    if answer is ... or answer is None:
        return "The function returns nothing."
    if tuple(answer.shape) != (1, 3, 3):
        return "A Gram matrix of (1, C, H, W) is (1, C, C)."
    f = features.flatten(2)
    right = f @ f.mT / 20
    ratio = float((answer * right).sum() / right.square().sum())
    if not torch.allclose(answer, ratio * right, rtol=1e-4, atol=1e-6):
        return "That is no multiple of F Fᵀ."
    hints = {
        20.0: "Still a sum: by what does it grow when the picture does?",
        20 / 3: "Divided by the channels: but over what does the sum run?",
        1 / 3: "Divided by the channels as well: the loss does that already.",
        1 / 20: "Divided twice.",
        5.0: "Only the height: a position has a row and a column.",
        4.0: "Only the width: a position has a row and a column.",
    }
    for wrong, hint in hints.items():
        if abs(ratio / wrong - 1) < 1e-3:
            return hint
    if abs(ratio - 1) > 1e-3:
        return f"Your matrix is {ratio:.3g} times the mean over positions."


@exercise
def mended_e(step):
    """The loss sees the picture that the optimiser holds. Clamp it once, at the end."""
    start = torch.tensor([[-1.0, 0.5, 2.0]]).view(1, 1, 1, 3)
    image, seen = start.clone().requires_grad_(), []

    def loss_of(picture):
        seen.append(
            (picture.detach().clone(), image.grad is None or not image.grad.any())
        )
        return (picture - 0.4).square().sum()

    optimizer = torch.optim.SGD([image], lr=0.1)
    for _ in range(20):
        step(image, optimizer, loss_of)
    if not seen:
        return "Your step never asks for the loss."
    first, moved = seen[0][0], image.detach() - start
    if first.min() >= 0 and first.max() <= 1:
        if (moved == 0).any():
            return (
                "The loss still sees a clamped picture: pixels outside have no slope."
            )
        return "The picture is still clamped before the loss sees it."
    if not torch.equal(first, start):
        return "The loss is asked about another picture than the optimiser's."
    if not moved.any():
        return "The optimiser takes no step: is the loss sent backward?"
    if not all(fresh for _, fresh in seen[1:]):
        return "The last gradient is still there when the next is added: reset it."
    if (image.detach() - 0.4).abs().max() > 0.05:
        return "It runs, but does not walk downhill: what is done after the loss?"


@exercise
def mended_f(optimizer):
    """The picture is the only unknown. A network that learns is no judge."""
    _, net, made = _optimizer_of(optimizer)
    if isinstance(made, str):
        return made
    if any(weight.requires_grad for weight in net.parameters()):
        return (
            "The weights stay now, yet each step still computes their gradient, which "
            "costs memory and time. Take that away as well."
        )
    return _rate_is_wrong(made)
