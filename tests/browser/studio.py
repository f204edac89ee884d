"""The Studio in a real browser, under JupyterLab 4 and under Colab's versions.

    python -m pytest tests/browser/studio.py

Leaves screenshots in artefacts/.
"""

import base64
import os
import re
import shutil
import sys

import pytest

from nst.keep.record import read_record
from tests.browser import lab
from tests.browser.lab import Panel
from tests.colab_like import ROOT, environment

SIZE = int(os.environ.get("STUDIO_SIZE", 128))
CELLS = (
    f"import nst\nstudio = nst.Studio('cat', 'brush_strokes', size={SIZE})\nstudio",
    "other = nst.Studio('coffee', 'ink', size=64)\nother",
)
SHOTS = ROOT / "artefacts"
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
# What sticks out of the panel or hides part of its own text.
CLIPPED = """panel => [...panel.querySelectorAll('*')].filter(e => {
    const box = e.getBoundingClientRect(), all = panel.getBoundingClientRect();
    if (!box.width || !box.height) return false;
    if (e.closest('svg, .nst-cover, .noUi-base, .ui-slider')) return false;
    const text = e.matches('button, label, .widget-label, .widget-readout, .nst-meter');
    return box.right > all.right + 1 || box.left < all.left - 1
        || (text && e.scrollWidth > e.clientWidth + 1);
}).map(e => e.outerHTML.slice(0, 150))"""
# What the keyboard reaches but nothing names.
UNNAMED = """panel => [...panel.querySelectorAll(
    'button, select, input, a[href], [tabindex="0"]')].filter(e => {
    if (!e.getClientRects().length) return false;
    const inside = e.closest('.jupyter-widgets');
    const label = inside && inside.querySelector('label, .widget-label');
    const after = i => getComputedStyle(i, '::after').content;
    const drawn = [...e.querySelectorAll('*')].some(i => after(i).startsWith('"'));
    return !(e.getAttribute('aria-label') || e.innerText || e.title || e.placeholder
        || drawn || (e.matches('select, input') && label && label.innerText));
}).map(e => e.outerHTML.slice(0, 150))"""
# What of the panel's text has a contrast below 4.5 to what is behind it.
FAINT = """panel => {
    const numbers = color => color.match(/[\\d.]+/g).map(Number);
    const over = ([r, g, b, a = 1], under) =>
        [r, g, b].map((value, i) => value * a + under[i] * (1 - a));
    const linear = v => v / 255 <= 0.04045 ? v / 3294.6
        : ((v / 255 + 0.055) / 1.055) ** 2.4;
    const light = color => {
        const [r, g, b] = color.map(linear);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
    const texts = '.nst-error, [role=status], .nst-step, .nst-meter, small, a, text';
    return [...panel.querySelectorAll(texts)].flatMap(e => {
        let behind = [], opacity = 1;
        for (let at = e; at; at = at.parentElement) {
            opacity *= getComputedStyle(at).opacity;
            behind.unshift(numbers(getComputedStyle(at).backgroundColor)); }
        behind = behind.reduce((under, color) => over(color, under), [255, 255, 255]);
        const style = getComputedStyle(e);
        const [r, g, b, a = 1] = numbers(e.matches('text') ? style.fill : style.color);
        const seen = [over([r, g, b, a * opacity], behind), behind].map(light);
        const contrast = (Math.max(...seen) + 0.05) / (Math.min(...seen) + 0.05);
        return contrast < 4.5 ? [e.outerHTML.slice(0, 90) + ' ' + contrast] : [];
    }); }"""
THEME = """name => window.jupyterapp.commands.execute(
    'apputils:change-theme', {theme: 'JupyterLab ' + name})"""
THEMED = "light => document.body.dataset.jpThemeLight === light"


@pytest.fixture(scope="module", params=["lab4", "lab3"])
def jupyter(request, tmp_path_factory):
    """(name, address of a server, its folder), one of each kind."""
    python = sys.executable if request.param == "lab4" else str(environment())
    folder = tmp_path_factory.mktemp(request.param)
    SHOTS.mkdir(exist_ok=True)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    shutil.copytree(ROOT / "data", folder / "data")
    lab.write(folder / "studio.ipynb", *CELLS)
    with lab.server(python, folder, PYTHONPATH=str(ROOT), NST_FAST="1") as address:
        yield request.param, address, folder


@pytest.fixture(params=[1280, 900], ids=["wide", "narrow"])
def page(request):
    with lab.page(request.param) as page:
        yield page
        assert page.errors == []


