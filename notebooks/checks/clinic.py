"""The painter of 07_clinic: five parts, and six patients with one sick part each.

A part is a small function; `paint` puts five of them together. ``PATIENTS`` has the sick
ones: {"A": (name of the part, the sick function)}.
"""

import torch

from nst.vgg import MEAN, STD

CONTENT_LAYERS = ("relu3_2", "relu4_2")
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
MEAN, STD = (torch.tensor(rgb).view(1, 3, 1, 1) for rgb in (MEAN, STD))


def see(net, image):
    mean, std = MEAN.to(image), STD.to(image)
    return net((image - mean) / std)


def gram(features):
    f = features.flatten(2)  # (1, C, H, W) -> (1, C, M)
    return f @ f.mT / f.shape[-1]


def aim(features_of, gram_of, content, style):
    contents = features_of(content, CONTENT_LAYERS)
    styles = features_of(style, STYLE_LAYERS)
    return contents, {name: gram_of(f) for name, f in styles.items()}


def optimizer(image, net):
    return torch.optim.Adam([image], lr=0.03)


def step(image, optimizer, loss_of):
    def closure():
        optimizer.zero_grad()
        loss = loss_of(image)
        loss.backward()
        return loss

    return optimizer.step(closure)


HEALTHY = {part.__name__: part for part in (see, gram, aim, optimizer, step)}
