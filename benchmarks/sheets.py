"""The contact sheets of results/, each made by the calls a user would make.

    python -m benchmarks.sheets [colors blend regions strokes sizes]

``sizes`` paints 1024 pixels twice and takes a quarter of an hour on two cores.
"""

import sys
from pathlib import Path

import torch

import nst
from benchmarks.judge import judge

RESULTS = Path(__file__).parent.parent / "results"


def colors():
    """Four colour modes."""
    recipe = nst.Recipe(size=320)
    return {
        color: nst.style_transfer("coffee", "brush_strokes", recipe, color=color)
        for color in ("style", "content", "match", "histogram")
    }


def blend():
    """From brush strokes to stained glass in five steps."""
    styles, recipe = ["brush_strokes", "stained_glass"], nst.Recipe(size=256)
    return {
        f"{1 - share:g} : {share:g}": nst.style_transfer(
            "cat", styles, recipe, blend=(1 - share, share)
        )
        for share in (0, 0.25, 0.5, 0.75, 1)
    }


def regions():
    """Sky and ground in two styles, the horizon a soft edge."""
    content = nst.sample("rocket", 512)
    height, width = content.shape[2:]
    rows = torch.linspace(0, 1, height).view(1, 1, height, 1)
    ground = torch.sigmoid(40 * (rows - 0.84)).expand(1, 3, height, width)
    styles, masks = ["brush_strokes", "stained_glass"], [1 - ground, ground]
    result = nst.style_transfer(content, styles, nst.Recipe(size=512), masks=masks)
    return {"content": content, "mask of the ground": ground, "result": result}


def strokes():
    """Three stroke sizes."""
    recipe = nst.Recipe(size=384)
    return {
        f"style_scale {scale:g}": nst.style_transfer(
            "cat", "waves", recipe, style_scale=scale
        )
        for scale in (0.5, 1, 2)
    }


def sizes():
    """1024 px: one level, and coarse to fine at the same cost in evaluated pixels.

    Above each what the judge finds: style error, distance of textures (0 is the
    style's own), agreement of edges with the content (1 is its own).
    """
    recipe = nst.Recipe(size=1024)
    levels = recipe.levels()
    steps = round(sum(count * (size / 1024) ** 2 for size, count in levels))
    one = recipe.replace(sizes=(1024,), steps=steps)
    named = {
        f"one level, {steps} steps": one,
        f"levels {', '.join(str(size) for size, _ in levels)}": recipe,
    }
    pictures = {}
    for name, recipe in named.items():
        image = nst.style_transfer("cat", "brush_strokes", recipe)
        found = judge(image, nst.sample("cat"), nst.sample("brush_strokes"))
        told = "style {style:.3f}, texture {texture:.2f}, edges {structure:.2f}"
        pictures[f"{name}: {told.format(**found)}"] = image
    return pictures


SHEETS = {f.__name__: f for f in (colors, blend, regions, strokes, sizes)}


def main(names):
    for name in names or SHEETS:
        pictures = SHEETS[name]()
        height = 9 if name == "sizes" else 4
        figure = nst.show_images(*pictures.values(), titles=[*pictures], height=height)
        path = RESULTS / f"sheet_{name}.jpg"
        figure.savefig(path, dpi=100, pil_kwargs={"quality": 88})
        print(path.relative_to(RESULTS.parent))


if __name__ == "__main__":
    main(sys.argv[1:])
