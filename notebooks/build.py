"""Markdown lessons -> executed notebooks, and their address.

    python -m notebooks.build write|execute [NN ...]
    python -m notebooks.build figures NN FOLDER
    python -m notebooks.build publish OWNER/NAME

notebooks/source/NN_name.md is the lesson, a notebook that JupyterLab opens by jupytext.
A cell tagged ``exercise`` stands in the notebook, the cell tagged ``solution`` after it
takes its place in solutions/NN_name.ipynb. What a cell tagged ``answer`` puts out is
folded until it runs. The badge and the bootstrap cell are put in here, with the
repository of pyproject.toml.
"""

import hashlib
import re
import sys
import time
from copy import deepcopy
from datetime import datetime
from pathlib import Path

import jupytext
import nbclient
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from .tidy import FOLDED, figures, strip

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
UNWANTED = {False: "solution", True: "exercise", None: ""}
CLOCKS = ("seconds", "longest_cell")  # in a notebook's metadata
HEADINGS = {"#": "slide", "##": "slide", "###": "subslide"}  # what they begin
ADDRESS = re.compile(r'^repository = "https://github.com/([^"]+)"', re.M)

BADGE = """\
[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]\
(https://colab.research.google.com/github/{repository}/blob/main/notebooks/{path})"""
BOOTSTRAP = """\
# In Colab this fetches the course; anywhere else it does nothing.
import os
import sys

if "google.colab" in sys.modules and not os.path.exists("checks"):
    if not os.path.exists("nst"):
        !git clone -q --depth 1 https://github.com/{repository} nst
    %pip install -q -e ./nst
    %cd -q nst/notebooks
sys.path += ["..", "../.."]  # a checkout works without being installed"""


def repository() -> str:
    """owner/name, as pyproject.toml has it: the one place."""
    return ADDRESS.search((ROOT / "pyproject.toml").read_text("utf-8"))[1]


def lessons(names: tuple[str, ...] = ()) -> list[Path]:
    """The sources in lecture order, all or those whose name begins with one given."""
    paths = sorted((HERE / "source").glob("[0-9]*.md"))
    return [p for p in paths if not names or p.name.startswith(names)]


def outputs(lesson: Path) -> dict[Path, bool]:
    """{path of the notebook: whether it is the solved one}"""
    name = f"{lesson.stem}.ipynb"
    return {HERE / name: False, HERE / "solutions" / name: True}


