"""Checks of 01_what_vgg_sees."""

import torch

from .common import exercise


@exercise
def receptive_field(answer):
    """3 of relu2_1 are 5 of pool1, 10 of relu1_2, 12 of relu1_1, 14 pixels. After a
    pooling every further convolution adds twice as much as before it."""
    answer = float(answer)
    hints = {
        3: "3 is what it sees of relu2_1; how many *pixels* are behind these?",
        5: "5 is what it sees of pool1, and each of these stands for two.",
        7: "Pooling doubles: 5 numbers of pool1 are 10 of relu1_2.",
        10: "10 of relu1_2; two convolutions are still between these and the pixels.",
        12: "One step sideways in relu2_1 is *two* pixels: pool1 came before it.",
        24: "That is relu3_1, behind the next pooling.",
        196: "That is the number of pixels; the width was asked for.",
    }
    if answer in hints:
        return hints[answer]
    if answer != 14:
        return "Walk down: relu2_2, relu2_1, pool1, relu1_2, relu1_1, pixels."


@exercise
def relative_loss(answer):
    """0 for the same features, 1 for silence; and it means the same for every layer,
    however large its numbers are."""
    torch.manual_seed(0)
    features, target = torch.rand(1, 4, 3, 5), torch.rand(1, 4, 3, 5)
    value = answer(features, target)
    if value is ... or value is None:
        return ...
    value = torch.as_tensor(value, dtype=torch.float32)
    if value.numel() != 1:
        return f"It gives {value.numel()} numbers: sum over all of them."
    difference = features - target
    right = difference.square().sum() / target.square().sum()
    tempting = {
        difference.square().sum() / features.square().sum(): (
            "Divide by the *target*'s energy, or the picture could cheat by shouting."
        ),
        difference.norm() / target.norm(): "The norms are squared in the formula.",
        difference.abs().sum() / target.abs().sum(): "Squares, not absolute values.",
        difference.square().mean(): "That is a mean: divide by the target's energy.",
        0.5 * right: "The relative loss has no ½.",
    }
    for wrong, hint in tempting.items():
        if torch.isclose(value, wrong):
            return hint
    if not torch.isclose(value, right):
        return "For random features it should give another number: reread the formula."


@exercise
def how_many_times(answer):
    """2.7 times as many, and still the fur is gone: it is not short of numbers, it was
    trained to spend them on what helps to tell things apart."""
    if isinstance(answer, str):
        return "Write a number, without quotes."
    answer = float(answer)
    hints = {
        512 / 3: "Three poolings came before: are there still H×W positions?",
        512 / 8 / 3: "A pooling halves the height *and* the width.",
        512 / 64: "Almost: a pixel of the photograph is three numbers.",
        512 / 256 / 3: "Three poolings, not four: relu4_1 comes before pool4.",
        3 * 64 / 512: "The other way round: relu4_1's numbers over the photograph's.",
    }
    for wrong, hint in hints.items():
        if abs(answer - wrong) < 0.02 * wrong:
            return hint
    if abs(answer - 8 / 3) > 0.05:
        return "512 channels at H/8 × W/8 positions, over 3 × H × W."


@exercise
def minds(answer, moved, features):
    """Up to relu3_1 eight pixels are most of the way to silence, which is 1. The two
    deepest, whose windows are many times as wide, mind far less: the same cat."""
    answer = {layer: float(loss) for layer, loss in answer.items()}
    if set(answer) != set(features):
        return f"One entry for each of {', '.join(features)}."
    for layer, target in features.items():
        error = (moved[layer] - target).square().sum()
        if abs(answer[layer] / (error / target.square().sum()) - 1) < 0.01:
            continue
        if abs(answer[layer] / (error / 2) - 1) < 0.01:
            return "These are equation (1)'s: use the relative loss, to compare layers."
        if answer[layer] == 0:
            return "Zero: is the moved photograph compared with itself?"
        return f"{layer} is not right: compare moved[layer] with features[layer]."
