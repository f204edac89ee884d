"""A small Studio, and what a person does to it and sees of it."""

import io

import pytest
from PIL import Image

import nst

TINY = nst.Recipe(sizes=(24, 32), steps=(4, 4), style_weight=30.0)


@pytest.fixture
def quick(tmp_path, monkeypatch):
    """Results go into a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(quick):
    from nst.inputs import Inputs
    from nst.studio.engine.session import Session

    return Session(Inputs.of("cat", "waves"), TINY)


@pytest.fixture
def studio(quick):
    studio = nst.Studio("cat", "waves", TINY)
    yield studio
    studio.close()


def said(studio):
    return studio.panel.text["message"].value


def wrong(studio):
    return "nst-error" in said(studio)


def status(studio):
    return studio.panel.text["status"].value


def tick(studio):
    studio.panel.play.value += 1


def upload(chooser, name, content):
    """What the browser sends, in the words of the version that is installed."""
    import ipywidgets

    about = {"name": name, "type": "", "size": len(content), "lastModified": 0}
    count = getattr(chooser.upload, "_counter", 0) + 1
    chooser.upload.set_state(
        {"metadata": [about], "data": [memoryview(content)], "_counter": count}
        if ipywidgets.__version__ < "8"
        else {"value": [{**about, "content": memoryview(content), "last_modified": 0}]}
    )


def png(*size, mode="RGB"):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, "PNG")
    return buffer.getvalue()
