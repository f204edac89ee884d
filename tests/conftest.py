import functools
import os
from pathlib import Path

import pytest
import torch
from studio_hands import quick, run, studio  # noqa: F401  fixtures of several files
from wrong_files import place, there  # noqa: F401

import nst
import nst.vgg

ROOT = Path(__file__).parent.parent


def pytest_sessionfinish(session):
    """In CI a skipped test is a failed one, but for pictures that are not there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if "NST_SKIP_NOTHING" in os.environ:
        if any("beside this checkout" not in str(test.longrepr) for test in skipped):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def decoded_once():
    """The bundled weights are decoded once a process: networks do not change them."""
    decode = functools.cache(nst.vgg._bundled_weights)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nst.vgg, "_bundled_weights", decode)
        yield decode


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """No test reads or fills the user's cache of paintings."""
    monkeypatch.setenv("NST_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def shared():
    """Photographs and paintings that are not part of the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the comparison pictures are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def vgg():
    return nst.load_vgg19()


@pytest.fixture(scope="session")
def cat():
    return nst.sample("cat", 64)


@pytest.fixture(scope="session")
def strokes():
    return nst.sample("brush_strokes", 48)


@pytest.fixture
def random():
    generator = torch.Generator().manual_seed(0)
    return lambda *shape: torch.rand(shape, generator=generator)


def relative(ours, theirs):
    """The largest difference as a fraction of the largest value."""
    return ((ours - theirs).abs().max() / theirs.abs().max()).item()


def saved(path, content, style, recipe, **extra):
    """A picture that carries how it was made; returns its path."""
    image = nst.style_transfer(content, style, recipe)
    nst.save_image(image, path, nst.record(recipe, content, style, **extra))
    return path


def environment(**changes):
    return {**os.environ, **changes}
