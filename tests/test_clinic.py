"""The clinic's painters: one sick part each, seen in the curves, healed by one line."""

import difflib
import inspect

import pytest
import torch

from notebooks import build
from notebooks.checks import n09, patients
from notebooks.checks.clinic import BEGINS, HEALTHY, Ward, code_of
from notebooks.checks.patients import PATIENTS

(LESSON,) = build.lessons(("09",))


@pytest.fixture(scope="module")
def ward():
    return Ward("cat", "brush_strokes", 32, 4, "cpu")


def mended():
    """{patient: the part of the lesson's solution}"""
    found, known = {}, {"check": n09, "torch": torch}
    known |= {
        name: getattr(patients, name) for name in ("CONTENT_LAYERS", "STYLE_LAYERS")
    }
    for cell in build.codes(build.notebook(LESSON, True)):
        if "solution" in cell.metadata.get("tags", ()):
            exec(cell.source, names := {**known})
            (name,) = {*names} - {*known, "__builtins__"}
            found[name[-1].upper()] = names[name]
    return found


MENDED = mended()


@pytest.mark.parametrize("patient", PATIENTS)
def test_the_lessons_own_solution_heals_the_painter(ward, patient):
    name, _ = PATIENTS[patient]
    start = BEGINS.get(patient, {})
    picture, curves = ward.paint(**{name: MENDED[patient]}, **start)
    wanted, expected = ward.paint(**start)
    assert torch.equal(picture, wanted) and curves == expected


@pytest.mark.parametrize("patient", PATIENTS)
def test_a_sick_part_is_the_healthy_one_but_for_a_line(patient):
    name, _ = PATIENTS[patient]
    body = code_of(patient).splitlines()[1:]
    well = inspect.getsource(HEALTHY[name]).splitlines()[1:]
    wrong = [line for line in difflib.ndiff(well, body) if line[0] == "+"]
    assert 1 <= len(wrong) <= 2, wrong


@pytest.mark.parametrize(
    "patient, loss, index, least, most",
    [
        ("A", "style", 1, 10, 1e9),  # of the healthy one's
        ("B", "style", 0, 0, 0),
        ("C", "style", 0, 0, 0.05),
        ("D", "style", 0, 1e3, 1e9),
        ("E", "content", 0, 0, 0.9),
        ("F", "content", -1, 0, 3),
    ],
)
def test_the_symptom_shows_in_the_curve(ward, patient, loss, index, least, most):
    name, sick = PATIENTS[patient]
    start = BEGINS.get(patient, {})
    (_, ill), (_, well) = ward.paint(**{name: sick}, **start), ward.paint(**start)
    assert least <= ill[loss][index] / well[loss][index] <= most


def test_the_ward_shows_sick_mended_and_unanswered(ward):
    titles = {
        ward.examine("A"): ["A", "healthy"],
        ward.heal("A", ...): ["A, still sick", "healthy"],
        ward.heal("A", MENDED["A"]): ["A, with your part", "healthy"],
    }
    for figure, expected in titles.items():
        assert [axis.get_title() for axis in figure.axes[:2]] == expected
    assert torch.equal(ward.pictures["A"], ward.pictures["A, still sick"])
    assert torch.equal(ward.pictures["healthy"], ward.pictures["A, with your part"])
