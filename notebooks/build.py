"""Markdown lessons -> executed notebooks, and their address.

    python -m notebooks.build write|format|execute [NN ...]
    python -m notebooks.build figures NN FOLDER
    python -m notebooks.build publish OWNER/NAME

notebooks/source/NN_name.md is the lesson. Its ```python fences are the code cells,
words after ``python`` their tags or slide type, each heading begins a new Markdown
cell. A fence tagged ``exercise`` stands in the notebook, the fence tagged
``solution`` after it takes its place in solutions/NN_name.ipynb. The badge and the
bootstrap cell are put in here, with the repository of pyproject.toml.
"""

import base64
import hashlib
import io
import re
import subprocess
import sys
import time
from copy import deepcopy
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
FENCE = re.compile(r"^```python[ \t]*([^\n]*)\n(.*?)^```$", re.M | re.S)
# Where a heading begins; other fences are passed over, their comments look the same.
HEADING = re.compile(r"(^```.*?^```)|^(?=#{1,3} )", re.M | re.S)
WIDGET = "application/vnd.jupyter.widget-view+json"
ALTERNATIVE = re.compile(r"The\s+figure\b.*?(?=\n\n|\Z)", re.S)  # says what it shows
COMMANDS = ("write", "format", "execute", "figures", "publish")
UNWANTED = {False: "solution", True: "exercise", None: ""}
CLOCKS = ("seconds", "longest_cell")  # in a notebook's metadata
SLIDES = {"slide", "subslide", "fragment", "skip", "notes"}
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


def repository():
    """owner/name, as pyproject.toml has it: the one place."""
    return ADDRESS.search((ROOT / "pyproject.toml").read_text("utf-8"))[1]


def lessons(names=()):
    """The sources in lecture order, all or those whose name begins with one given."""
    paths = sorted((HERE / "source").glob("[0-9]*.md"))
    return [p for p in paths if not names or p.name.startswith(tuple(names))]


def outputs(lesson):
    """{path of the notebook: whether it is the solved one}"""
    name = f"{lesson.stem}.ipynb"
    return {HERE / name: False, HERE / "solutions" / name: True}


def cells_of(text):
    """Source -> [(kind, words, text), ...], kind being "markdown" or "code"."""
    cells, end = [], 0
    for fence in [*FENCE.finditer(text), None]:
        prose = text[end : fence.start() if fence else None]
        for part in HEADING.sub(lambda m: m[1] or "\f", prose).split("\f"):
            if part.strip():
                cells.append(("markdown", set(), part.strip()))
        if fence:
            cells.append(("code", set(fence[1].split()), fence[2].rstrip("\n")))
            end = fence.end()
    return cells


def notebook(lesson, solved=False):
    """The lesson as a notebook without outputs; None has both kinds of cells."""
    path = f"{'solutions/' if solved else ''}{lesson.stem}.ipynb"
    where = {"repository": repository(), "path": path}
    cells = cells_of(lesson.read_text("utf-8"))
    title, *rest = cells[0][2].split("\n", 1)
    head = "\n\n".join([title, BADGE.format(**where), *(r.strip() for r in rest)])
    bootstrap = ("code", {"bootstrap", "skip"}, BOOTSTRAP.format(**where))
    cells = [("markdown", set(), head), bootstrap, *cells[1:]]
    unwanted = UNWANTED[solved]
    result = new_notebook()
    for kind, words, text in (cell for cell in cells if unwanted not in cell[1]):
        new = new_code_cell if kind == "code" else new_markdown_cell
        cell = new(text, id=f"cell-{len(result.cells):02}")
        if tags := sorted(words - SLIDES):
            cell.metadata["tags"] = tags
        heading = re.match(r"#{1,3} ", text) if kind == "markdown" else None
        slide = "-" if not heading else "subslide" if heading[0] == "### " else "slide"
        slide = next(iter(words & SLIDES), slide)
        cell.metadata["slideshow"] = {"slide_type": slide}
        result.cells.append(cell)
    result.metadata.update(
        kernelspec={"name": "python3", "display_name": "Python 3"},
        language_info={"name": "python"},
        colab={"provenance": [], "toc_visible": True},
        accelerator="GPU",
    )
    return result


def sha256(notebook):
    """Of the code cells' sources: what the outputs belong to."""
    sources = [c.source for c in notebook.cells if c.cell_type == "code"]
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()


def execute(notebook, timeout=3600):
    """Run every cell in notebooks/ and leave only what is worth committing."""
    from nbclient import NotebookClient

    started = time.perf_counter()
    place = {"metadata": {"path": HERE}}
    NotebookClient(notebook, timeout=timeout, resources=place).execute()
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


def execute_both(lesson):
    """{path: executed notebook} in one run: an exercise, then its solution."""
    executed = execute(notebook(lesson, None))
    books = {path: notebook(lesson, solved) for path, solved in outputs(lesson).items()}
    for path, solved in outputs(lesson).items():
        done = [c for c in executed.cells if c.cell_type == "code"]
        done = [c for c in done if UNWANTED[solved] not in c.metadata.get("tags", ())]
        hang(books[path], done)
        for clock in CLOCKS:
            books[path].metadata[clock] = executed.metadata[clock]
        strip(books[path])
    return books


