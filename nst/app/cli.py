"""The command line: ``nst CONTENT STYLE -o OUT``, batch, sheet, info, remake."""

import argparse
import json
import sys
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import InputError, InputWarning, within
from ..samples import PAINTINGS, SAMPLES
from .options import ANY_SIZE, Parser, add_compute, add_options, lists_of, recipe_of
from .streams import steady

EPILOG = f"""\
Samples to use by name, offline: {", ".join(SAMPLES)}.
Paintings, downloaded on first use: {", ".join(PAINTINGS)}.

More commands, each with its own --help:
  nst batch CONTENT... --style STYLE... -o FOLDER     many pictures
  nst video FILM STYLE... -o OUT                      a film, without flicker
  nst sheet CONTENT STYLE --style-weight 3 15 60      a grid of recipes
  nst info IMAGE      what the picture carries: recipe, inputs, versions
  nst remake IMAGE    make it again; --content FILE, --style FILE if asked for
"""
FORCE = "replace a file that nst did not make"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status, 2 for a mistake in ``argv``."""
    argv = sys.argv[1:] if argv is None else list(argv)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # Pillow warns of unusual files
        warnings.simplefilter("always", InputWarning)
        warnings.showwarning = _show
    with steady() as out:
        status = _run(argv)
        out.flush()
        if out.fault and not isinstance(out.fault, BrokenPipeError):
            why = f"the output is not complete ({out.fault.strerror})"
            print(f"nst: {why}: what was painted is saved", file=sys.stderr)
            status = 2
    return status


def _run(argv: list[str]) -> int:
    commands = {
        "batch": batch,
        "sheet": sheet,
        "video": video,
        "info": info,
        "remake": remake_picture,
    }
    command = commands.get(argv[0]) if argv else None
    try:
        return command(argv[1:]) if command else style(argv)
    except InputError as error:
        print(f"nst: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("nst: stopped", file=sys.stderr)
        return 130


def _show(message: Warning | str, *where: Any, **more: Any) -> None:
    print(f"nst: {message}", file=sys.stderr)


def _add_pictures(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("content", nargs="?", default="cat", help="file, address or name (cat)")
    add("style", nargs="*", help="likewise, one or several (brush_strokes)")


def _add_masks(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--mask", action="append", help="once a style: white where it shall go")
    add("--style-mask", action="append", help="once a style: white what is taken of it")


def style(argv: Sequence[str]) -> int:
    parser = Parser(
        prog="nst",
        description="Paint one picture in the manner of another.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    _add_pictures(parser)
    add("-o", "--output", help=".png or .jpg (CONTENT-STYLE.png, numbered if taken)")
    add("--force", action="store_true", help=FORCE)
    add_options(parser)
    add("--blend", type=float, nargs="+", help="a weight for each of several styles")
    _add_masks(parser)
    add("--every", type=int, metavar="N", help="also save every Nth step")
    add("--checkpoint", metavar="FILE", help="keep the run there, to go on from")
    add("--checkpoint-every", type=float, metavar="SECONDS", default=30.0, help="(30)")
    add("--resume", action="store_true", help="go on from the checkpoint")
    add("--version", action="version", version=f"nst {__version__}")
    options = vars(parser.parse_intermixed_args(argv))
    recipe = recipe_of(options)
    if options["every"] is not None:
        within("--every", options["every"], 1)
    within("--checkpoint-every", options["checkpoint_every"], 0.0)
    options["style"] = options["style"] or ["brush_strokes"]
    from .painting import paint_one

    paint_one(recipe, **options)
    return 0


def batch(argv: Sequence[str]) -> int:
    parser = Parser(
        prog="nst batch",
        description="Paint every content in the manner of every style. What lies in "
        "the folder already is not painted again; what another recipe made stays.",
    )
    add = parser.add_argument
    what = 'files, folders, patterns such as "photos/*.jpg", addresses or names'
    add("content", nargs="+", help=what)
    add("--style", nargs="+", default=["brush_strokes"], help="likewise")
    add("-o", "--output", default="styled", help="a folder (styled)")
    add("--workers", type=int, default=1, help="processes that share the cores (1)")
    add_options(parser)
    options = vars(parser.parse_args(argv))
    recipe, workers = recipe_of(options), within("--workers", options["workers"], 1)
    from .many import paint_many

    contents, styles = options["content"], options["style"]
    how = {key: options[key] for key in ("device", "precision", "full")}
    return paint_many(contents, styles, options["output"], recipe, workers, **how)


def sheet(argv: Sequence[str]) -> int:
    parser = Parser(
        prog="nst sheet",
        description="Paint a labelled grid: give one option several values for a row, "
        "two for rows and columns. The pictures lie in a folder beside it.",
    )
    add = parser.add_argument
    _add_pictures(parser)
    add("-o", "--output", help=".png or .jpg (sheet.png, numbered if taken)")
    add("--force", action="store_true", help=FORCE)
    add("--workers", type=int, default=1, help="processes that share the cores (1)")
    add_options(parser, several=True)
    options = vars(parser.parse_intermixed_args(argv))
    fields = lists_of(options)
    recipe, workers = recipe_of(options), within("--workers", options["workers"], 1)
    from .many import paint_sheet

    how = {key: options[key] for key in ("device", "precision", "full", "force")}
    given = options["content"], options["style"] or ["brush_strokes"], options["output"]
    return paint_sheet(*given, recipe, fields, workers, **how)


def video(argv: Sequence[str]) -> int:
    parser = Parser(
        prog="nst video",
        description="Paint a film without flicker. Its painted frames are kept in a "
        "folder beside it: the same command goes on from there.",
    )
    add = parser.add_argument
    add("film", help="a film, an animated GIF or WebP, a folder or pattern of frames")
    add("style", nargs="*", help="a painting, or several (brush_strokes)")
    add("-o", "--output", help=".mp4, .mov, .m4v, .mkv, .webp or .gif (FILM-STYLE.mp4)")
    add("--force", action="store_true", help=FORCE)
    _add_masks(parser)
    add_options(parser)
    options = vars(parser.parse_intermixed_args(argv))
    recipe = recipe_of(options)
    if options.pop("full"):
        raise InputError("--size full is for pictures: give the size as a number")
    from .video import paint_film

    film, styles = options.pop("film"), options.pop("style") or ["brush_strokes"]
    return paint_film(film, styles, recipe=recipe, **options)


def info(argv: Sequence[str]) -> int:
    parser = Parser(prog="nst info", description="What it carries.")
    parser.add_argument("image")
    from ..keep.record import read_record

    print(json.dumps(read_record(parser.parse_args(argv).image), indent=1))
    return 0


def remake_picture(argv: Sequence[str]) -> int:
    parser = Parser(prog="nst remake", description="Make it again.")
    parser.add_argument("image")
    parser.add_argument("-o", "--output", help="(IMAGE-remade, numbered if taken)")
    parser.add_argument("--force", action="store_true", help=FORCE)
    for kind in ("content", "initial"):
        parser.add_argument(f"--{kind}", metavar="FILE")
    for kind in ("style", "mask", "style-mask"):
        parser.add_argument(f"--{kind}", metavar="FILE", action="append", default=[])
    add_compute(parser)
    parser.add_argument("--any-size", **ANY_SIZE)
    options = vars(parser.parse_args(argv))
    image = Path(options.pop("image"))
    from ..keep.places import free, made_as
    from ..keep.record import read_record
    from .remake import remake

    output, beside = options.pop("output"), image.with_stem(f"{image.stem}-remade")
    output = output or free(beside, partial(made_as, made=read_record(image)))

    remake(image, output, **options)
    print(f"the result is in {output}")
    return 0
