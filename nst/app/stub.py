"""Write nst/changes.pyi, the types of ``**changes``, for type checkers and editors.

    python -m nst.app.stub

They cannot take these types from `Recipe`, which alone defines the fields, so the file
repeats them.
"""

import ast
from pathlib import Path

NST = Path(__file__).parent.parent
HEAD = """\
# Written by python -m nst.app.stub: edit nst/recipe.py instead.
from collections.abc import Sequence
from typing import Literal, TypedDict

from .recipe import {names}

class Changes(TypedDict, total=False):
"""


def text() -> str:
    """Return the text of the stub, with `Sequence` where the recipe has a tuple."""
    tree = ast.parse((NST / "recipe.py").read_text(encoding="utf-8"))
    (recipe,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    fields = [node for node in recipe.body if isinstance(node, ast.AnnAssign)]
    lines = "".join(f"    {ast.unparse(f.target)}: {_loose(f)}\n" for f in fields)
    choices = (f.annotation.id for f in fields if isinstance(f.annotation, ast.Name))
    names = sorted({name for name in choices if name[0].isupper()})
    return HEAD.format(names=", ".join(names)) + lines


def _loose(field: ast.AnnAssign) -> str:
    written = ast.unparse(field.annotation).replace("'", '"')
    return written.replace("tuple[", "Sequence[").replace(", ...]", "]")


if __name__ == "__main__":
    (NST / "changes.pyi").write_text(text(), encoding="utf-8")