def test_a_session_from_start_to_a_saved_picture(jupyter, page, tmp_path):
    name, address, folder = jupyter
    shot = f"{name}-{page.viewport_size['width']}"
    lab.open_and_run(page, address, "studio.ipynb")
    panel = Panel(page)
    page.locator(".nst-studio").nth(1).wait_for(timeout=60_000)
    first = panel.picture()
    panel.play("play")
    panel.until(lambda: panel.picture() != first)
    panel.until(lambda: "steps/s" in panel.text())

    style = re.search(r"style (\S+)", panel.text()).group(0)
    step = 1 / panel.steps_per_second()
    before = panel.number()
    panel.key(0, "End")
    delay = panel.until(lambda: "style 10000" in panel.text())
    acted = panel.until(lambda: panel.number() > before + 1) + delay
    print(f"{shot}: slider to label {delay:.2f}, acted {acted:.2f}, step {step:.2f} s")
    assert delay < 1 + 2 * step
    panel.until(lambda: panel.root.locator(".nst-chart .move").count() == 1)

    panel.play("pause")
    page.wait_for_timeout(300)
    page.wait_for_function(lab.READY)  # the step that was under way is done
    panel.until(lambda: "steps/s" not in panel.text())
    number, image = panel.number(), panel.picture()
    page.wait_for_timeout(1500)
    assert (panel.number(), panel.picture()) == (number, image)

    panel.button("Step").click()
    panel.until(lambda: panel.number() == number + 1)
    panel.button("Undo").click()
    panel.until(lambda: style in panel.text() and "Back" in panel.said())
    assert panel.number() < number

    panel.button("Snapshot").click()
    panel.root.locator(".nst-shot").wait_for()
    kept = panel.number()
    panel.button("Step").click()
    panel.until(lambda: panel.number() == kept + 1)
    panel.root.locator(".nst-shot").press("Enter")
    panel.until(lambda: panel.number() == kept)

    panel.button("Compare").click()
    cover = panel.root.locator(".nst-cover")
    cover.locator("input").press("ArrowRight")
    assert re.search(r"--x: *51%", cover.get_attribute("style"))
    panel.root.screenshot(path=SHOTS / f"{shot}-compare.png")

    panel.button("Save PNG").click()
    link = panel.root.locator("a[download]")
    link.wait_for()
    data = link.get_attribute("href").split(",")[1]
    path = tmp_path / link.get_attribute("download")
    path.write_bytes(base64.b64decode(data))
    assert read_record(path)["recipe"]["size"] == SIZE
    assert (folder / "outputs" / path.name).read_bytes() == path.read_bytes()

    panel.root.locator("input[placeholder]").first.fill("/nowhere.png")
    panel.root.locator("input[placeholder]").first.press("Enter")
    panel.until(lambda: "no such picture" in panel.said())
    assert panel.number() == kept
    assert panel.root.locator("input[placeholder]").first.input_value() == ""
    for theme, light in (("Dark", "false"), ("Light", "true")):
        page.evaluate(THEME, theme)
        page.wait_for_function(THEMED, arg=light)
        page.wait_for_timeout(300)
        assert panel.root.locator(".nst-error").count() == 1
        assert panel.root.evaluate(FAINT) == []
        panel.root.screenshot(path=SHOTS / f"{shot}-{theme}.png")

    other = Panel(page)
    other.root = page.locator(".nst-studio").nth(1)
    assert other.number() == 0 and "style 10000" not in other.text()
    assert panel.root.evaluate(CLIPPED) == []
    assert panel.root.evaluate(UNNAMED) == []
    panel.root.scroll_into_view_if_needed()
    page.screenshot(path=SHOTS / f"{shot}.png")


def test_running_the_cell_again_stops_the_old_panel(jupyter):
    _, address, _ = jupyter
    with lab.page() as page:
        lab.open_and_run(page, address, "studio.ipynb")
        panel = Panel(page)
        panel.play("play")
        panel.until(lambda: panel.number() >= 2)
        lab.run_all(page)
        panel.until(lambda: panel.number() == 0, 60)
        page.wait_for_timeout(1000)
        assert panel.number() == 0
        panel.play("play")
        panel.until(lambda: panel.number() >= 2)
        panel.play("pause")
        assert page.errors == []


def test_an_upload_is_painted(jupyter, tmp_path):
    _, address, _ = jupyter
    with lab.page() as page:
        lab.open_and_run(page, address, "studio.ipynb")
        panel = Panel(page)

        button = panel.root.get_by_role("button", name="upload content")

        def upload(file):
            with page.expect_file_chooser() as chooser:
                button.click()
            chooser.value.set_files(file)

        plain = lambda: button.inner_text() == "upload content"  # noqa: E731
        panel.until(plain)  # no number of files behind it
        assert "at most 10 MB" in button.get_attribute("title")

        (tmp_path / "bad.png").write_bytes(b"no picture")
        upload(tmp_path / "bad.png")
        panel.until(lambda: "cannot read 'bad.png'" in panel.said())
        upload(ROOT / "data" / "waves.jpg")
        panel.until(lambda: "content waves.jpg" in panel.said())
        panel.button("Step").click()
        panel.until(lambda: panel.number() == 1)
        upload(ROOT / "data" / "waves.jpg")  # the same once more
        panel.until(lambda: panel.number() == 0)
        panel.until(plain)
        (tmp_path / "phone.heic").write_bytes(HEIC)
        upload(tmp_path / "phone.heic")
        panel.until(lambda: "phone.heic" in panel.said())
        assert page.errors == []
        (tmp_path / "large.bmp").write_bytes(bytes(11_000_000))
        upload(tmp_path / "large.bmp")  # Jupyter refuses it, and connects again
        page.wait_for_timeout(3000)
        page.wait_for_function(lab.READY, timeout=60_000)
        panel.button("Step").click()
        panel.until(lambda: panel.number() == 1)


def test_the_notebook_of_the_course_runs(jupyter):
    _, address, _ = jupyter
    with lab.page() as page:
        lab.open_and_run(page, address, "notebooks/05_studio.ipynb")
        Panel(page)
        last = page.locator(".jp-CodeCell .jp-InputPrompt").last
        last.filter(has_text=re.compile(r"\d")).wait_for(timeout=180_000)
        assert page.get_by_text("Traceback").count() == 0
        assert page.errors == []
