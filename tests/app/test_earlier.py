"""An earlier result is a thing of value: the command line does not replace it."""

from pathlib import Path

import pytest

import nst
from nst.app.cli import main

TINY = ["--size", "32", "--steps", "2"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(command):
    assert main([*command.split(), *TINY]) == 0


def names():
    return sorted(path.name for path in Path().iterdir())


def test_by_default_it_is_named_after_the_inputs_and_another_gets_a_number(capsys):
    run("cat ink")
    first = Path("cat-ink.png").read_bytes()
    assert capsys.readouterr().out == "the result is in cat-ink.png\n"
    run("cat ink --style-weight 9")
    assert capsys.readouterr().out == "the result is in cat-ink-2.png\n"
    for again in ("cat ink --style-weight 9", "cat ink"):
        run(again)
    assert Path("cat-ink.png").read_bytes() == first
    run("cat ink --tile 64")  # the same picture
    assert names() == ["cat-ink-2.png", "cat-ink.png"]
    run("cat ink waves --every 1")
    steps = [f"cat-ink-waves-000{number}.png" for number in (1, 2)]
    assert names()[1:4] == [*steps, "cat-ink-waves.png"]


def test_a_name_that_is_given_replaces_what_nst_made(capsys):
    run("cat ink -o a.png")
    run("cat waves -o a.png")
    assert nst.read_record("a.png")["inputs"]["style"]["name"] == "waves"
    assert names() == ["a.png"]


@pytest.mark.parametrize("command", ["cat ink", "remake made.png"])
def test_but_nothing_else_unless_it_is_forced(command, capsys):
    run("cat ink -o made.png")
    Path("a.png").write_bytes(b"another's")
    options = TINY if command == "cat ink" else []
    assert main([*command.split(), "-o", "a.png", *options]) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("nst: 'a.png' is there and nst did not make it: name")
    assert "--force" in told and Path("a.png").read_bytes() == b"another's"
    assert main([*command.split(), "-o", "a.png", "--force", *options]) == 0
    assert Path("a.png").read_bytes() == Path("made.png").read_bytes()


def test_what_came_while_it_painted_stays(monkeypatch, capsys):
    evaluate = nst.Objective.evaluate

    def come(objective, image):
        Path("a.png").write_bytes(b"another's")
        return evaluate(objective, image)

    monkeypatch.setattr(nst.Objective, "evaluate", come)
    assert main(["cat", "ink", "-o", "a.png", *TINY]) == 2
    assert "; the picture is in '" in capsys.readouterr().err
    assert Path("a.png").read_bytes() == b"another's"


def test_remakes_get_numbers_too():
    run("cat ink -o a.png")
    assert main(["remake", "a.png"]) == main(["remake", "a.png"]) == 0
    assert names() == ["a-remade.png", "a.png"]
    run("cat waves -o a.png")
    assert main(["remake", "a.png"]) == 0
    assert names() == ["a-remade-2.png", "a-remade.png", "a.png"]
