"""A lesson is a notebook that JupyterLab opens, and a text file that stays readable."""

import shutil
import subprocess
import sys

import jupytext
import nbformat
import pytest

from notebooks import build

LESSONS = build.lessons()
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
MADE_UP = """\
---
jupyter:
  jupytext:
    split_at_heading: true
---

# A

```python tags=["parameters"] slideshow={"slide_type": ""}
x = 1
```


more

## B
```console
# no
```

### C

```python slideshow={"slide_type": "fragment"}
# D
```
"""


def test_headings_and_fences_make_the_cells(tmp_path):
    lesson = tmp_path / "07_made_up.md"
    lesson.write_text(MADE_UP, "utf-8")
    title, _, *cells = build.notebook(lesson).cells
    assert title.source.startswith("# A\n\n[![Open in Colab]")
    assert [(c.cell_type, c.source, c.metadata) for c in cells] == [
        ("code", "x = 1", {"tags": ["parameters"], **slide("-")}),
        ("markdown", "more", slide("-")),
        ("markdown", "## B\n```console\n# no\n```", slide("slide")),
        ("markdown", "### C", slide("subslide")),
        ("code", "# D", slide("fragment")),
    ]


def slide(kind):
    return {"slideshow": {"slide_type": kind}}


@each_lesson
def test_a_lesson_read_and_written_is_the_same_file(lesson):
    assert jupytext.writes(jupytext.read(lesson), "md") == lesson.read_text("utf-8")


def jupyterlab(folder):
    """What JupyterLab opens and saves files by, where jupytext is installed."""
    return jupytext.TextFileContentsManager(root_dir=str(folder))


@each_lesson
def test_what_jupyterlab_adds_stays_out_of_the_lesson(lesson, tmp_path):
    shutil.copy(lesson, tmp_path)
    model = jupyterlab(tmp_path).get(lesson.name, type="notebook")
    model["content"].metadata["language_info"] = {"name": "python", "version": "3.13.1"}
    for cell in model["content"].cells:
        cell.metadata |= {"trusted": True, "editable": True, "execution": {}}
    for cell in build.codes(model["content"]):
        cell.execution_count = 1
        cell.outputs = [nbformat.v4.new_output("stream", text="printed")]
    jupyterlab(tmp_path).save(model, lesson.name)
    assert (tmp_path / lesson.name).read_bytes() == lesson.read_bytes()


def test_what_is_edited_in_jupyterlab_is_in_the_notebooks(tmp_path):
    """A sentence, a slide type and a solution, by the command that people run."""
    lesson = LESSONS[0].relative_to(build.ROOT).as_posix()
    needed = ("notebooks/__init__.py", "notebooks/build.py", "notebooks/tidy.py")
    for name in ("pyproject.toml", *needed, lesson):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(build.ROOT / name, tmp_path / name)
    model = jupyterlab(tmp_path).get(lesson, type="notebook")
    prose = next(c for c in model["content"].cells[1:] if c.cell_type == "markdown")
    prose.source += "\n\nOne more sentence."
    prose.metadata["slideshow"] = {"slide_type": "notes"}
    solution = next(c for c in model["content"].cells if "solution" in str(c.metadata))
    solution.source = "answer = 42\n" + solution.source
    jupyterlab(tmp_path).save(model, lesson)
    command = [sys.executable, "-m", "notebooks.build", "write"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    for path, solved in build.outputs(LESSONS[0]).items():
        made = nbformat.read(tmp_path / path.relative_to(build.ROOT), 4).cells
        old = build.notebook(LESSONS[0], solved).cells
        changed = [new for new, cell in zip(made, old, strict=True) if new != cell]
        expected = [prose, solution] if solved else [prose]
        assert [(c.source, c.metadata.get("tags")) for c in changed] == [
            (c.source, c.metadata.get("tags")) for c in expected
        ]
        assert changed[0].metadata == slide("notes")
