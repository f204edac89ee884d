"""An environment with Colab's versions of the widgets, which borrows our torch.

python tests/colab_like.py       makes .venv-colab once, prints its python
"""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".venv-colab"
PYTHON = FOLDER / "bin" / "python"
READY = FOLDER / "ready"
PINS = (
    "ipywidgets==7.7.1",
    "ipykernel==6.17.1",
    "ipython==7.34",
    "jupyter_client==7.4.9",
    "jupyterlab==3.6.8",
    "jupyterlab_widgets<2",
    "notebook<7",
    "setuptools<81",  # this IPython still asks it for pkg_resources
)


def environment():
    """The python of the environment, made on the first call."""
    if not READY.exists():
        run = lambda *command: subprocess.run(command, check=True)  # noqa: E731
        run(sys.executable, "-m", "venv", "--clear", str(FOLDER))
        run(str(PYTHON), "-m", "pip", "install", "-q", *PINS)
        # Last, so that pip does not mistake what is borrowed for what is there.
        ours = sysconfig.get_paths(vars={"base": str(FOLDER), "platbase": str(FOLDER)})
        borrowed = f"{sysconfig.get_path('purelib')}{os.linesep}{ROOT}{os.linesep}"
        (Path(ours["purelib"]) / "borrowed.pth").write_text(borrowed)
        READY.touch()
    return PYTHON


if __name__ == "__main__":
    print(environment())
