"""Eighteen pairs of pictures: painted, judged, put on sheets to be looked at.

    python -m benchmarks.pairs FOLDER [SIZE [RECIPE ...]]

RECIPE is one of `RECIPES`, by default "default" and "pastiche". Each picture is kept in
FOLDER and painted once; table.json, the sheets and frontier.png are made of all that
lie there. Pairs of ../shared/data are left out where that folder is missing.
"""

import json
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import skimage.data

import nst
from benchmarks import peer
from benchmarks.eyes import eyes
from nst.notebook.plot import COLORS, show_images

SHARED = Path(__file__).parents[2] / "shared" / "data"
OWN = {"scale": "own", "pooling": "max"}  # the content at its own energy, as it was
RECIPES = {
    **{f"default, weight {w:g}": {"style_weight": w} for w in (1.0, 2.0, 20.0, 60.0)},
    "default": {},
    **{f"own, weight {w:g}": OWN | {"style_weight": w} for w in (5.0, 15.0, 45.0)},
    "gatys": {**nst.Recipe.gatys().__dict__, "sizes": None, "steps": 100},
}
FOUND = {"camera": skimage.data.camera, "page": skimage.data.page}  # grey; text
NAMES = (
    *("cat waves", "cat ink", "cat brush_strokes", "astronaut brush_strokes"),
    *("astronaut pointillism", "coffee stained_glass", "coffee ink", "rocket waves"),
    *("rocket brush_strokes", "hubble pointillism", "hubble stained_glass"),
    *("camera stained_glass", "page brush_strokes"),
    "photos/tuebingen.jpg paintings/starry_night.jpg",
    "photos/street.jpg paintings/great_wave.jpg",
    "photos/macchu-pichu.jpg paintings/starry_night.jpg",
    "photos/galaxy.jpg paintings/the_scream.jpg",
    "photos/cat.jpg paintings/shipwreck.jpg",
)


def pairs():
    """{name: (content, style)} of all whose pictures are here."""
    names = [name.split() for name in NAMES]
    here = [(c, s) for c, s in names if "/" not in c or SHARED.is_dir()]
    return {f"{Path(c).stem}-{Path(s).stem}": (read(c), read(s)) for c, s in here}


def read(name):
    if name in FOUND:
        return nst.load_image(FOUND[name]())
    return nst.load_image(SHARED / name if "/" in name else name)


def paint(content, style, recipe, size):
    """(picture, the recipe's own style error of it or None)."""
    if recipe == "pastiche":
        with tempfile.TemporaryDirectory() as folder:
            files = Path(folder, "content.png"), Path(folder, "style.png")
            for file, picture in zip(files, (content, style), strict=True):
                nst.save_image(picture, file)
            return peer.theirs(*files, Path(folder), size)[1], None
    *_, step = nst.iterate(content, style, **{**RECIPES[recipe], "size": size})
    return step.best, step.losses["style"]


def table(folder, size, recipes):
    """{pair: {recipe: {"error", "style", "structure"}}}, painting what is missing."""
    file = folder / "table.json"
    found = json.loads(file.read_text()) if file.exists() else {}
    for name, (content, style) in pairs().items():
        for recipe in recipes:
            if recipe in found.setdefault(name, {}):
                continue
            image, error = paint(content, style, recipe, size)
            nst.save_image(image, folder / f"{name}-{recipe}.png")
            judged = eyes(image, content, style)
            found[name][recipe] = {"error": error, **judged}
            print(name, recipe, found[name][recipe], flush=True)
            file.write_text(json.dumps(found, indent=1))
    return found


def sheet(folder, found):
    """Each pair's pictures side by side, to be looked at."""
    for name, row in found.items():
        files = [folder / f"{name}-{recipe}.png" for recipe in row]
        images = [nst.load_image(file) for file in files]
        titles = [f"{name}, {recipe}" for recipe in row]
        show_images(*images, titles=titles).savefig(folder / f"sheet-{name}.jpg")


def frontier(found):
    """Style against structure, means over all pairs; nearer to the corner is better."""
    figure, axis = plt.subplots(figsize=(6, 4.5), layout="constrained")
    recipes = {recipe for row in found.values() for recipe in row}
    mean = {
        recipe: [
            sum(row[recipe][kind] for row in found.values()) / len(found)
            for kind in ("structure", "style")
        ]
        for recipe in recipes
        if all(recipe in row for row in found.values())
    }
    groups = ("default", "own", "gatys", "pastiche")
    for group, color in zip(
        groups, (COLORS[5], COLORS[6], COLORS[3], COLORS[7]), strict=True
    ):
        points = sorted(mean[r] for r in mean if r.split(",")[0] == group)
        if points:
            axis.plot(*zip(*points, strict=True), "o-", label=group, c=color)
    axis.set(xlabel="structure lost", ylabel="distance to the style")
    axis.legend(frameon=False)
    plt.close(figure)
    return figure


def main(argv):
    folder, size, *recipes = [*argv, "256"][: max(2, len(argv))]
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    found = table(folder, int(size), recipes or ["default", "pastiche"])
    sheet(folder, found)
    frontier(found).savefig(folder / "frontier.png", dpi=150)
    errors = [row["default"]["error"] for row in found.values() if "default" in row]
    print(f"largest / smallest style error: {max(errors) / min(errors):.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
