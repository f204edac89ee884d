"""The course runs, and what is committed is what it gives."""

import ast
import itertools
import re

import nbformat
import pytest

from notebooks import build
from notebooks.build import codes

LESSONS = build.lessons()
BOOKS = {
    path.relative_to(build.HERE).as_posix(): (lesson, solved)
    for lesson in LESSONS
    for path, solved in build.outputs(lesson).items()
}
books = pytest.mark.parametrize("name", BOOKS)
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)


def committed(name):
    return nbformat.read(build.HERE / name, 4)


@each_lesson
def test_it_runs_from_top_to_bottom_solved_and_not(lesson, monkeypatch):
    """In one run: a solution, then its exercise as a student finds it, and so on."""
    monkeypatch.setenv("NST_FAST", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    book = build.notebook(lesson, None)
    for i, (blank, solved) in enumerate(itertools.pairwise(book.cells)):
        if kind(blank) == "exercise" and kind(solved) == "solution":
            book.cells[i : i + 2] = solved, blank
    executed = build.execute(book, timeout=120)
    verdicts = [
        (kind(cell), output["data"]["text/plain"][0])
        for cell in codes(executed)
        for output in cell.outputs
        if kind(cell) and output.output_type == "execute_result"
    ]
    count = len(verdicts) // 2
    assert count >= 3 and verdicts == [("solution", "✓"), ("exercise", "○")] * count


@each_lesson
def test_no_cell_lives_on_what_a_solution_alone_defines(lesson):
    """So that a notebook runs the same solved or not."""
    cells = codes(build.notebook(lesson, None))
    solved = [cell for cell in cells if kind(cell) == "solution"]
    given = [cell for cell in cells if kind(cell) != "solution"]
    alone = names(solved, ast.Store) - names(given, ast.Store)
    assert not alone & names(given, ast.Load)


def kind(cell):
    return next(iter({"exercise", "solution"} & {*cell.metadata.get("tags", ())}), None)


def names(cells, context):
    """Those that cells bind (ast.Store) or read (ast.Load)."""
    code = "\n".join(cell.source for cell in cells if "bootstrap" not in str(cell))
    nodes = ast.walk(ast.parse(code))
    return {n.id for n in nodes if isinstance(n, ast.Name) and type(n.ctx) is context}


@books
def test_what_is_committed_is_its_source_executed(name):
    book, fresh = committed(name), build.notebook(*BOOKS[name])
    assert [(c.cell_type, c.source, c.metadata) for c in book.cells] == [
        (c.cell_type, c.source, c.metadata) for c in fresh.cells
    ], "the source has changed: make notebooks"
    assert book.metadata.get("sha256") == build.sha256(book), "make notebooks"
    counts = [cell.execution_count for cell in codes(book)]
    assert counts == list(range(1, len(counts) + 1))
    kinds = {output.output_type for cell in codes(book) for output in cell.outputs}
    assert "error" not in kinds


@books
def test_it_has_figures_and_no_widget_state_and_is_small(name):
    text = (build.HERE / name).read_text("utf-8")
    assert len(text) < 2_000_000
    assert "application/vnd.jupyter.widget" not in text
    assert "widgets" not in committed(name).metadata
    assert re.search(r'"image/(png|jpeg)"', text)


@books
def test_every_figure_is_told_in_words_above_it(name):
    for cell in codes(committed(name)):
        for output in cell.outputs:
            for kind in output.get("data", ()):
                if kind.startswith("image/"):
                    assert len(output.metadata[kind]["alt"]) > 60, cell.source


@books
def test_its_addresses_are_those_of_the_one_repository(name):
    text = (build.HERE / name).read_text("utf-8")
    found = re.findall(r"(?:github\.com/|com/github/)([\w.-]+/[\w-]+)", text)
    assert len(found) >= 2 and set(found) == {build.repository()}
    assert f"notebooks/{name})" in text  # the badge opens this very notebook


@books
def test_it_opens_as_a_lesson_does(name):
    first, bootstrap, parameters, *_ = committed(name).cells
    for part in ("# ", "colab-badge.svg", "question", "You will learn", "**Time:**"):
        assert part in first.source
    assert bootstrap.metadata["tags"] == ["bootstrap"]
    if parameters.cell_type != "code":
        parameters = committed(name).cells[3]
    assert parameters.metadata["tags"] == ["parameters"]


@books
def test_it_is_a_lecture(name):
    slides = [c.metadata["slideshow"]["slide_type"] for c in committed(name).cells]
    assert slides[0] == "slide" and slides.count("slide") >= 4


@books
def test_cells_are_short(name):
    for cell in codes(committed(name)):
        assert len(cell.source.splitlines()) <= 15, cell.source


@each_lesson
def test_a_solution_differs_in_its_exercise_cells_alone(lesson):
    blank, solved = build.notebook(lesson), build.notebook(lesson, True)
    pairs = list(zip(blank.cells[1:], solved.cells[1:], strict=True))
    differing = [pair for pair in pairs if pair[0].source != pair[1].source]
    assert 3 <= len(differing) <= 6
    for before, after in differing:
        assert before.metadata["tags"] == ["exercise"] and "..." in before.source
        assert after.metadata["tags"] == ["solution"]
        assert before.source.splitlines()[-1] == after.source.splitlines()[-1]


def test_publishing_rewrites_every_address_and_nothing_else(tmp_path, monkeypatch):
    old = build.repository()
    names = ["pyproject.toml", "README.md", *(f"notebooks/{n}" for n in BOOKS)]
    before = {name: (build.ROOT / name).read_text("utf-8") for name in names}
    for name, text in before.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "HERE", tmp_path / "notebooks")
    build.publish("ada/painting.machine")
    assert build.repository() == "ada/painting.machine"
    for name in names:
        after = (tmp_path / name).read_text("utf-8")
        assert f"/{old}" not in after
        if name.endswith(".ipynb"):
            book = nbformat.read(tmp_path / name, 4)
            assert book.metadata["sha256"] == build.sha256(book)
    build.publish(old)
    assert {n: (tmp_path / n).read_text("utf-8") for n in names} == before


def test_a_name_that_is_no_repository_is_refused():
    with pytest.raises(SystemExit, match="owner/name"):
        build.publish("somewhere")


@each_lesson
def test_writing_again_keeps_the_outputs_of_unchanged_code(lesson):
    for path, book in build.write(lesson).items():
        assert book == nbformat.read(path, 4)
