"""A prediction is asked, its answer unfolds with the guess, and the end remembers."""

import re
from importlib import import_module

import nbformat
import pytest

from notebooks import build
from notebooks.checks import guess as module
from notebooks.checks.guess import VIEW, Guess, guesses
from notebooks.tidy import FOLDED, strip

LESSONS = build.lessons()
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
CALL = re.compile(r"check\.(guess_\w+)\(\)")
TAGGED = {"tags": ["answer"]}
WHY = "It is < any other."


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch):
    monkeypatch.setattr(module, "ASKED", {})


def colour():
    return Guess("Which colour?", ["red", "blue"], "blue", WHY)()


def width():
    return Guess("How many pixels?", None, 68, WHY)()


@pytest.mark.parametrize(
    "ask, made, verdict",
    [
        (colour, "blue", "✓ As you guessed:"),
        (colour, "red", "✗ Your guess: red. The answer:"),
        (width, "68", "✓ As you guessed:"),
        (width, "60", "✓ Near enough (you said 60):"),
        (width, "30.5", "✗ Your guess: 30.5. The answer:"),
    ],
)
def test_the_answer_unfolds_with_the_guess_and_is_compared(ask, made, verdict):
    asked = ask()
    assert asked.told.value == "" and not asked.field.disabled
    asked.field.value = made
    right = f"<b>{asked.right}.</b> It is &lt; any other."
    assert asked.told.value == f"{verdict} {right}"
    assert asked.field.disabled, "the first guess counts"


def test_what_is_no_number_is_asked_again():
    asked = width()
    asked.field.value = "many"
    assert "'many' is no number" in asked.told.value.replace("&#x27;", "'")
    assert asked.made is None and not asked.field.disabled
    asked.field.value = "70"
    assert asked.made == 70 and asked.field.disabled


def test_asked_again_it_forgets_the_guess():
    asked = colour()
    asked.field.value = "red"
    assert asked().made is None and asked.field.value is None


def test_a_right_answer_is_one_of_the_choices():
    with pytest.raises(ValueError, match="'green' is none of the choices"):
        Guess("Which colour?", ["red", "blue"], "green", WHY)


def test_without_a_kernel_the_answer_lies_folded_under_the_question():
    """What strip leaves of the cell's output, which is what is committed."""
    bundle = colour()._repr_mimebundle_()
    assert bundle[VIEW]["model_id"]
    output = nbformat.v4.new_output("execute_result", data=bundle)
    cell = nbformat.v4.new_code_cell("check.guess_colour()", outputs=[output])
    (kept,) = strip(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs
    assert VIEW not in kept.data
    question, folded = kept.data["text/html"].split("<details>")
    assert "Which colour?" in question and "<li>red</li><li>blue</li>" in question
    assert "blue.</b> It is &lt; any other." in folded and WHY not in question
    assert kept.data["text/plain"] == "Guess. Which colour? (red / blue)"


def test_a_folded_answer_shows_not_even_its_first_line():
    """Which JupyterLab shows beside the dots; and strip may be run again."""
    one, two = (nbformat.v4.new_output("stream", text="0.156\n") for _ in range(2))
    figure = nbformat.v4.new_output("display_data", data={"text/plain": "<Figure>"})
    answer = nbformat.v4.new_code_cell(outputs=[one, figure], metadata=TAGGED)
    other = nbformat.v4.new_code_cell(outputs=[two], metadata={})
    book = nbformat.v4.new_notebook(cells=[answer, other])
    for _ in range(2):
        kept = [cell.outputs[0].text for cell in strip(book).cells]
        assert kept == [" \n0.156\n", "0.156\n"]


def test_the_end_of_a_lesson_lists_question_guess_and_answer():
    one, two, _ = colour(), width(), Guess("Left?", ["yes", "no"], "no", WHY)()
    assert "<details><summary>You guessed 0 of 3" in guesses().data
    one.field.value, two.field.value = "blue", "700"
    page = guesses().data
    assert "<details open><summary>You guessed 1 of 3" in page
    for row in (
        "<td>Which colour?</td><td>blue</td><td>✓ blue</td>",
        "<td>How many pixels?</td><td>700.0</td><td>68</td>",
        "<td>Left?</td><td>–</td><td>no</td>",
    ):
        assert row in page


def asked_in(lesson):
    """{name: Guess} of the lesson's checks."""
    checks = import_module(f"notebooks.checks.n{lesson.stem[:2]}")
    return {name: g for name, g in vars(checks).items() if isinstance(g, Guess)}


@each_lesson
def test_every_prediction_is_a_guess_before_its_folded_answer(lesson):
    """Text that says Predict, its guess and, before another guess, its answer."""
    cells = nbformat.read(build.HERE / f"{lesson.stem}.ipynb", 4).cells
    called = []
    for cell, following in zip(cells, cells[1:], strict=False):
        if cell.cell_type == "markdown" and re.search(r"\bPredict\b", cell.source):
            assert CALL.match(following.source), cell.source
    for i, cell in enumerate(cells):
        if call := CALL.match(cell.source):
            called.append(call[1])
            after = cells[i + 1 :]
            shown = next(c for c in after if "answer" in c.metadata.get("tags", ()))
            assert shown.metadata.items() >= FOLDED.items() and shown.outputs
            for between in after[: after.index(shown)]:
                assert not CALL.match(between.source), "two guesses, one answer"
    assert called and sorted(called) == sorted(asked_in(lesson))
    assert any(cell.source == "check.guesses()" for cell in cells)
