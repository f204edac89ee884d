"""No writer replaces an input, whichever way its file is named."""

import contextlib
import io
import os
import re
import tempfile
from pathlib import Path

import pytest
from conftest import saved
from PIL import Image

import nst
from nst.app.cli import main

RECIPE = nst.Recipe(sizes=(32,), steps=2)
TINY = ["--size", "32", "--steps", "2"]


def command(*argv):
    """What the command line tells of mistakes."""
    with contextlib.redirect_stderr(io.StringIO()) as told:
        main([*map(str, argv)])
    return [s[5:] for s in told.getvalue().splitlines() if s.startswith("nst: ")]


def call(function, *given, **options):
    """What a function tells of mistakes."""
    try:
        function(*given, **options)
    except nst.InputError as error:
        return [str(error)]
    return []


def without(ending, path):
    """The path that a writer adds ``ending`` to."""
    assert str(path).endswith(ending)
    return str(path).removesuffix(ending)


def every(given, written):
    path = without("-0001.png", written) + ".png"
    return command(given, "ink", "-o", path, "--every", 1, *TINY)


def batch(given, written):
    folder = Path(written).parent
    return command("batch", "cat", given, "--style", "ink", "-o", folder, *TINY)


def jobs(written, *others, **inputs):
    inputs = {"content": "cat", "style": "ink", **inputs}
    work = [nst.Job(output=written, recipe=RECIPE, **inputs), *others]
    return call(lambda: [*nst.style_many(work)])


def another_job(given, written):
    return jobs(written, nst.Job("cat", given, "another.png", RECIPE))


def remake(given, written):
    made = saved(Path("made.png"), given, "ink", RECIPE)
    return command("remake", made, "-o", written, "--content", given)


def remake_over(given, written):
    return command("remake", given, "-o", written)


def checkpoint(given, written, ending=""):
    keeping = nst.Checkpoint(without(ending, written), every=0)
    return call(lambda: [*nst.iterate(given, "ink", RECIPE, checkpoint=keeping)])


def checkpoint_of_a_start(given, written):
    """The first image is an input too."""
    keeping = nst.Checkpoint(without(".new", written), every=0)
    how = {"start": given, "checkpoint": keeping}
    return call(lambda: [*nst.iterate("cat", "ink", RECIPE, **how)])


def command_with_a_checkpoint(given, written):
    how = ("-o", "result.png", "--checkpoint", written, "--checkpoint-every", 0)
    return command(given, "ink", *how, *TINY)


def studio(given, write):
    studio = nst.Studio(given, "ink", RECIPE)
    studio.run(2)
    told = call(write, studio)
    studio.close()
    return told


WRITERS = {  # what writes: (the name that its file gets, how it comes to it)
    "-o": ("photo.png", lambda g, w: command(g, "ink", "-o", w, *TINY)),
    "-o, a style": ("photo.png", lambda g, w: command("cat", g, "-o", w, *TINY)),
    "-o, a start": (
        "photo.png",
        lambda g, w: command("cat", "ink", "--initial", g, "-o", w, *TINY),
    ),
    "--every": ("photo-0001.png", every),
    "batch": ("cat-ink.png", batch),
    "a job": ("photo.png", lambda g, w: jobs(w, content=g)),
    "another job": ("photo.png", another_job),
    "a job, a mask": ("photo.png", lambda g, w: jobs(w, masks=[g])),
    "remake": ("photo.png", remake),
    "remake over itself": ("photo.png", remake_over),
    "a checkpoint": ("photo", checkpoint),
    "its previous": ("photo.previous", lambda g, w: checkpoint(g, w, ".previous")),
    "its new": ("photo.new", lambda g, w: checkpoint(g, w, ".new")),
    "its new, a start": ("photo.new", checkpoint_of_a_start),
    "--checkpoint": ("photo", command_with_a_checkpoint),
    "Studio.save": ("photo.png", lambda g, w: studio(g, lambda s: s.save(w))),
    "Studio.film": ("photo.webp", lambda g, w: studio(g, lambda s: s.film(w))),
    "Studio.keep": ("photo", lambda g, w: studio(g, lambda s: s.keep(w))),
    "Studio.keep, previous": (
        "photo.previous",
        lambda g, w: studio(g, lambda s: s.keep(without(".previous", w))),
    ),
    "Studio.keep, new": (
        "photo.new",
        lambda g, w: studio(g, lambda s: s.keep(without(".new", w))),
    ),
}