def codes(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def wanted(cells: list[NotebookNode], solved: bool | None) -> list[NotebookNode]:
    """Without the exercises of the solved notebook, the solutions of the other."""
    return [c for c in cells if UNWANTED[solved] not in c.metadata.get("tags", ())]


def slide(cell: NotebookNode) -> str:
    """The slide type chosen in JupyterLab, or else what a heading begins."""
    heading = cell.source.split(" ")[0] if cell.cell_type == "markdown" else ""
    chosen = cell.metadata.get("slideshow", {}).get("slide_type")
    return chosen or HEADINGS.get(heading, "-")


def notebook(lesson: Path, solved: bool | None = False) -> NotebookNode:
    """The lesson as a notebook without outputs; None has both kinds of cells."""
    path = f"{'solutions/' if solved else ''}{lesson.stem}.ipynb"
    where = {"repository": repository(), "path": path}
    first, *rest = jupytext.read(lesson).cells
    badge = "\n\n" + BADGE.format(**where)
    first.source = re.sub("(?m)$", badge, first.source, count=1)  # below the title
    bootstrap = new_code_cell(BOOTSTRAP.format(**where))
    bootstrap.metadata.update(tags=["bootstrap"], slideshow={"slide_type": "skip"})
    result = new_notebook(cells=wanted([first, bootstrap, *rest], solved))
    for number, cell in enumerate(result.cells):
        cell.id = f"cell-{number:02}"
        cell.metadata.pop("lines_to_next_cell", None)
        cell.metadata["slideshow"] = {"slide_type": slide(cell)}
        if "answer" in cell.metadata.get("tags", ()):
            cell.metadata.update(deepcopy(FOLDED))
    result.metadata.update(
        kernelspec={"name": "python3", "display_name": "Python 3"},
        language_info={"name": "python"},
        colab={"provenance": [], "toc_visible": True},
        accelerator="GPU",
    )
    return result


def sha256(notebook: NotebookNode) -> str:
    """Of the code cells' sources: what the outputs belong to."""
    sources = "\0".join(cell.source for cell in codes(notebook))
    return hashlib.sha256(sources.encode()).hexdigest()


def execute(notebook: NotebookNode, timeout: int = 3600) -> NotebookNode:
    """Run every cell in notebooks/ and leave only what is worth committing."""
    started = time.perf_counter()
    nbclient.execute(notebook, cwd=HERE, timeout=timeout)
    notebook.metadata["seconds"] = round(time.perf_counter() - started)
    notebook.metadata["longest_cell"] = round(max(map(_seconds, notebook.cells)))
    return strip(notebook)


def _seconds(cell):
    """How long a cell took, by the clock that nbclient leaves in it."""
    clock = cell.metadata.get("execution", {})
    began, ended = (clock.get(f"iopub.status.{at}") for at in ("busy", "idle"))
    parse = datetime.fromisoformat
    ends = [time and parse(time.replace("Z", "+00:00")) for time in (began, ended)]
    return (ends[1] - ends[0]).total_seconds() if all(ends) else 0


def execute_both(lesson: Path) -> dict[Path, NotebookNode]:
    """{path: executed notebook} in one run: an exercise, then its solution."""
    executed = execute(notebook(lesson, None))
    return {
        path: hang(notebook(lesson, solved), executed, solved)
        for path, solved in outputs(lesson).items()
    }


def hang(book: NotebookNode, done: NotebookNode, solved: bool | None) -> NotebookNode:
    """Give ``book`` the outputs and clocks of ``done``, in which its code cells ran."""
    cells = zip(codes(book), wanted(codes(done), solved), strict=True)
    for number, (cell, ran) in enumerate(cells, 1):
        cell.outputs, cell.execution_count = deepcopy(ran.outputs), number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    book.metadata.update({clock: done.metadata.get(clock) for clock in CLOCKS})
    book.metadata["sha256"] = sha256(book)
    return strip(book)


def write(lesson: Path) -> dict[Path, NotebookNode]:
    """{path: notebook}, with the outputs there are where no code has changed."""
    books = {}
    for path, solved in outputs(lesson).items():
        book = books[path] = notebook(lesson, solved)
        old = nbformat.read(path, 4) if path.exists() else book
        if old.metadata.get("sha256") == sha256(book):
            hang(book, old, solved)
    return books


def publish(new: str) -> None:
    """Rewrite every address of the old repository: pyproject, README, notebooks."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", new):
        sys.exit(f"{new!r} is no repository: give it as owner/name")
    old = re.compile(rf"(github\.com/|com/github/){re.escape(repository())}(?![\w-])")
    for path in (ROOT / "pyproject.toml", ROOT / "README.md", *HERE.rglob("*.ipynb")):
        text = path.read_text("utf-8")
        path.write_text(old.sub(rf"\g<1>{new}", text), "utf-8")
        if path.suffix == ".ipynb":
            rewritten = nbformat.read(path, 4)
            rewritten.metadata["sha256"] = sha256(rewritten)
            nbformat.write(rewritten, path)


def main(command: str = "", *arguments: str) -> None:
    if command == "publish":
        return publish(*arguments)
    if command == "figures":
        return figures(next(iter(outputs(lessons(arguments[:1])[0]))), arguments[1])
    make = {"write": write, "execute": execute_both}
    if command not in make:
        sys.exit(__doc__)
    for lesson in lessons(arguments):
        for path, book in make[command](lesson).items():
            path.parent.mkdir(exist_ok=True)
            nbformat.write(book, path)
        seconds, longest = map(book.metadata.get, CLOCKS)
        took = f"{seconds} s, the longest cell {longest} s"
        print(lesson.stem, took if seconds else "not executed", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
