"""How close a picture is to its content and its style, by two sorts of judge.

    python -m benchmarks.judge CONTENT STYLE IMAGE [IMAGE ...]

The recipe's own measures: content error at relu4_2, mean style error of five layers.
Measures that no recipe optimises: `texture`, a sliced Wasserstein distance between
feature distributions at layers outside the recipes (0 is the style's own), and
`structure`, the correlation of edge maps with the content (1 is the content's own).
"""

import sys

import torch
from skimage.color import rgb2gray
from skimage.filters import gaussian, sobel

from nst import load_image
from nst.images import resize
from nst.losses import gram_matrix
from nst.vgg import load_vgg19

STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
UNSEEN_LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")


def judge(image, content, style, vgg=None):
    """{"content", "style", "texture", "structure"} of one (1, 3, H, W) image."""
    vgg = vgg or load_vgg19()
    content = resize(content, tuple(image.shape[-2:]))
    style = resize(style, max(image.shape[-2:]), enlarge=False)
    with torch.no_grad():
        layers = (*STYLE_LAYERS, "relu4_2", *UNSEEN_LAYERS)
        ours, theirs = vgg(image, layers), vgg(style, layers)
        target = vgg(content, ["relu4_2"])["relu4_2"]
    grams = [(gram_matrix(ours[n]), gram_matrix(theirs[n])) for n in STYLE_LAYERS]
    return {
        "content": _relative(ours["relu4_2"], target),
        "style": sum(_relative(g, a) for g, a in grams) / len(grams),
        "texture": sum(wasserstein(ours[n], theirs[n]) for n in UNSEEN_LAYERS)
        / len(UNSEEN_LAYERS),
        "structure": edge_agreement(image, content),
    }


def _relative(value, target):
    return ((value - target).square().sum() / target.square().sum()).item()


def wasserstein(ours, theirs, directions=128, quantiles=512):
    """Distance of two feature clouds over random directions, in the target's spread."""
    generator = torch.Generator().manual_seed(0)
    axes = torch.randn(directions, ours.shape[1], generator=generator)
    axes = axes / axes.norm(dim=1, keepdim=True)
    at = torch.linspace(0, 1, quantiles)
    ours, theirs = (
        torch.stack([row.quantile(at) for row in axes @ f[0].flatten(1)[:, ::step]])
        for f in (ours, theirs)
        for step in (max(1, f[0, 0].numel() // 16384),)
    )
    spread = theirs.std(1, keepdim=True).clamp_min(1e-9)
    return ((ours - theirs) / spread).abs().mean().item()


def edge_agreement(image, content, sigma=1.5):
    """Pearson correlation of the blurred brightness's edge maps."""
    edges = [
        torch.from_numpy(sobel(gaussian(rgb2gray(x[0].permute(1, 2, 0)), sigma)))
        for x in (image, content)
    ]
    return torch.corrcoef(torch.stack([e.flatten() for e in edges]))[0, 1].item()


def main(argv=None):
    content, style, *images = argv or sys.argv[1:]
    content, style, vgg = load_image(content), load_image(style), load_vgg19()
    print(f"{'':32} content   style  texture  structure")
    for path in images:
        m = judge(load_image(path), content, style, vgg)
        print(
            f"{path[-32:]:32} {m['content']:7.3f} {m['style']:7.4f} "
            f"{m['texture']:8.3f} {m['structure']:10.3f}"
        )


if __name__ == "__main__":
    main()
