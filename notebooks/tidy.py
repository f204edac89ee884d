"""What of an executed notebook is committed: outputs without state, figures told."""

import base64
import io
import itertools
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image

from .checks.guess import VIEW

ALTERNATIVE = re.compile(r"The\s+figure\b.*?(?=\n\n|\Z)", re.S)  # says what it shows
# The output of a cell tagged "answer", until it runs: the standard's word (Colab, the
# classic notebook) and JupyterLab's.
FOLDED = {"collapsed": True, "jupyter": {"outputs_hidden": True}}


def strip(notebook: NotebookNode) -> NotebookNode:
    """Drop widget state, clocks and the past of progress bars; tend the figures.

    A figure is told in the text above it, or below if it answers a question.
    """
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    above = ""
    for cell, below in itertools.zip_longest(notebook.cells, notebook.cells[1:]):
        above = told(cell) if cell.cell_type == "markdown" else above
        answers = "answer" in cell.metadata.get("tags", ())
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = _merge_streams(cell.outputs)
            if answers:
                _veil(cell.outputs)
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(VIEW, None)  # its words stay
            _shrink(output.get("data", {}))
            for kind in output.get("data", {}):
                if kind.startswith("image/"):
                    words = (answers and below and told(below)) or above
                    output.metadata[kind] = {"alt": words}
    return notebook


def told(cell: NotebookNode) -> str:
    """What a markdown cell says that the figure shows, or nothing."""
    found = ALTERNATIVE.search(cell.source)
    return " ".join(found[0].split()) if found else ""


def _merge_streams(outputs):
    """One output for all that was printed, a progress bar in its last state."""
    printed = [output for output in outputs if output.output_type == "stream"]
    if printed:
        text = "".join(output.text for output in printed)
        printed[-1].text = re.sub(r"[^\n]*\r(?!\n)", "", text)
    return [output for output in outputs if output not in printed[:-1]]


def _veil(outputs):
    """Begin what is printed with a line of nothing: JupyterLab shows it when folded."""
    if outputs and outputs[0].get("text", "\n").strip(" ")[0] != "\n":
        outputs[0].text = " \n" + outputs[0].text


def _shrink(data, limit=100_000):
    """A large PNG figure becomes a JPEG, which every front end shows as well."""
    if len(data.get("image/png", "")) > limit:
        png = base64.b64decode(data.pop("image/png"))
        picture = Image.open(io.BytesIO(png)).convert("RGB")
        picture.save(jpeg := io.BytesIO(), "JPEG", quality=80)
        data["image/jpeg"] = base64.b64encode(jpeg.getvalue()).decode()


def figures(path: Path, folder: str) -> None:
    """Write a notebook's pictures as PNG files, to look at."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for index, cell in enumerate(nbformat.read(path, 4).cells):
        for number, output in enumerate(cell.get("outputs", ())):
            data = output.get("data", {})
            if code := data.get("image/png") or data.get("image/jpeg"):
                name = f"{path.stem[:2]}-{index:02}-{number}.png"
                Image.open(io.BytesIO(base64.b64decode(code))).save(Path(folder, name))
