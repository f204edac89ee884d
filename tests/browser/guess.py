"""A guess in a real browser, under JupyterLab 4 and under Colab's versions.

    python -m pytest tests/browser/guess.py

Leaves screenshots in artefacts/.
"""

import sys

import nbformat
import pytest

from notebooks.checks import n02
from notebooks.tidy import FOLDED, strip
from tests.browser import lab
from tests.colab_like import ROOT, environment

SHOTS = ROOT / "artefacts"
ASK = "from notebooks.checks import n02 as check\ncheck.guess_pixels()"
GUESS = n02.guess_pixels


def as_committed(path):
    """A guess and its answer as they lie in the repository."""
    v4 = nbformat.v4
    bundle = n02.guess_pixels()._repr_mimebundle_()
    answer = v4.new_output("stream", text="0.156 and 0.179")
    metadata = FOLDED | {"tags": ["answer"]}
    cells = [
        v4.new_code_cell(ASK, outputs=[v4.new_output("display_data", data=bundle)]),
        v4.new_code_cell("print(…)", outputs=[answer], metadata=metadata),
    ]
    nbformat.write(strip(v4.new_notebook(cells=cells)), path)


@pytest.mark.parametrize("python", ["ours", "colab"])
def test_a_guess_is_made_and_then_the_answer_is_there(python, tmp_path):
    SHOTS.mkdir(exist_ok=True)
    lab.write(tmp_path / "live.ipynb", ASK)
    as_committed(tmp_path / "still.ipynb")
    python = sys.executable if python == "ours" else environment()
    with (
        lab.server(python, tmp_path, PYTHONPATH=str(ROOT)) as address,
        lab.page() as page,
    ):
        page.goto(address.format("doc/tree/still.ipynb"))
        page.get_by_text("The answer", exact=True).wait_for(timeout=90_000)
        page.screenshot(path=SHOTS / f"guess-still-{python == sys.executable}.png")
        assert not page.get_by_text(GUESS.why).is_visible()
        assert not page.get_by_text("0.156 and 0.179").is_visible()
        page.get_by_text("The answer", exact=True).click()
        assert page.get_by_text(GUESS.why).is_visible()
        lab.open_and_run(page, address, "live.ipynb")
        page.get_by_text(GUESS.choices[0]).click(timeout=90_000)
        page.get_by_text(f"Your guess: {GUESS.choices[0]}").wait_for(timeout=20_000)
        assert page.get_by_text(GUESS.why).is_visible()
        page.screenshot(path=SHOTS / f"guess-live-{python == sys.executable}.png")
