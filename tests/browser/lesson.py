"""A lecturer opens a lesson in a real JupyterLab, runs it, changes it and saves it.

python -m pytest tests/browser/lesson.py
"""

import os
import shutil
import sys

from tests.browser import lab
from tests.colab_like import ROOT

LESSON = "source/00_start_here.md"
STARTED = "() => window.jupyterapp?.restored"
OPEN_WITH_NOTEBOOK = """path => { window.jupyterapp.commands.execute(
    'docmanager:open', {path, factory: 'Notebook'}) }"""
RUN = "async () => { await window.jupyterapp.commands.execute('%s') }"
FAILED = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells]
    .filter(cell => cell.type === 'code').flatMap(cell => cell.outputs.toJSON())
    .filter(output => output.output_type === 'error').map(output => output.evalue)"""
CHANGE = """([old, now]) => {
    const cells = window.jupyterapp.shell.currentWidget.content.model.cells;
    const cell = [...cells].find(cell => cell.sharedModel.getSource().includes(old));
    cell.sharedModel.setSource(cell.sharedModel.getSource().replace(old, now)); }"""


def test_a_lesson_runs_and_only_what_is_changed_changes(tmp_path):
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    notebooks = tmp_path / "notebooks"
    lesson = notebooks / LESSON
    before = lesson.read_text("utf-8")
    paths = f"{ROOT}{os.pathsep}{notebooks}"  # the second is what make lab gives
    with (
        lab.server(
            sys.executable, notebooks, PYTHONPATH=paths, NST_FAST="1"
        ) as address,
        lab.page() as page,
    ):
        page.goto(address.format("lab"))
        page.wait_for_function(STARTED, timeout=60_000)
        page.evaluate(OPEN_WITH_NOTEBOOK, LESSON)
        page.wait_for_function(lab.READY, timeout=90_000)
        page.evaluate(RUN % "notebook:run-all-cells")
        assert page.evaluate(FAILED) == []
        page.evaluate(RUN % "docmanager:save")
        assert lesson.read_text("utf-8") == before
        page.evaluate(CHANGE, ["Two pictures go in", "Both pictures"])
        page.evaluate(RUN % "docmanager:save")
        after = before.replace("Two pictures go in", "Both pictures", 1)
        assert lesson.read_text("utf-8") == after != before
        assert page.errors == []
