"""The recipes that have a name: what each changes of the default one."""

# Gatys, Ecker, Bethge 2016: layers, loss constants, average pooling, white noise.
# Differs from the paper: the network is not rescaled to a mean activation of 1.
GATYS = {
    "content_layers": ("relu4_2",),
    "scale": "paper",
    "pooling": "average",
    "style_weight": 1e3,
    "initial": "noise",
    "sizes": (512,),
    "steps": 500,
}

# The student's notebook that this project grew from: no ImageNet normalisation, shallow
# layers read before the ReLU, both pictures squeezed to the same square, the image
# clamped inside the closure.
ORIGINAL = {
    "content_layers": ("conv2_2",),
    "style_layers": ("conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1"),
    "style_layer_weights": (1.0,) * 5,
    "style_weight": 1e6,
    "pooling": "max",
    "scale": "mean",
    "normalize": False,
    "activation_scale": 1 / 57,  # it used torchvision's weights: activations / 57
    "initial": "content",
    "sizes": (200,),
    "steps": 520,
    "square": True,
    "history": 100,
    "clamp_in_closure": True,
}

PRESETS: dict[str, dict] = {"default": {}, "gatys": GATYS, "original": ORIGINAL}