def hang(book, done):
    """Give ``book`` the outputs of ``done``, the same code cells executed."""
    cells = [cell for cell in book.cells if cell.cell_type == "code"]
    for number, (cell, ran) in enumerate(zip(cells, done, strict=True), 1):
        cell.outputs, cell.execution_count = deepcopy(ran.outputs), number
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number


def write(lesson):
    """{path: notebook}, with the outputs there are where no code has changed."""
    books = {path: notebook(lesson, solved) for path, solved in outputs(lesson).items()}
    for path, book in books.items():
        old = nbformat.read(path, 4) if path.exists() else book
        if old.metadata.get("sha256") == sha256(book):
            hang(book, [cell for cell in old.cells if cell.cell_type == "code"])
            for clock in CLOCKS:
                book.metadata[clock] = old.metadata.get(clock)
            strip(book)
    return books


def strip(notebook):
    """Drop widget state, clocks and the past of progress bars; tend the figures."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    alternative = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            told = ALTERNATIVE.search(cell.source)
            alternative = " ".join(told[0].split()) if told else ""
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = _merge_streams(cell.outputs)
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(WIDGET, None)  # its words stay
            _shrink(output.get("data", {}))
            for kind in output.get("data", {}):
                if kind.startswith("image/"):
                    output.metadata[kind] = {"alt": alternative}
    notebook.metadata["sha256"] = sha256(notebook)
    return notebook


def _merge_streams(outputs):
    """One output for all that was printed, a progress bar in its last state."""
    printed = [output for output in outputs if output.output_type == "stream"]
    if printed:
        text = "".join(output.text for output in printed)
        printed[-1].text = re.sub(r"[^\n]*\r(?!\n)", "", text)
    return [output for output in outputs if output not in printed[:-1]]


def _shrink(data, limit=100_000):
    """A large PNG figure becomes a JPEG, which every front end shows as well."""
    from PIL import Image

    png = data.get("image/png", "")
    if len(png) > limit:
        buffer = io.BytesIO()
        picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
        picture.save(buffer, "JPEG", quality=80)
        data["image/jpeg"] = base64.b64encode(buffer.getvalue()).decode()
        del data["image/png"]


def publish(new):
    """Rewrite every address of the old repository: pyproject, README, notebooks."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", new):
        sys.exit(f"{new!r} is no repository: give it as owner/name")
    old = re.compile(rf"(github\.com/|com/github/){re.escape(repository())}(?![\w-])")
    files = [ROOT / "pyproject.toml", ROOT / "README.md", *HERE.rglob("*.ipynb")]
    for path in files:
        text = path.read_text("utf-8")
        path.write_text(old.sub(rf"\g<1>{new}", text), "utf-8")
        if path.suffix == ".ipynb":
            rewritten = nbformat.read(path, 4)
            rewritten.metadata["sha256"] = sha256(rewritten)
            nbformat.write(rewritten, path)


def reformat(lesson):
    """Format the code fences with ruff, in place."""
    text = lesson.read_text("utf-8")
    book = new_notebook(cells=[new_code_cell(f[2]) for f in FENCE.finditer(text)])
    command = ["ruff", "format", "--stdin-filename", "lesson.ipynb", "-"]
    done = subprocess.run(
        [sys.executable, "-m", *command],
        input=nbformat.writes(book),
        capture_output=True,
        text=True,
        check=True,
    )
    codes = iter(nbformat.reads(done.stdout, 4).cells)

    def formatted(fence):
        return f"{fence[0].splitlines()[0]}\n{next(codes).source}\n```"

    lesson.write_text(FENCE.sub(formatted, text), "utf-8")


def figures(path, folder):
    """Write a notebook's pictures as PNG files, to look at."""
    from PIL import Image

    Path(folder).mkdir(parents=True, exist_ok=True)
    for index, cell in enumerate(nbformat.read(path, 4).cells):
        for number, output in enumerate(cell.get("outputs", ())):
            data = output.get("data", {})
            if code := data.get("image/png") or data.get("image/jpeg"):
                name = f"{path.stem[:2]}-{index:02}-{number}.png"
                Image.open(io.BytesIO(base64.b64decode(code))).save(Path(folder, name))


def main(command="", *arguments):
    if command not in COMMANDS:
        sys.exit(__doc__)
    if command == "publish":
        return publish(*arguments)
    if command == "figures":
        return figures(next(iter(outputs(lessons(arguments[:1])[0]))), arguments[1])
    for lesson in lessons(arguments):
        if command == "format":
            reformat(lesson)
            continue
        books = execute_both(lesson) if command == "execute" else write(lesson)
        for path, book in books.items():
            path.parent.mkdir(exist_ok=True)
            nbformat.write(book, path)
        seconds, longest = map(book.metadata.get, CLOCKS)
        took = f"{seconds} s, the longest cell {longest} s"
        print(lesson.stem, took if seconds else "not executed", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
