"""The command line: ``nst CONTENT STYLE -o OUT``, ``nst remake``, ``nst info``."""

import argparse
import json
import sys
from pathlib import Path

from . import __version__
from .errors import InputError
from .presets import PRESETS
from .recipe import Recipe
from .samples import PAINTINGS, SAMPLES

EPILOG = f"""\
Samples to use by name, offline: {", ".join(SAMPLES)}.
Paintings, downloaded on first use: {", ".join(PAINTINGS)}.

Two more commands:
  nst info IMAGE      what the picture carries: recipe, inputs, versions
  nst remake IMAGE    make it again; --content FILE, --style FILE if asked for
"""


def main(argv=None):
    """Run the command line; returns the exit status, 2 for a mistake in ``argv``."""
    argv = sys.argv[1:] if argv is None else list(argv)
    commands = {"info": info, "remake": remake_picture}
    command = commands.get(argv[0]) if argv else None
    try:
        return command(argv[1:]) if command else style(argv)
    except InputError as error:
        print(f"nst: {error}", file=sys.stderr)
        return 2


def style(argv):
    parser = argparse.ArgumentParser(
        prog="nst",
        description="Paint one picture in the manner of another.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("content", nargs="?", default="cat", help="file, address or name (cat)")
    add("style", nargs="*", help="likewise, one or several (brush_strokes)")
    add("-o", "--output", default="styled.png", help=".png or .jpg (styled.png)")
    add("--recipe", default="default", help=f"{', '.join(PRESETS)}, or a saved picture")
    add("--size", type=int, help="long side of the result in pixels (512)")
    add("--steps", type=int, help="optimiser steps at each size (60, 38, 25, 25, …)")
    add("--style-weight", type=float, help="more paint, less photograph (15)")
    add("--content-weight", type=float, help="the other way round (1)")
    add("--tv-weight", type=float, help="smoothness (0)")
    add("--initial", help="recolored, content, noise, style, or a picture")
    add("--seed", type=int, help="of the noise (0)")
    add("--blend", type=float, nargs="+", help="a weight for each of several styles")
    add("--mask", action="append", help="once a style: white where it shall go")
    add("--color", help="style, content, match or histogram: whose colours (style)")
    add("--style-scale", type=float, help="larger or smaller strokes (1)")
    add("--tile", type=int, help="evaluate in tiles of this size, with less memory")
    add("--device", help="cuda, mps or cpu: by default the first there is")
    add("--every", type=int, metavar="N", help="also save every Nth step")
    add("--version", action="version", version=f"nst {__version__}")
    options = vars(parser.parse_args(argv))
    content, styles, output = (options.pop(k) for k in ("content", "style", "output"))
    inputs = content, styles or ["brush_strokes"], options.pop("mask")
    device, every = options.pop("device"), options.pop("every")
    recipe = _recipe(options.pop("recipe"))
    recipe = recipe.replace(**{k: v for k, v in options.items() if v is not None})
    if every is not None and every < 1:
        raise InputError(f"--every {every}: give a whole number from 1 up")
    _run(inputs, Path(output), recipe, device, every)
    return 0


def _run(inputs, output, recipe, device, every):
    from tqdm import tqdm

    from .files import check_writable
    from .images import check_format, save_image
    from .provenance import record
    from .transfer import iterate

    check_format(output)
    check_writable(output)
    content, styles, masks = inputs
    steps = iterate(content, styles, recipe, masks=masks, device=device)
    total = sum(count for _, count in recipe.levels())
    step, made = None, record(recipe, content, styles, masks=masks, device=device)

    def save(path):
        number = None if step.number == total else step.number
        text = json.dumps(json.loads(made) | {"step": number}, indent=1)
        save_image(step.best, path, text)

    try:
        with tqdm(steps, total=total, unit="step", desc="painting") as bar:
            for step in bar:  # noqa: B007  what is left of it is saved below
                bar.set_postfix(loss=f"{step.losses['total']:.4g}")
                if every and step.number % every == 0:
                    name = f"{output.stem}-{step.number:04d}{output.suffix}"
                    save(output.with_name(name))
    except KeyboardInterrupt:
        if step is None:
            raise InputError("stopped before the first step: nothing to save") from None
        print(f"stopped after {step.number} of {total} steps", file=sys.stderr)
    save(output)
    print(f"the result is in {output}")


def _recipe(name):
    """A preset, or the recipe inside a picture."""
    if name in PRESETS or not Path(name).exists():
        return Recipe.preset(name)
    from .provenance import read_record

    return Recipe().replace(**read_record(name)["recipe"])


def info(argv):
    parser = argparse.ArgumentParser(prog="nst info", description="What it carries.")
    parser.add_argument("image")
    from .provenance import read_record

    print(json.dumps(read_record(parser.parse_args(argv).image), indent=1))
    return 0


def remake_picture(argv):
    parser = argparse.ArgumentParser(prog="nst remake", description="Make it again.")
    parser.add_argument("image")
    parser.add_argument("-o", "--output", help="by default IMAGE-remade.png")
    for kind in ("content", "initial"):
        parser.add_argument(f"--{kind}", metavar="FILE")
    for kind in ("style", "mask"):
        parser.add_argument(f"--{kind}", metavar="FILE", action="append", default=[])
    parser.add_argument("--device")
    options = vars(parser.parse_args(argv))
    image = Path(options.pop("image"))
    output = options.pop("output") or image.with_name(f"{image.stem}-remade.png")
    from .provenance import remake

    remake(image, output, **options)
    print(f"the result is in {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
