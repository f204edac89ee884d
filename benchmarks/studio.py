"""How fast the Studio obeys, in a real browser, at 256 px.

python -m benchmarks.studio
"""

import statistics
import sys
import tempfile
from pathlib import Path

from tests.browser import lab
from tests.colab_like import ROOT, environment

CELL = """import nst
studio = nst.Studio("cat", "brush_strokes", sizes=(128, 256), steps=(12, 1000))
studio"""
TIMES = 7
ROWS = (
    ("first picture", "Start to the first new picture"),
    ("step", "a step at 256 px"),
    ("label", "slider let go to its value in the label"),
    ("effect", "slider let go to a picture painted with it"),
    ("pause", "Pause to standstill"),
)


def measure(python):
    """{what: median seconds} under the JupyterLab of ``python``."""
    folder = Path(tempfile.mkdtemp())
    lab.write(folder / "studio.ipynb", CELL)
    found = {name: [] for name, _ in ROWS}
    with (
        lab.server(python, folder, PYTHONPATH=str(ROOT)) as address,
        lab.page() as page,
    ):
        lab.open_and_run(page, address, "studio.ipynb")
        panel = lab.Panel(page)
        page.wait_for_function(lab.READY)
        before = panel.picture()
        panel.play("play")
        found["first picture"] = [panel.until(lambda: panel.picture() != before)]
        panel.until(lambda: "256×" in panel.text() and panel.number() > 16, 120)
        page.wait_for_timeout(10_000)  # the pace is an average over some steps
        found["step"] = [1 / panel.steps_per_second()]
        for turn in range(TIMES):
            weight = "10000" if turn % 2 == 0 else "off"
            panel.key(0, "End" if turn % 2 == 0 else "Home")
            word = f"style {weight.replace('off', '0')} "
            delay = panel.until(lambda word=word: word in panel.text())
            number = panel.number()
            more = panel.until(lambda n=number: panel.number() > n)
            found["label"] += [delay]
            found["effect"] += [delay + more]
            page.wait_for_timeout(1000)
            panel.play("pause")
            found["pause"] += [panel.until(panel.stands_still)]
            panel.play("play")
            page.wait_for_timeout(1500)
        panel.play("pause")
    return {name: statistics.median(times) for name, times in found.items()}


def everywhere():
    """{stack: `measure`}, Colab's versions of the widgets among them."""
    stacks = {"JupyterLab 4, ipywidgets 8": sys.executable}
    stacks["JupyterLab 3.6, ipywidgets 7.7"] = str(environment())
    return {name: measure(python) for name, python in stacks.items()}


def main():
    for stack, found in everywhere().items():
        for name, label in ROWS:
            print(f"{stack}: {label}: {found[name]:.2f} s")


if __name__ == "__main__":
    main()
