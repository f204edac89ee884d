"""What an editor, a type checker and a notebook know of `nst`."""

import doctest
import importlib
import inspect
import json
import pkgutil
import subprocess
import sys

import colab_like
import numpy as np
import pytest
import torch
from conftest import ROOT, environment

import nst
from nst.app import stub
from nst.recipe import FIELDS

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(nst.__path__, "nst.")
    if not module.name.endswith("__main__")
)
COMPLETE = """
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.completer import provisionalcompleter
import json, IPython
shell = InteractiveShell.instance()
shell.run_cell("import nst")
found = {}
for jedi in (True, False):
    shell.Completer.use_jedi = jedi
    for text in ASKED:
        with provisionalcompleter():
            offers = shell.Completer.completions(text, len(text))
            found[f"{text} {jedi}"] = [offer.text.split(".")[-1] for offer in offers]
print(json.dumps(found))
"""
STYLED = [f"{name}=" for name in sorted(FIELDS) if name.startswith("sty")]
OFFERED = {
    "nst.Recipe(sty": STYLED,
    "nst.Recipe.gatys(style_w": ["style_weight="],
    'nst.style_transfer("cat", "ink", si': ["size=", "sizes="],
    'nst.iterate("cat", "ink", si': ["size=", "sizes="],
    "nst.Studio(si": ["size=", "sizes="],
    "nst.pl": ["plot", "plot_losses"],
}


@pytest.mark.parametrize("colab", [True, False], ids=["IPython 7.34", "IPython here"])
def test_fields_and_names_are_completed(colab):
    python = colab_like.environment() if colab else sys.executable
    code = COMPLETE.replace("ASKED", repr([*OFFERED, "nst."]))
    done = subprocess.run(
        [str(python), "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=environment(PYTHONPATH=str(ROOT)),
    )
    found = json.loads(done.stdout.splitlines()[-1])
    for jedi in (True, False):
        for text, offered in OFFERED.items():
            assert found[f"{text} {jedi}"] == offered, (text, jedi)
        assert sorted(found[f"nst. {jedi}"]) == sorted(nst.__all__)


@pytest.mark.parametrize(
    "function",
    [nst.style_transfer, nst.iterate, nst.Recipe, nst.Recipe.gatys, nst.Studio],
)
def test_signatures_list_every_field_with_its_default(function):
    parameters = inspect.signature(function).parameters
    defaults = {name: parameters[name].default for name in FIELDS}
    assert defaults == {name: field.default for name, field in FIELDS.items()}


def test_the_docstring_of_the_recipe_tells_every_field():
    for name, field in FIELDS.items():
        assert f"{name} ({field.default!r}): {field.metadata['about']}" in (
            nst.Recipe.__doc__
        )


def test_the_stub_of_changes_is_up_to_date():
    """If not: python -m nst.app.stub."""
    assert (ROOT / "nst" / "changes.pyi").read_text("utf-8") == stub.text()


def test_a_misspelt_field_is_an_error_of_the_type_checker_and_of_the_run(tmp_path):
    right = 'import nst\n\nnst.style_transfer("cat", "ink", style_weight=3.0)\n'
    wrong = [
        right.replace("style_weight", "style_wieght"),
        right.replace("3.0", '"much"'),
        "import nst\n\nnst.Recipe(style_wieght=3.0)\n",
        'import nst\n\nnst.Studio("cat", colour="content")\n',
        'import nst\n\nnst.Recipe(pooling="mean")\n',
    ]
    for number, source in enumerate([right, *wrong]):
        (tmp_path / f"case{number}.py").write_text(source)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", str(tmp_path)],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    told = {
        line.split(":")[0][-8:] for line in done.stdout.splitlines() if "err" in line
    }
    assert told & {f"case{n}.py"[-8:] for n in range(9)} == {
        f"case{n}.py"[-8:] for n in range(1, 6)
    }, done.stdout
    with pytest.raises(nst.InputError, match="unknown recipe field 'style_wieght'"):
        nst.style_transfer("cat", "ink", style_wieght=3.0)


def test_nst_offers_what_its_stub_names_and_nothing_else():
    assert dir(nst) == sorted(nst.__all__)
    assert not {"import_module", "lazy_loader", "TYPE_CHECKING"} & set(dir(nst))
    for name in nst.__all__:
        assert getattr(nst, name) is not None


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"nst": nst, "np": np, "torch": torch, "json": json}
    tests = doctest.DocTestFinder(exclude_empty=True).find(
        importlib.import_module(name), extraglobs=names
    )
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for test in tests:
        runner.run(test)
    assert not runner.failures


def test_the_names_that_lessons_use_have_examples():
    used = (
        "load_image resize sample load_vgg19 gram_matrix ContentLoss StyleLoss Recipe "
    )
    used += "style_transfer iterate record style_many Studio show_images"
    for name in used.split():
        assert ">>> " in (getattr(nst, name).__doc__ or ""), name
