"""The tests of widgets again, under the versions that Colab has."""

import subprocess

import pytest

from tests.colab_like import ROOT, environment


def test_studio_guesses_and_votes_under_colabs_versions():
    try:
        python = environment()
    except subprocess.CalledProcessError:
        pytest.skip("Colab's versions cannot be installed: is there a network?")
    found = subprocess.run(
        [
            python,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            *(ROOT / "tests" / "studio").glob("*/test_*.py"),
            ROOT / "tests" / "test_guess.py",
            ROOT / "tests" / "notebook" / "test_vote.py",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert found.returncode == 0, found.stdout[-3000:]
    versions = "import ipywidgets, IPython; print(ipywidgets.__version__)"
    shown = subprocess.run([python, "-c", versions], capture_output=True, text=True)
    assert shown.stdout.strip() == "7.7.1"
