"""A number that a lesson's text states stands in an output or in the code of a cell.

Each number in the text of a section (from one heading # or ## to the next), and in the
answers of its guesses, is looked for in what the cells of that section put out. It may
differ by half a unit of its last digit, after "about" by a tenth; a percentage must be
one there too. Numbers of the lesson's code (sizes, steps) may be repeated. References,
names, formulas and code are no claims: NO_CLAIM takes them out. Measurements stand in
digits, so that they are found; WORDS are the numbers that do not.
"""

import re
from html import unescape

import nbformat
import pytest

from notebooks import build

LESSONS = build.lessons()
NUMBER = re.compile(r"(\babout )?(?<![\w.,])(\d[\d,]*\d|\d)(\.\d+)?(?!\w)(?:\s?(%))?")
NO_CLAIM = re.compile(
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$"  # code and formulas
    r"|\[[^\]]*\]\([^)]*\)|<[^>]*>|arXiv[: ]?[\d.]+"  # links, tags
    r"|\b(?:figures?|equations?|notebooks?|exercises?|CVPR)\s+\(?\d+\)?"
    r"|^#+ \d+\.|\d+×\d+|\b(?:19|20)\d\d\b",  # headings, sizes, years
    re.S | re.M | re.I,
)
WORDS = re.compile(
    r"\b\w*(?:(?:thir|four|fif|six|seven|eigh|nine)te|twent|thirt|fort|fift|sixt|sevent"
    r"|eight[iy]|ninet|hundred|thousand|million|tenth|percent)\w*"
)
PROGRESS = re.compile(r"^.*%\|.*$", re.M)


def numbers(text):
    """(value, the error that its writing allows, "%" or "") of each in plain text."""
    for about, whole, decimals, percent in NUMBER.findall(text):
        value = float(whole.replace(",", "") + decimals)
        error = 0.5 * 10.0 ** -max(len(decimals) - 1, 0)
        yield value, max(error, 0.1 * value) if about else error, percent


def sections(book):
    """[[cells]] of a notebook, from one heading # or ## to the next."""
    found = []
    for cell in book.cells:
        if cell.cell_type == "markdown" and re.match("##? ", cell.source):
            found.append([])
        found[-1].append(cell)
    return found


def put_out(cell):
    """What a cell printed or returned, as plain text; a verdict is no measurement."""
    if {"exercise", "solution"} & {*cell.metadata.get("tags", ())}:
        return ""
    texts = []
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        texts.append(data.get("text/html", data.get("text/plain", "")))
        texts.append(PROGRESS.sub("", output.get("text", "")))
    return unescape(re.sub("<[^>]*>", " ", "\n".join(texts)))


def prose_and_outputs(cells):
    """The text of a section, its guesses' answers included, and what it put out."""
    prose, outputs = [], []
    for cell in cells:
        if cell.cell_type == "markdown":
            prose.append(NO_CLAIM.sub(" ", cell.source))
        elif cell.source.startswith("check.guess_"):
            prose.append(NO_CLAIM.sub(" ", put_out(cell)))
        elif cell.source != "check.guesses()":
            outputs.append(put_out(cell))
    return "\n".join(prose), "\n".join(outputs)


def unfounded(book):
    """What the text of a notebook states that no output and no code of it backs."""
    code = "\n".join(cell.source for cell in build.codes(book))
    settings = {value for value, _, _ in numbers(code)}
    found = []
    for cells in sections(book):
        prose, outputs = prose_and_outputs(cells)
        where = cells[0].source.splitlines()[0]
        found += [f"{word}, in {where}: in digits" for word in WORDS.findall(prose)]
        shown = [*numbers(outputs)]
        for value, error, unit in numbers(prose):
            near = (abs(v - value) <= error + 1e-9 for v, _, u in shown if u == unit)
            if not any(near) and (unit or value not in settings):
                found.append(
                    f"{value:g}{unit}, in {where}: no cell of it puts that out"
                )
    return found


def committed(lesson):
    return nbformat.read(build.HERE / "solutions" / f"{lesson.stem}.ipynb", 4)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_what_is_stated_is_what_was_put_out(lesson):
    assert unfounded(committed(lesson)) == []


OUTPUT = "relu1_1  21.3 times, 46.5 %\n3,249 numbers\n100%|████| 60/60 loss=0.002"


@pytest.mark.parametrize(
    "prose, wrong",
    [
        ("It has 21.3 times as many, 21 in short, 3249 or 3,249 in all.", 0),
        ("It has 21.4 times as many.", 1),
        ("It is about 20 times as many, about 50 % more.", 0),
        ("It is 20 times as many, about 60 % more.", 2),
        ("It is 46.5 % or 47 %.", 0),
        ("It is 46.5, without its unit.", 1),
        ("It is 21.3 %, with one that is not its own.", 1),
        ("In 60 steps the loss fell to 0.002, says a progress bar: 100 %.", 3),
        ("At relu3_1, in Figure 3 of arXiv:1508.06576 (2015), `x = 5`, $2^7$, 3×3.", 0),
        ("It was made in 192 steps.", 0),  # a setting
        ("It is 192 %.", 1),  # no setting is a percentage
        ("It has twenty times as many, a tenth of a million.", 3),
    ],
)
def test_a_wrong_number_is_found(prose, wrong):
    v4 = nbformat.v4
    printed = v4.new_code_cell("STEPS = 192", outputs=[v4.new_output("stream")])
    printed.outputs[0].text = OUTPUT
    cells = [v4.new_markdown_cell("## A section"), printed, v4.new_markdown_cell(prose)]
    assert len(unfounded(v4.new_notebook(cells=cells))) == wrong
    other = v4.new_markdown_cell("## The next section")
    elsewhere = v4.new_notebook(cells=[*cells[:2], other, cells[2]])
    assert len(unfounded(elsewhere)) >= wrong, "a section is proved by its own cells"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_wrong_number_planted_in_a_lesson_is_found(lesson):
    """Each decimal and each percentage of its text, a third too large, in turn."""
    book, planted, missed = committed(lesson), 0, []  # the clinic plants none
    for cell in book.cells:
        right = cell.source if cell.cell_type == "markdown" else ""
        for found in re.findall(r"\d+\.\d+|\d+(?= ?%)", NO_CLAIM.sub("", right)):
            cell.source = right.replace(found, f"{1.37 * float(found):g}")
            planted += 1
            missed += [] if unfounded(book) else [found]
            cell.source = right
    assert len(missed) <= planted / 10, (planted, missed)
