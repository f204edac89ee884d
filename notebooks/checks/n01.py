"""Checks of 01_what_vgg_sees."""

import torch

from .common import exercise
from .guess import Guess, guesses  # noqa: F401  (guesses ends the lesson)

guess_middle = Guess(
    "Which number comes out in the middle, with the bias of -1?",
    None,
    2,
    "On the right three times 1·1, on the left three times -1·0, and then the bias.",
)
guess_numbers = Guess(
    "Compared with the photograph, how many numbers are in relu1_1, and in relu5_1?",
    ["fewer in both", "more in both", "more in relu1_1, fewer in relu5_1"],
    "more in relu1_1, fewer in relu5_1",
    "relu1_1 has 64 numbers where the photograph has three, so 21.3 times as many; "
    "relu5_1 has 512 where the photograph has 16×16×3.",
)
guess_coarse = Guess(
    "What will you recognise in the maps of relu5_1?",
    ["nothing", "the cat's outlines, blurred", "spots where its parts are"],
    "spots where its parts are",
    "A coarse map has no outlines, but some maps answer to one part of a face.",
)
guess_covered = Guess(
    "With the eyes covered, how much of the maps' brightness is left?",
    ["nearly all of it", "about a half", "less than a third"],
    "less than a third",
    "Nearly all that made these two channels speak up was the eyes.",
)
guess_black = Guess(
    "Which loss has a black picture, if all features zero have 1?",
    ["0", "less than 1", "just 1", "more than 1"],
    "more than 1",
    "In every layer: its features come from the biases, and where they are not zero "
    "they add to the error.",
)
guess_missing = Guess(
    "At which layer will you first see that something is missing?",
    ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"],
    "relu4_1",
    "There fine hairs and the eyes' details are made up; up to relu3_1 the pictures "
    "look like the photograph.",
)
guess_longer = Guess(
    "relu4_1 runs three times as long. How much of what was missing is found?",
    ["hardly any: it is lost", "a good part of it", "all of it"],
    "a good part of it",
    "So it was not forgotten, only not found yet; and the curve still falls.",
)


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
    """0 for the same features, 1 if all are zero; and it means the same for every
    layer, however large its numbers are."""
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
def first_with_fewer(answer):
    """Up to relu4_4 there are more numbers than in the photograph, and yet at relu4_1
    the fur is made up: it is not short of numbers, it was trained to spend them on what
    helps to tell things apart."""
    hints = {
        "relu4_1": "512 channels at H/8 × W/8 positions, three poolings deep?",
        "pool3": "256 numbers for 8×8 pixels, and these pixels are 192: that is more.",
        "pool2": "128 numbers for 4×4 pixels, and these pixels are 48: that is more.",
        "pool1": "64 numbers for 2×2 pixels, and these pixels are 12: that is more.",
        "conv5_1": "Fewer, but not the first: which layer made it so coarse?",
        "relu5_1": "Fewer, but not the first: which layer made it so coarse?",
        "pool5": "Fewer, but there are others before it.",
    }
    name = str(answer).strip().lower()
    if name in hints:
        return hints[name]
    if name != "pool4":
        return "Channels over three times the pixels for which one position stands."


@exercise
def minds(answer, moved, features):
    """Up to relu3_1 the loss is above a half, where 1 stands for no features at all.
    The two deepest, whose windows are many times as wide, mind far less."""
    answer = {layer: float(loss) for layer, loss in answer.items()}
    if set(answer) != set(features):
        return f"One entry for each of {', '.join(features)}."
    for layer, target in features.items():
        error = (moved[layer] - target).square().sum()
        if abs(answer[layer] / (error / target.square().sum()) - 1) < 0.01:
            continue
        if abs(answer[layer] / (error / moved[layer].square().sum()) - 1) < 0.01:
            return "Turned round: the photograph's features are the target."
        if abs(answer[layer] / (error / 2) - 1) < 0.01:
            return "These are equation (1)'s: use the relative loss, to compare layers."
        if answer[layer] == 0:
            return "Zero: is the moved photograph compared with itself?"
        return f"{layer} is not right: compare moved[layer] with features[layer]."
