"""The slides open without a network, and nothing on them is cut off.

python -m pytest tests/browser/slides.py
"""

import base64
import io
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from notebooks import slides
from tests.browser import lab

SIZE = {"width": 1280, "height": 720}
READY = "() => window.Reveal?.isReady?.()"
COUNT = "() => Reveal.getTotalSlides()"
SHOW_ALL = """() => { while (Reveal.availableFragments().next) Reveal.nextFragment();
    document.querySelectorAll("details").forEach(folded => { folded.open = true; });
    return Reveal.getSlidePastCount(); }"""
CUT_OFF = """() => {
    const page = Reveal.getCurrentSlide();
    const inside = ({left, top, right, bottom}) =>
        left >= 0 && top >= 0 && right <= 1280.5 && bottom <= 720.5;
    const seen = [...page.querySelectorAll("p, li, td, pre, img, h1, h2, h3, svg")]
        .filter(part => !part.closest(".notes"));
    const bad = seen.filter(part => !inside(part.getBoundingClientRect()));
    if (page.scrollHeight > page.clientHeight || page.scrollWidth > page.clientWidth)
        bad.push(page);
    return bad.map(part => `${part.tagName} ${part.textContent.slice(0, 60)}`); }"""
WORDS = """() => [...document.querySelectorAll(".slides p, .slides li, .slides td")]
    .map(part => { part = part.cloneNode(true);
        part.querySelectorAll("code, mjx-container").forEach(inner => inner.remove());
        return part.textContent; }).join(" ")"""
MATHEMATICS = """() => [...document.querySelectorAll("mjx-container")].map(made =>
    made.querySelector("svg") && !made.querySelector("[data-mml-node=merror]"))"""
ALTERNATIVES = "() => [...document.images].map(image => image.alt)"
CLICKS = "() => document.querySelectorAll('.fragment').length"
EARLY = """() => [...document.querySelectorAll(".slides section > .fragment + *")]
    .filter(part => !part.matches(".fragment, .jp-CodeCell, aside"))
    .map(part => part.textContent.slice(0, 60))"""


def visit(path):
    """Every slide in turn, all of it shown: what is cut off, what the page holds."""
    asked = []
    with lab.page(**SIZE) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.context.set_offline(True)
        page.goto(path.as_uri())
        page.wait_for_function(READY, timeout=60_000)
        total, cut = page.evaluate(COUNT), []
        for number in range(total):
            assert page.evaluate(SHOW_ALL) == number
            cut += [f"{number}: {part}" for part in page.evaluate(CUT_OFF)]
            page.evaluate("() => Reveal.next()")
        assert page.evaluate(EARLY) == []  # what came out is not told before the click
        clicks = page.evaluate(CLICKS)
        with page.context.expect_page() as opened:
            page.keyboard.press("s")
        opened.value.wait_for_selector(".speaker-controls-notes", state="attached")
        assert page.errors == [] and page.evaluate(CLICKS) == clicks
        found = map(page.evaluate, (WORDS, MATHEMATICS, ALTERNATIVES))
        return asked, total, cut, *found


@pytest.mark.parametrize("name", ["01", "04"])
def test_a_lesson_is_lectured_without_a_network(name):
    slides.main(name)
    (path,) = slides.FOLDER.glob(f"{name}_*.html")
    asked, total, cut, words, mathematics, alternatives = visit(path)
    assert all(url.startswith("file:") for url in asked), asked
    assert total >= 20 and cut == []
    assert "$" not in words and "\\" not in words
    assert len(mathematics) > 10 and all(mathematics)
    assert len(alternatives) > 5 and all(len(words) > 60 for words in alternatives)


def test_what_is_too_large_goes_on_or_is_made_smaller(tmp_path):
    picture = io.BytesIO()
    Image.new("RGB", (400, 3000), "red").save(picture, "PNG")
    code = base64.b64encode(picture.getvalue()).decode()
    shown = new_output(
        "display_data", {"image/png": code}, metadata=alt("A red tower.")
    )
    long = "\n".join(f"line_{number} = {'1 + ' * 30}1" for number in range(60))
    wide = " + ".join(f"x_{{{number}}}^2" for number in range(60))
    cells = [
        new_markdown_cell("# Title\n\n![badge](https://example.org/badge.svg)"),
        new_code_cell("import nst", metadata={"tags": ["parameters"]}),
        new_markdown_cell(f"## Much\n\n{'Many words. ' * 300}\n\n$${wide}$$"),
        new_code_cell(long, outputs=[shown]),
        new_markdown_cell("<details><summary>Guess</summary>" + "No. " * 300),
    ]
    for cell in cells:
        heading = cell.source.startswith("#") and cell.cell_type == "markdown"
        cell.metadata["slideshow"] = {"slide_type": "slide" if heading else "-"}
    nbformat.write(new_notebook(cells=cells), tmp_path / "07_large.ipynb")
    slides.fetch(slides.FOLDER)
    for name in slides.LIBRARIES:
        (tmp_path / name).symlink_to(slides.FOLDER / name)
    path = tmp_path / "large.html"
    path.write_text(slides.deck(tmp_path / "07_large.ipynb"), "utf-8")
    asked, total, cut, words, mathematics, alternatives = visit(path)
    assert all(url.startswith("file:") for url in asked), asked
    assert total >= 5 and cut == []
    assert mathematics == [True] and alternatives == ["A red tower."]
    assert "badge" in words and words.count("Many words.") == 300
    first = re.split("<section", path.read_text("utf-8"))[2]
    assert "Title" in first and "import" not in first


def alt(words):
    return {"image/png": {"alt": words}}
