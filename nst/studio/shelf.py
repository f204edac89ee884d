"""Where results are put: beside the notebook, and on Drive if it is mounted."""

import re
from pathlib import Path

from .. import colab


def place(state, ending):
    """A new file's path in ``outputs``, named after the pictures and the step."""
    stems = [
        re.sub(r"\W+", "-", Path(name).stem)[:40].strip("-")
        for name in state.names.values()
    ]
    stem = "-".join([*stems, f"{state.number:04d}"])
    path, count = colab.OUTPUTS / f"{stem}{ending}", 1
    while path.exists():
        count += 1
        path = colab.OUTPUTS / f"{stem}-{count}{ending}"
    return path
