"""The Studio at work in a real browser, as the moving picture of README.

    STUDIO_SIZE=320 python -m pytest tests/browser/film.py

Leaves artefacts/studio.webp, of which results/studio.webp is a copy, and one picture of
it, artefacts/studio.jpg, of which notebooks/checks/studio.jpg is one.
"""

import io
import os
import re
import shutil
import sys

from PIL import Image

from tests.browser import lab
from tests.browser.lab import Panel
from tests.colab_like import ROOT

SIZE, WIDTH = int(os.environ.get("STUDIO_SIZE", 96)), 880
MOST = 2_000_000  # bytes
MOVES = {"PageUp": 0.2, "PageDown": 0.5}  # of the style's slider, at these shares


def test_the_studio_at_work_is_a_moving_picture_under_2_mb(tmp_path):
    cell = f"import nst\nstudio = nst.Studio('coffee', 'stained_glass', size={SIZE})"
    lab.write(tmp_path / "film.ipynb", f"{cell}\nstudio")
    shutil.copytree(ROOT / "data", tmp_path / "data")
    frames, steps = [], []
    with (
        lab.server(sys.executable, tmp_path, PYTHONPATH=str(ROOT)) as address,
        lab.page(1280) as page,
    ):
        lab.open_and_run(page, address, "film.ipynb")
        panel = Panel(page)
        total = int(re.search(r"of (\d+)", panel.text())[1])
        moves = {key: share * total for key, share in MOVES.items()}
        panel.play("play")
        while (at := panel.number()) < total - 1:  # read once, for it goes on
            panel.until(lambda at=at: panel.number() > at + 1, seconds=60)
            for key in [key for key, step in moves.items() if panel.number() > step]:
                panel.key(0, key)
                moves.pop(key)
            frames.append(shot(panel))
            steps.append(panel.number())
    assert not moves and steps == sorted(set(steps)) and len(frames) > 10
    assert frames[0].tobytes() != frames[-1].tobytes()
    path = ROOT / "artefacts" / "studio.webp"
    path.parent.mkdir(exist_ok=True)
    durations = [120] * (len(frames) - 1) + [2000]  # milliseconds
    first, *others = frames
    options = {"save_all": True, "append_images": others, "duration": durations}
    first.save(path, quality=55, method=4, loop=0, **options)
    frames[len(frames) * 2 // 3].save(path.with_suffix(".jpg"), quality=88)
    assert path.stat().st_size < MOST


def shot(panel):
    """The panel as it is now, made smaller."""
    picture = Image.open(io.BytesIO(panel.root.screenshot())).convert("RGB")
    return picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)))
