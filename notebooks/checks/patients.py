"""The sick parts of 09_clinic, each as it came in: one line is wrong.

Do not read on before you have guessed.
"""

import torch

CONTENT_LAYERS = ("relu4_2",)
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


def optimizer_a(image, net):
    return torch.optim.Adam([image], lr=1)


def aim_b(see, gram, content, style):
    contents, styles = see(style), see(content)
    contents = {name: contents[name] for name in CONTENT_LAYERS}
    return contents, {name: gram(styles[name]) for name in STYLE_LAYERS}


def see_c(net, image):
    return net(image)


def gram_d(features):
    f = features.flatten(2)  # (1, C, H, W) -> (1, C, M)
    return f @ f.mT


def step_e(image, optimizer, loss_of):
    def closure():
        optimizer.zero_grad()
        loss = loss_of(image.clamp(0, 1))
        loss.backward()
        return loss

    optimizer.step(closure)


def optimizer_f(image, net):
    slow = {"params": net.requires_grad_().parameters(), "lr": 1e-4}
    return torch.optim.Adam([{"params": image}, slow], lr=0.05)


PATIENTS = {
    "A": ("optimizer", optimizer_a),
    "B": ("aim", aim_b),
    "C": ("see", see_c),
    "D": ("gram", gram_d),
    "E": ("step", step_e),
    "F": ("optimizer", optimizer_f),
}
