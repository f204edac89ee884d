"""Every mistake of a user: one sentence, exit status 2, nothing half-written."""

import re
import subprocess
import sys

import pytest

import nst
from nst.app.cli import main

TINY = ["--size", "32", "--steps", "1"]


LONG = 300 * "a"
NO_PICTURE = "cannot read '.*' as a picture .*: give another one"
COMMANDS = {
    "nowhere.jpg": "no such picture 'nowhere.jpg': give a file, an address or a",
    "cat nowhere.jpg": "no such picture 'nowhere.jpg'",
    LONG: "cannot read 'a+ … a+' as a picture .*name too long",
    f"cat {LONG}": "cannot read 'a+ … a+' as a picture .*name too long",
    f"cat --recipe {LONG}": "unknown recipe 'a+ … a+': choose from default",
    f"cat -o {LONG}.png": "cannot write 'a+ … a+.png' .*too long\\): choose",
    f"cat --checkpoint {LONG}": "cannot write 'a+ … a+.previous' .*too long\\): choose",
    "caat ink": "no such picture 'caat': did you mean 'cat'?",
    "cat ink waves --blend 0 0": "blend gives no style a weight at relu1_1",
    "empty.png": NO_PICTURE,
    "zeros.jpg": NO_PICTURE,
    "truncated.jpg": NO_PICTURE,
    "text.png": NO_PICTURE,
    "cat text.png": NO_PICTURE,
    "drawing.svg": NO_PICTURE,
    "paper.pdf": NO_PICTURE,
    "archive.jpg": NO_PICTURE,
    "bomb.png": "'bomb.png' is larger than Pillow reads .* use --any-size",
    "folder": NO_PICTURE,
    "pipe": "cannot read 'pipe' as a picture .not a regular file.: give another one",
    "http://127.0.0.1:9/cat.jpg": NO_PICTURE,
    "https://127.0.0.1:9/cat.jpg": NO_PICTURE,
    "ftp://127.0.0.1/cat.jpg": "no such picture 'ftp:",
    "cat starry_night": "could not download the painting 'starry_night' .* ink",
    "line.png ink": "at 32 px the content has 32x1 pixels, .*: choose 80000 px or more",
    "line.png --size full": "at 5000 px the content has 5000x1 .*: choose 80000 px or",
    "clear.png ink": "the picture 'clear.png' is transparent everywhere: give one that",
    "cat clear.png": "the picture 'clear.png' is transparent everywhere: give one that",
    "cat -o result": "unknown ending '': choose from .png, .jpg, .jpeg",
    "cat -o result.tiff": "unknown ending '.tiff'",
    "cat -o folder.png": "'folder.png' is a folder: name a file in it",
    "cat -o occupied/result.png": "cannot write 'occupied/.*' \\(.*\\): choose another",
    "plain.png ink -o plain.png": "'plain.png' is the content as well: name another",
    "cat plain.png -o folder/../plain.png": "is the style as well: name another file",
    "cat --initial plain.png -o plain.png": "is the initial as well: name another",
    "cat -o new.png --checkpoint new.png": "'new.png' is the checkpoint as well: name",
    "cat -o empty.png": "'empty.png' is there and nst did not make it: name another",
    "cat -o plain.png": "'plain.png' is there and nst did not make it: name another",
    "cat -o /proc/result.png": "cannot write '/proc/.*' \\(.*\\): choose another",
    "cat --size 0": "size is 0: give a whole number from 16 to 100000",
    "cat --size -5": "size is -5: give a whole number from 16 to 100000",
    "cat --size 15": "size is 15: give a whole number from 16 to 100000",
    "cat --size large": "argument --size: 'large' is no size, such as 512, 640x480 or",
    "cat --size 1e3": "argument --size: '1e3' is no size",
    "cat --size 64x": "argument --size: '64x' is no size",
    "cat --size 64x48x3": "argument --size: '64x48x3' is no size",
    "cat --size 64x8": "size is 8: give a whole number from 16 to 100000",
    "cat --size 64 --sizes 32 64": "--size and --sizes both name the size: give one",
    "cat --sizes 8 32": "sizes is 8: give a whole number from 16 to 100000",
    "cat --sizes 32 large": "argument --sizes: invalid int value: 'large'",
    "cat --size 90000": "90000 px would need about .* GB and .* are free",
    "cat --steps 0": "steps is 0: give a whole number from 1 to 1000000000",
    "cat --steps -1": "steps is -1",
    "cat --steps 2.5": "argument --steps: invalid int value",
    "cat --style-weight -1": "style_weight is -1.0: give a finite number from 0.0 to",
    "cat --style-weight nan": "style_weight is nan: give a finite number",
    "cat --style-weight inf": "style_weight is inf: give a finite number",
    "cat --style-weight 1e300": "style_weight is 1e.300: give .* 0.0 to 1000000000.0",
    "cat --style-weight heavy": "argument --style-weight: invalid float value",
    "cat --content-weight -0.1": "content_weight is -0.1",
    "cat --content-weight nan": "content_weight is nan",
    "cat --tv-weight -1": "tv_weight is -1.0",
    "cat --tv-weight": "argument --tv-weight: expected one argument: see nst --help",
    "cat --initial nowhere.png": "no such picture 'nowhere.png'",
    "cat --initial text.png": NO_PICTURE,
    "cat --seed -1": "seed is -1: give a whole number from 0 to 9223372036854775807",
    "cat --seed 99999999999999999999": "seed is 99999999999999999999: give a whole",
    "cat --seed 1.5": "argument --seed: invalid int value",
    "cat --recipe gatis": "unknown recipe 'gatis': choose from default, gatys, orig",
    "cat --recipe plain.png": "'plain.png' carries no recipe: give a picture that",
    "cat --recipe newer.png": "'newer.png' was made by a later nst: upgrade nst",
    "cat --recipe unknown.png": "unknown recipe field 'brush': choose from",
    "cat --recipe listless.png": "style_layers is 5: give a list",
    "cat --recipe number.png": "'number.png' carries no recipe",
    "cat --recipe deep.png": "'deep.png' carries no recipe",
    "cat --recipe wrong.png": "style_weight is -1: give a finite number from 0.0 to",
    "cat --device tpu": "no device 'tpu' here: choose from .*cpu",
    "cat --device cpu:x": "no device 'cpu:x' here: choose from .*cpu",
    "cat --device cpu:7": "no device 'cpu:7' here",
    "cat --every 0": "--every is 0: give a whole number from 1 up",
    "cat ink waves --blend 1": "1 blend for 2 styles: give one for each style",
    "cat ink waves --blend 1 -1": "blend is -1.0: give a finite number from 0.0 to",
    "cat ink waves --blend nan 1": "blend is nan",
    "cat ink waves --mask plain.png": "1 masks for 2 styles: give one for each style",
    "cat ink --mask plain.png": "masks of 40x40 pixels for a picture of 451x300: give",
    "cat ink --mask black.png": "masks that are all black: make white where a style is",
    "cat ink --style-mask line.png": "style masks of 5000x1 pixels for a picture of",
    "cat ink --mask nowhere.png": "no such picture 'nowhere.png'",
    "cat ink --style-mask a.png --style-mask b.png": "no such picture 'a.png'",
    "cat --color pink": "unknown color 'pink': choose from style, content, match, hist",
    "cat --style-scale 0": "style_scale is 0.0: give a finite number from 0.05 to 20",
    "cat --style-scale 1e9": "style_scale is 1000000000.0: give a .* 0.05 to 20",
    "cat --style-scale nan": "style_scale is nan",
    "cat --tile 10": "tile is 10: give a whole number from 64 up",
    "cat --tile huge": "tile is 'huge': give a whole number from 64 up",
    "cat --colour match": "unrecognized arguments: --colour match: see nst --help",
    "cat --resume": "--resume needs a file: name it with --checkpoint FILE",
    "cat --checkpoint run.checkpoint": "'run.checkpoint' is no checkpoint of nst: name",
    "cat --checkpoint run.checkpoint --resume": "'run.checkpoint' is no checkpoint",
    "cat --checkpoint occupied/x": "cannot write 'occupied/.*' \\(.*\\): choose",
    "cat --checkpoint new --checkpoint-every -1": "--checkpoint-every is -1.0: give a",
    "cat --checkpoint new --checkpoint-every nan": "--checkpoint-every is nan: give",
    "cat --checkpoint folder": "cannot read 'folder' (.*): name another file",
    "info": "the following arguments are required: image: see nst info --help",
    "info nowhere.png": "no such picture 'nowhere.png'",
    "info plain.png": "'plain.png' carries no recipe",
    "info garbled.png": "'garbled.png' carries no recipe",
    "info other.png": "'other.png' carries no recipe",
    "remake plain.png": "'plain.png' carries no recipe",
    "remake newer.png": "'newer.png' was made by a later nst",
    "remake mine.png": "the style picture was 'mine.png': give it with --style FILE",
    "remake mine.png -o mine.tiff": "unknown ending '.tiff'",
    "remake newer.png -o plain.png": "'newer.png' was made by a later nst",
    "remake mine.png -o occupied/a.png": "cannot write 'occupied/.*' \\(.*\\): choose",
    "remake mine.png -o mine.png": "'mine.png' is the picture that was made as well",
    "remake mine.png --style plain.png -o plain.png": "is the style as well: name",
    "remake mine.png --mask plain.png": "the picture was made without a mask: leave",
    "remake mine.png --style plain.png": "'plain.png' is not the style picture that",
    "remake nameless.png": "'nameless.png' carries no recipe",
    "remake backwards.png": "'backwards.png' carries no recipe",
    "remake wrong.png": "style_weight is -1",
    "batch": "the following arguments are required: content: see nst batch --help",
    "batch cat --workers 0": "--workers is 0: give a whole number from 1 up",
    "batch cat *.jpeg": "no file fits '\\*.jpeg': give other names, or a folder",
    "batch cat --style none/*": "no file fits 'none/\\*': give other names",
    "batch folder": "no picture is in the folder 'folder': give another one",
    "batch cat --style ink --device cpu:x": "no device 'cpu:x' here",
    "batch nowhere.jpg --style ink": "no such picture 'nowhere.jpg'",
    "batch cat --style nowhere.jpg": "no such picture 'nowhere.jpg'",
    "batch cat --style ink -o occupied": "cannot write 'occupied/cat-ink.png'",
}


