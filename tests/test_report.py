"""Handed-in notebooks are graded, and one that misbehaves costs only its own row."""

import json
import shutil
import tempfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from notebooks import build
from notebooks.checks import __main__ as command
from notebooks.checks import report

HEAD = "from checks import n01 as check, n02"
RIGHT, WRONG = "check.receptive_field(14)", "check.receptive_field(12)"
AFTER = "n02.different_numbers(2080)"
FORKS = "import os\nfor _ in range(3):\n    os.fork()"
MEMORY = "import torch\nlarge = torch.ones(10**9, dtype=torch.float64)"
# {hand-in: (its cells after HEAD and RIGHT, exercises right, words of its problem)}
MISBEHAVING = {
    "prints.ipynb": (["while True:\n    print('ha' * 10**6)"], 1, "more than 10 MB"),
    "forks.ipynb": ([FORKS, AFTER], 2, "may not start or stop processes"),
    "shell.ipynb": (["!echo started", AFTER], 2, "may not start or stop processes"),
    "eats.ipynb": ([MEMORY, AFTER], 2, "memory"),
    "leaves.ipynb": (["import os\nos._exit(3)", AFTER], 1, "exit status 3"),
    "misspelt.ipynb": (["def f(:", AFTER], 2, "cell 2 raised SyntaxError"),
    "exits.ipynb": (["exit()", AFTER], 2, "cell 2 raised"),
}
DELETING = """
import os, shutil
for harm in (
    lambda: shutil.rmtree({folder!r}),
    lambda: os.remove({file!r}),
    lambda: os.rename({file!r}, "mine.ipynb"),
    lambda: open({file!r}, "w"),
    lambda: os.truncate({file!r}, 0),
    lambda: shutil.rmtree(os.path.join(os.getcwd(), "..")),
    lambda: shutil.rmtree("."),
):
    try:
        harm()
    except PermissionError:
        pass
    except OSError as error:  # its own folder is its own
        print(error)
"""


@pytest.fixture(autouse=True)
def own_scratch(tmp_path_factory, monkeypatch):
    """If a guard should fail, a hand-in reaches only the folders of this test."""
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    return scratch


def hand_in(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [new_code_cell(cell) for cell in (HEAD, *cells)]
    nbformat.write(new_notebook(cells=cells), path)


def contents(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_right_half_right_and_unanswered_hand_ins_in_one_table(tmp_path, capsys):
    names = "00_start_here.ipynb"
    for student, source in {"ada": build.HERE / "solutions", "ben": build.HERE}.items():
        (tmp_path / student).mkdir()
        shutil.copy(source / names, tmp_path / student / names)
    hand_in(tmp_path / "half.ipynb", RIGHT, "n02.different_numbers(64)", AFTER + "[0]")
    (tmp_path / "essay.ipynb").write_text("I have read it all.")
    command.main(["report", str(tmp_path)])
    found = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert {path: row["right"] for path, row in found.items()} == {
        "ada/00_start_here.ipynb": 3,
        "ben/00_start_here.ipynb": 0,
        "half.ipynb": 2,
        "essay.ipynb": 0,
    }
    assert found["essay.ipynb"]["problems"] == ["no notebook (NotJSONError)"]
    assert found["half.ipynb"]["problems"][0].startswith("cell 3 raised TypeError")
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines[:5]}
    head = rows.pop("hand-in")
    assert head[:3] + head[-2:] == ["00.1", "00.2", "00.3", "right", "problems"]
    assert len(head) == 3 + 4 + 4 + 2
    signs = {path: "".join(row[:11]) for path, row in rows.items()}
    assert signs == {
        "ada/00_start_here.ipynb": "✓✓✓········",
        "ben/00_start_here.ipynb": "○○○········",
        "half.ipynb": "···✓······✓",
        "essay.ipynb": "···········",
    }
    assert "00.1 average_color" in lines
    ada = next(line for line in lines if line.startswith("ada/"))
    assert ada.endswith(" 3/3")


def test_a_students_notebooks_are_added_up():
    marks = {"ada/00.ipynb": (3, 3), "ada/01.ipynb": (2, 4), "ben/00.ipynb": (1, 3)}
    assert report.sums(marks) == ["ada: 5/7 in all"]


@pytest.mark.parametrize("name", MISBEHAVING)
def test_one_that_misbehaves_costs_its_own_row(name, tmp_path):
    cells, right, words = MISBEHAVING[name]
    hand_in(tmp_path / name, RIGHT, *cells)
    row = report.grade(tmp_path / name, megabytes=3000)
    assert row["right"] == right and row["exercises"]["n01.receptive_field"]["right"]
    assert words in " ".join(row["problems"])


def test_one_that_loops_is_stopped_and_keeps_what_was_right(tmp_path):
    hand_in(tmp_path / "loops.ipynb", RIGHT, "while True:\n    pass", AFTER)
    row = report.grade(tmp_path / "loops.ipynb", seconds=40)
    assert row["problems"] == ["stopped after 40 s"] and row["right"] == 1


def test_one_that_deletes_files_hurts_nobody_elses(tmp_path):
    hand_in(tmp_path / "class" / "ada" / "01.ipynb", RIGHT)
    folder, file = tmp_path / "class", tmp_path / "class" / "ada" / "01.ipynb"
    harm = DELETING.format(folder=str(folder), file=str(file))
    hand_in(folder / "ben" / "01.ipynb", RIGHT, harm, AFTER)
    before = contents(tmp_path)
    assert report.grade(folder / "ben" / "01.ipynb")["right"] == 2
    assert contents(tmp_path) == before


def test_a_verdict_is_of_the_check_and_not_of_what_is_printed(tmp_path):
    say = '{"exercise": "n01.receptive_field", "right": true, "said": "right"}'
    hand_in(tmp_path / "a.ipynb", f"print('''{say}''')", WRONG, RIGHT, WRONG)
    hand_in(tmp_path / "b.ipynb", f"print('''{say}''')", WRONG)
    rows = report.report(tmp_path)
    assert [row["right"] for row in rows.values()] == [1, 0]  # any call may be right
    assert (
        "Walk down" not in rows["b.ipynb"]["exercises"]["n01.receptive_field"]["said"]
    )


def test_what_is_no_folder_is_told(tmp_path):
    with pytest.raises(SystemExit, match="no folder"):
        command.main(["report", str(tmp_path / "nothing")])
