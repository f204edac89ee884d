"""Colab as far as it can be had here: the bootstrap, Drive and uploads."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest
import torch

from notebooks import build
from nst import colab

FAKE = """\
import os, pathlib
class drive:
    @staticmethod
    def mount(place):
        if os.environ.get("FAKE_DRIVE") != "accept":
            raise ValueError("mount failed: credential propagation was unsuccessful")
        (pathlib.Path(place) / "MyDrive").mkdir(parents=True, exist_ok=True)
class files:
    @staticmethod
    def upload():
        pathlib.Path("mine.png").write_bytes(b"")
        return {"mine.png": b""}
"""
# Colab has its module imported before the first cell.
PROBE = "import google.colab; print(__import__('importlib.util').util.find_spec('nst'))"
PAINT = """\
import os, nst
from nst import colab
assert os.path.realpath(nst.__file__).startswith(os.path.realpath(".."))
image = nst.style_transfer("cat", "ink", size=32, steps=1)
assert image.shape == (1, 3, 21, 32)
import checks.common
"""


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Here is Colab, its Drive below ``tmp_path``."""
    package = tmp_path / "fake" / "google" / "colab"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(FAKE)
    for name in [name for name in sys.modules if name.split(".")[0] == "google"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path / "fake")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(colab, "DRIVE", tmp_path / "drive")
    __import__("google.colab")
    yield tmp_path
    for name in ("google", "google.colab"):
        sys.modules.pop(name, None)


def test_elsewhere_results_stay_local_and_a_line_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert not colab.in_colab()
    assert colab.mount_drive() == Path("outputs") and Path("outputs").is_dir()
    assert "not Colab" in capsys.readouterr().out
    assert colab.upload() == [] and str(tmp_path) in capsys.readouterr().out


def test_an_accepted_drive_gets_a_copy_of_every_result(fake, monkeypatch, capsys):
    monkeypatch.setenv("FAKE_DRIVE", "accept")
    assert colab.in_colab()
    folder = colab.mount_drive()
    assert folder == fake / "drive" / "MyDrive" / "nst"
    assert str(folder) in capsys.readouterr().out
    link = colab.save(torch.rand(1, 3, 8, 8), "made.png", '{"recipe": 1}').data
    assert 'download="made.png"' in link and "data:image/png;base64," in link
    assert (folder / "made.png").read_bytes() == Path("outputs/made.png").read_bytes()


def test_a_refused_drive_leaves_results_local(fake, capsys):
    assert colab.mount_drive() == Path("outputs")
    assert "credential propagation" in capsys.readouterr().out
    colab.save(torch.rand(1, 3, 8, 8), "made.jpg")
    assert Path("outputs/made.jpg").exists() and not (fake / "drive").exists()


def test_uploads_come_back_as_paths(fake):
    assert colab.upload() == [Path("mine.png")]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A git repository holding this very tree, as it would be published."""
    place = tmp_path_factory.mktemp("published") / "repository"
    skipped = shutil.ignore_patterns(
        ".*", "*.egg-info", "__pycache__", "outputs", "build", "dist", "artefacts"
    )
    shutil.copytree(build.ROOT, place, ignore=skipped)
    git = ["git", "-C", str(place), "-c", "user.name=t", "-c", "user.email=t@t"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all of it"]):
        subprocess.run([*git, *command], check=True)
    return place


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    """A bare Python that finds this one's libraries, but nothing of ours."""
    place = tmp_path_factory.mktemp("runtime")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    borrowed = place / "borrowed"
    borrowed.mkdir()
    for entry in Path(sysconfig.get_paths()["purelib"]).iterdir():
        ours = entry.name.startswith(("nst", "_nst")) or entry.suffix == ".pth"
        if not ours and not entry.name.startswith("google"):
            (borrowed / entry.name).symlink_to(entry)
    package = place / "stand-in" / "google" / "colab"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(FAKE)
    (site,) = place.glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text(f"{borrowed}\n{package.parents[1]}\n")
    return place


def test_the_published_notebooks_start_in_colab(published, runtime, tmp_path):
    """Clone, install, import, paint: what first cells do in a fresh runtime.

    Each notebook begins with the same bootstrap cell; then comes what it imports.
    """
    python = runtime / "bin" / "python"
    books = [
        nbformat.read(next(iter(build.outputs(lesson))), 4).cells
        for lesson in build.lessons()
    ]
    books = [[cell for cell in book if cell.cell_type == "code"] for book in books]
    assert all(book[0].metadata["tags"] == ["bootstrap"] for book in books)
    (bootstrap,) = {book[0].source for book in books}
    picture = next(i for i, c in enumerate(books[0]) if "nst.watch" in c.source)
    new, first = nbformat.v4.new_code_cell, nbformat.v4.new_notebook()
    first.cells = [new(PROBE), new(bootstrap), *(book[1] for book in books[1:])]
    first.cells += [new(PAINT), *books[0][1 : picture + 1]]  # its first picture
    for number, cell in enumerate(first.cells):
        cell.id = f"cell-{number}"
    spec = {"argv": [str(python), "-m", "ipykernel", "-f", "{connection_file}"]}
    kernel = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps(spec | {"display_name": "x", "language": "python"}))
    content = tmp_path / "content"
    content.mkdir()
    nbformat.write(first, tmp_path / "first.ipynb")
    address = f"https://github.com/{build.repository()}"
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, tmp_path / "first.ipynb", content],
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        | {
            "JUPYTER_PATH": str(tmp_path / "jupyter"),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.file://{published}.insteadOf",
            "GIT_CONFIG_VALUE_0": address,
            "PIP_NO_BUILD_ISOLATION": "0",  # pip's way to say: without isolation
            "PIP_NO_INDEX": "1",  # all that is needed is there but for ourselves
            "OMP_NUM_THREADS": "1",
            "NST_FAST": "1",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    made = nbformat.read(tmp_path / "first.ipynb", 4)
    codes = [cell for cell in made.cells if cell.cell_type == "code"]
    assert codes[0].outputs[0]["text"].strip() == "None"  # nothing of ours before
    assert (content / "nst" / "notebooks" / "checks").is_dir()
    assert any("image/png" in o.get("data", {}) for o in codes[-1].outputs)


EXECUTE = """\
import sys, nbformat
from nbclient import NotebookClient
path, place = sys.argv[1:]
book = nbformat.read(path, 4)
client = NotebookClient(
    book, kernel_name="python3", timeout=300, resources={"metadata": {"path": place}}
)
client.execute()
nbformat.write(book, path)
"""