def tiny(command):
    """The command, small unless it says otherwise."""
    argv = command.split()
    if argv[0] not in ("info", "remake"):
        for name, value in zip(TINY[::2], TINY[1::2], strict=True):
            argv += [] if {name, name + "s"} & {*argv} else [name, value]
    return argv


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_line_tells_a_mistake_in_one_sentence(command, there, capsys):
    assert main(tiny(command)) == 2
    told = [line for line in capsys.readouterr().err.splitlines() if "nst: " in line]
    assert len(told) == 1 and re.search(f"nst: .*{COMMANDS[command]}", told[0]), told


@pytest.mark.parametrize(
    "command",
    [
        "nowhere.jpg",
        "text.png",
        "cat --size large",
        "cat -o occupied/result.png",
        "info plain.png",
    ],
)
def test_so_does_a_real_process_without_a_traceback(command, there):
    run = [sys.executable, "-m", "nst", *tiny(command)]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == ""
    assert re.fullmatch(f"nst: .*{COMMANDS[command]}.*\n", done.stderr), done.stderr


def test_no_file_is_kept_in_a_file_without_a_name(there, capsys):
    assert main(["cat", "--checkpoint", "", *TINY]) == 2
    assert "cannot read '.'" in capsys.readouterr().err


def test_options_may_stand_between_pictures(tmp_path):
    out = tmp_path / "a.png"
    assert main(f"cat --size 32 ink --steps 1 waves --blend 1 2 -o {out}".split()) == 0
    assert set(nst.read_record(out)["inputs"]) == {"content", "style", "style 2"}