def linked(make, there, here):
    make(there, here)
    return here.name


WAYS = {  # the input as it is given, and as it would be written over; we are in `here`
    "the same path": lambda there, here: (there, there),
    "an absolute path": lambda there, here: (os.path.relpath(there), there),
    "a relative path": lambda there, here: (there, os.path.relpath(there)),
    "./ and ..": lambda there, here: (
        there,
        f"./../{here.parent.name}/./../{there.parent.name}/{there.name}",
    ),
    "a symbolic link": lambda there, here: (there, linked(os.symlink, there, here)),
    "what the input links to": lambda there, here: (
        linked(os.symlink, there, here),
        there,
    ),
    "a link to its folder": lambda there, here: (
        there,
        Path(linked(os.symlink, there.parent, here.with_name("alias")), there.name),
    ),
    "a hard link": lambda there, here: (there, linked(os.link, there, here)),
}


with tempfile.TemporaryDirectory() as folder:  # beside those of the tests
    (Path(folder) / "probe").touch()
    if (Path(folder) / "PROBE").exists():  # the file system folds case
        WAYS["other case"] = lambda there, here: (
            there.with_name(there.name.upper()),
            there,
        )


@pytest.fixture(scope="session")
def photo(tmp_path_factory):
    """The bytes of a picture that carries how it was made."""
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    return saved(path, "cat", "ink", RECIPE).read_bytes()


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """One where the input is, and one to work in."""
    for name in ("there", "here"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "there", tmp_path / "here"


def put(photo, path):
    """The photograph at ``path``, in the format that it is named for."""
    path.write_bytes(photo)
    if path.suffix == ".webp":
        Image.open(io.BytesIO(photo)).save(path, lossless=True)
    return path.read_bytes()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("writer", WRITERS)
def test_the_input_stays_and_one_sentence_says_why(writer, way, folders, photo):
    name, write = WRITERS[writer]
    there, here = (folder / name for folder in folders)
    before = put(photo, there)
    given, written = map(str, WAYS[way](there, here))
    beside = {path: os.lstat(path).st_ino for path in folders[1].iterdir()}
    told = write(given, written)
    assert there.read_bytes() == before
    assert all(os.lstat(path).st_ino == kept for path, kept in beside.items())
    (sentence,) = told
    why = "is the .* as well: name another|is no checkpoint of nst: name another file"
    assert re.search(why, sentence) and "\n" not in sentence, sentence


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_of_the_same_name_in_another_folder_is_none(writer, folders, photo):
    name, write = WRITERS[writer]
    there, here = (folder / name for folder in folders)
    before = put(photo, there)
    assert write(str(there), name) == []
    assert there.read_bytes() == before
    assert (here.parent / name).exists() or name.endswith((".previous", ".new"))


@pytest.mark.parametrize("name", ["photo.png", "photo.webp", "photo", "photo.new"])
def test_a_studio_that_goes_to_another_folder_knows_its_inputs(
    name, folders, photo, monkeypatch
):
    there, here = (folder / name for folder in folders)
    before = put(photo, there)
    monkeypatch.chdir(there.parent)
    studio = nst.Studio(name, "ink", RECIPE)
    studio.run(2)
    monkeypatch.chdir(here.parent)
    write = {".png": studio.save, ".webp": studio.film}.get(there.suffix, studio.keep)
    (sentence,) = call(write, without(".new", there) if name[-4:] == ".new" else there)
    assert "is the content as well" in sentence and there.read_bytes() == before
    assert call(write, name) == [] and here.exists()
    studio.close()
