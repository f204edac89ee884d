"""A JupyterLab of our own and a page in headless Chromium that looks at it."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time
import urllib.request

import nbformat
from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--disable-dev-shm-usage"
).split()
SLIDER = ".noUi-handle, .ui-slider-handle"
READY = (
    "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session"
    "?.kernel?.status === 'idle'"
)
# Of the console's errors: what needs the internet, and what JupyterLab itself lacks.
NO_INTERNET = ("ERR_NAME_NOT_RESOLVED", "about:blank", "MathJax")
HARMLESS = (*NO_INTERNET, "favicon", "ResizeObserver loop")


@contextlib.contextmanager
def server(python, folder, **environment):
    """JupyterLab on ``folder``; yields its address, with {} where a path goes."""
    settings = folder / ".settings"
    quiet = settings / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    (quiet / "notification.jupyterlab-settings").write_text(
        json.dumps({"fetchNews": "false", "checkForUpdates": False})
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, **environment, "JUPYTERLAB_SETTINGS_DIR": str(settings)}
    for name in (
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_RUNTIME_DIR",
        "JUPYTERLAB_WORKSPACES_DIR",
    ):
        env[name] = str(folder / f".{name.lower()}")
    old = "import jupyterlab; assert jupyterlab.__version__ < '4'"
    is_old = (
        subprocess.run([python, "-c", old], stderr=subprocess.DEVNULL).returncode == 0
    )
    token = "--ServerApp.token=T" if is_old else "--IdentityProvider.token=T"
    command = (
        f"{python} -m jupyterlab --no-browser --allow-root --ip=127.0.0.1 "
        f"--port={port} --ServerApp.port_retries=0 {token} "
        f"--ServerApp.root_dir={folder} --LabApp.expose_app_in_browser=True "
        "--ServerApp.disable_check_xsrf=True"
    )
    with open(folder / "server.log", "w") as log:
        lab = subprocess.Popen(command.split(), env=env, stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}/{{}}?token=T&reset"
        for _ in range(240):
            time.sleep(0.25)
            with contextlib.suppress(OSError):
                urllib.request.urlopen(address.format("api/status"))
                break
        yield address
    finally:
        lab.terminate()
        lab.wait(20)


@contextlib.contextmanager
def page(width=1280, height=800):
    """A page whose ``.errors`` collects what its console complains about."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.errors = []

        def hear(text):
            if not any(word in text for word in HARMLESS):
                page.errors.append(text)

        page.on(
            "console",
            lambda m: m.type == "error" and hear(f"{m.text} {m.location.get('url')}"),
        )
        page.on("pageerror", lambda error: hear(str(error)))
        try:
            yield page
        finally:
            browser.close()


def write(path, *cells):
    """A notebook of code cells."""
    cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)


def open_and_run(page, address, notebook):
    page.goto(address.format(f"doc/tree/{notebook}"))
    page.wait_for_function(READY, timeout=90_000)
    run_all(page)


def run_all(page):
    page.evaluate(
        "() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }"
    )


class Panel:
    """What a person sees of the first panel on a page, and does with it."""

    def __init__(self, page):
        self.page = page
        self.root = page.locator(".nst-studio").first
        self.root.locator(".nst-stage img").first.wait_for(timeout=90_000)

    def text(self, what=".nst-step"):
        return self.root.locator(what).first.inner_text()

    def said(self):
        return self.text("[role=status], [role=alert]")

    def number(self):
        return int(re.search(r"step (\d+)", self.text()).group(1))

    def picture(self):
        return self.root.locator(".nst-stage img").first.get_attribute("src")

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def play(self, icon):
        self.root.locator(f".nst-play .fa-{icon}").click()

    def key(self, slider, key):
        self.root.locator(".nst-dial").nth(slider).locator(SLIDER).press(key)

    def steps_per_second(self):
        return float(re.search(r"([\d.]+) steps/s", self.text()).group(1))

    def stands_still(self):
        """Whether the kernel has nothing left to do."""
        return self.page.evaluate(READY)

    def until(self, true, seconds=30):
        """Seconds until ``true()``."""
        began = time.perf_counter()
        while not true():
            assert time.perf_counter() - began < seconds, self.said()
            self.page.wait_for_timeout(20)
        return time.perf_counter() - began
