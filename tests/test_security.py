"""Nothing that is read can run, and nothing that is shown can act."""

import ast

import pytest
from conftest import ROOT

from nst import colab

MODULES = sorted((ROOT / "nst").rglob("*.py"))
RUN_WHAT_THEY_READ = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
UNPACK = {"zipfile", "tarfile"}
each = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix()
)


def calls(path):
    """[(the called name as written, its keywords), ...]"""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            keywords = {k.arg: ast.unparse(k.value) for k in node.keywords}
            yield ast.unparse(node.func), keywords


@each
def test_no_module_runs_or_unpacks_what_it_reads(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.add(node.module.split(".")[0])
    assert not imported & (RUN_WHAT_THEY_READ | UNPACK)
    forbidden = {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
    for name, keywords in calls(path):
        assert name not in forbidden and "shell" not in keywords
        if name in ("torch.load", "load_state_dict_from_url"):
            assert keywords["weights_only"] == "True"
        assert "allow_pickle" not in keywords


def test_the_search_above_finds_what_it_looks_for(tmp_path):
    path = tmp_path / "module.py"
    path.write_text("import os\nos.system('ls')\ntorch.load(f, weights_only=False)\n")
    found = dict(calls(path))
    assert "os.system" in found and found["torch.load"]["weights_only"] == "False"
    with pytest.raises(AssertionError):
        test_no_module_runs_or_unpacks_what_it_reads(path)
    path.write_text("from pickle import loads\n")
    with pytest.raises(AssertionError):
        test_no_module_runs_or_unpacks_what_it_reads(path)


def test_a_download_link_shows_a_hostile_name_as_text(tmp_path):
    path = tmp_path / '"><img src=x onerror=alert(1)>.png'
    path.write_bytes(b"picture")
    shown = colab.download(path).data
    assert "<img" not in shown and "&lt;img src=x" in shown
