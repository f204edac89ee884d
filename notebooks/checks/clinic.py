"""The painter of 09_clinic: healthy parts, and the ward where the sick ones paint.

The losses have the paper's constants, as most code in the field.
"""

import inspect

import matplotlib.pyplot as plt
import numpy as np
import torch
from PIL import Image, ImageDraw

import nst
from nst.control.shapes import middle

from .patients import CONTENT_LAYERS, PATIENTS, STYLE_LAYERS

STYLE_WEIGHT = 4e4


class Eyes:
    """The network as `see` gets it: features of what it is shown, unprepared."""

    def __init__(self, vgg):
        self.vgg, self.mean, self.std = vgg, vgg.mean, vgg.std

    def __call__(self, seen):
        return self.vgg(seen, CONTENT_LAYERS + STYLE_LAYERS)


def see(net, image):
    return net((image - net.mean) / net.std)


def gram(features):
    f = features.flatten(2)  # (1, C, H, W) -> (1, C, M)
    return f @ f.mT / f.shape[-1]


def aim(see, gram, content, style):
    contents, styles = see(content), see(style)
    contents = {name: contents[name] for name in CONTENT_LAYERS}
    return contents, {name: gram(styles[name]) for name in STYLE_LAYERS}


def begin(content):
    return content


def glaring(content):
    """Patient E's beginning: its contrast threefold, and so beyond black and white."""
    return 0.5 + 3 * (content - 0.5)


def optimizer(image, net):
    return torch.optim.Adam([image], lr=0.05)


def step(image, optimizer, loss_of):
    def closure():
        optimizer.zero_grad()
        loss = loss_of(image)
        loss.backward()
        return loss

    optimizer.step(closure)


HEALTHY = {part.__name__: part for part in (see, gram, aim, begin, optimizer, step)}
BEGINS = {"E": {"begin": glaring}}


class Ward:
    """A content, a style, and painters that paint them in ``steps`` steps.

    Both pictures are squares of ``size`` pixels from the middle of a sample.
    """

    def __init__(self, content, style, size, steps, device):
        self.content, self.style = (
            nst.resize(middle(nst.sample(name), (1, 1)), size).to(device)
            for name in (content, style)
        )
        self.steps, self.healthy, self.pictures = steps, {}, {}

    def paint(self, **parts):
        """(picture, {"content": losses, "style": losses}), some parts not the usual."""
        use = HEALTHY | parts
        net = nst.load_vgg19(pooling="average", normalize=False, scale=1 / 57)
        net = net.to(self.content.device)
        curves = {"content": [], "style": []}

        def features(image):
            return use["see"](Eyes(net), image)

        def loss_of(image):
            found = features(image)
            losses = [
                sum((found[k] - p).square().sum() / 2 for k, p in contents.items()),
                STYLE_WEIGHT * sum(error(found[k], a) for k, a in styles.items()) / 5,
            ]
            for curve, loss in zip(curves.values(), losses, strict=True):
                curve.append(loss.item())
            return sum(losses)

        def error(f, a):
            return (use["gram"](f) - a).square().sum() / (4 * f.shape[1] ** 2)

        with torch.no_grad():
            contents, styles = use["aim"](
                features, use["gram"], self.content, self.style
            )
        image = use["begin"](self.content).clone().requires_grad_()
        optimizer = use["optimizer"](image, net)
        for _ in range(self.steps):
            use["step"](image, optimizer, loss_of)
        return image.detach().clamp(0, 1), curves

    def examine(self, patient):
        """A patient's picture and curves, beside those of a healthy painter."""
        return self.compare(patient, patient)

    def heal(self, patient, mended):
        """The same painter with your part; until there is one, the sick painter."""
        if not callable(mended):
            return self.compare(patient, f"{patient}, still sick")
        return self.compare(patient, f"{patient}, with your part", mended)

    def compare(self, patient, title, part=None):
        """A figure: two pictures, the healthy one last, and both losses of both."""
        name, sick = PATIENTS[patient]
        beginning = BEGINS.get(patient, {})
        if str(beginning) not in self.healthy:
            self.healthy[str(beginning)] = self.paint(**beginning)
        runs = {
            title: self.paint(**beginning, **{name: part or sick}),
            "healthy": self.healthy[str(beginning)],
        }
        for title, (picture, _) in runs.items():
            self.pictures.setdefault(title, picture)  # E has a healthy one of its own
        figure, axes = plt.subplots(1, 4, figsize=(12, 2.8), layout="constrained")
        for axis, (title, (picture, _)) in zip(axes, runs.items(), strict=False):
            axis.imshow(nst.to_pil(picture))
            axis.set(title=title, xticks=[], yticks=[])
        for axis, loss in zip(axes[2:], ("content", "style"), strict=True):
            lines = zip((6, 5), ("-", "--"), runs.items(), strict=True)
            for color, dashes, (title, (_, curves)) in lines:
                values = [
                    value if value > 0 else float("nan") for value in curves[loss]
                ]
                color = nst.plot.COLORS[color]
                axis.semilogy(values, dashes, c=color, label=title)
            axis.set(title=f"{loss} loss", xlabel="step")
        axes[-1].legend()
        plt.close(figure)
        return figure


def code_of(patient):
    """The source of a patient's sick part."""
    return inspect.getsource(PATIENTS[patient][1])


def house():
    """A symmetric house, 512x384: no sample shows a building from the front."""
    picture = Image.new("RGB", (512, 384), (150, 190, 230))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((56, 110, 455, 383), fill=(205, 180, 140))
    pen.polygon([(40, 110), (255, 30), (256, 30), (471, 110)], fill=(150, 70, 50))
    frame = {"outline": (240, 235, 220), "width": 3}
    for x in (84, 146, 208, 270, 332, 394):
        for y in (140, 220, 300):
            pen.rectangle((x, y, x + 33, y + 50), fill=(60, 70, 90), **frame)
    pen.rectangle((230, 300, 281, 383), fill=(90, 50, 30), **frame)
    return nst.load_image(np.asarray(picture))
