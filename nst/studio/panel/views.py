"""What the panel shows, as HTML; text from outside the program is escaped."""

import math
from html import escape
from pathlib import Path
from typing import Any

from torch import Tensor

from ...images import resize
from ...inputs import Picture
from ...notebook.colab import data
from ..engine.film import jpeg
from ..engine.state import State

CSS = (Path(__file__).parent / "studio.css").read_text(encoding="utf-8")
UPLOAD = "at most 10 MB, all that Jupyter lets through: give the path of a larger file"
COVER = 512  # pixels, long side of the cover
# ipywidgets does not name its sliders: this gives screen readers label and value.
NAME_SLIDERS = """<img hidden src="data:," alt="" onerror="
const dials = this.closest('.nst-dials'), text = (dial, part) =>
  (dial.querySelector(part) || {}).textContent || '';
const name = () => dials.querySelectorAll('.nst-dial').forEach(dial =>
  dial.querySelectorAll('.noUi-handle, .ui-slider-handle').forEach(handle => {
    handle.setAttribute('aria-label', text(dial, '.widget-label'));
    handle.setAttribute('aria-valuetext', text(dial, '.widget-readout')); }));
new MutationObserver(name).observe(dials, {childList: true, subtree: true});
name();">"""
# ipywidgets counts the files behind an upload's name, and version 7 shows no tip.
UPLOADS = f"""<img hidden src="data:," alt="" onerror="
const panel = this.closest('.nst-studio'), plain = () =>
  panel.querySelectorAll('.widget-upload').forEach(button => {{
    button.title = '{UPLOAD}';
    button.childNodes.forEach(part => {{
      if (part.nodeType == 3 && / \\(\\d+\\)$/.test(part.data))
        part.data = part.data.replace(/ \\(\\d+\\)$/, ''); }}); }});
new MutationObserver(plain).observe(panel, {{childList: true, subtree: true}});
plain();">"""
LAYERS = "<small>Share of each style layer, and how much of it is matched</small>"
LAYERS += NAME_SLIDERS


def picture(image: Tensor, alt: str, longest: int | None = None) -> str:
    """Return an <img> of (1, 3, H, W), with a long side of ``longest`` at most."""
    image = resize(image, longest, enlarge=False) if longest else image
    height, width = image.shape[-2:]
    return (
        f'<img alt="{escape(alt)}" width="{width}" height="{height}" decoding="sync" '
        f'src="{data(jpeg(image), ".jpg")}">'
    )


def cover(before: Picture) -> str:
    """Return HTML: a `Picture` to lay over another; a slider sets how much shows."""
    image = picture(before.image, f"before: {before.name}", COVER)
    return (
        f'<div class="nst-cover" style="--x:50%">{image}<i></i>'
        '<input type="range" min="0" max="100" value="50" '
        'data-lm-suppress-shortcuts="true" '  # else JupyterLab takes the arrow keys
        'aria-label="before and after: percent covered by the content" '
        "oninput=\"this.parentNode.style.setProperty('--x', this.value + '%')\"></div>"
    )


def background(name: str, picture: bytes) -> str:
    """Return a CSS rule that puts a JPEG behind the button of class ``name``."""
    return f".{name}{{background-image:url({data(picture, '.jpg')})}}"


def weights(state: State) -> str:
    """Return the step and the style weight of a state as text."""
    return f"step {state.number}, style {state.recipe.style_weight:g}"


def words(changes: dict[str, Any]) -> str:
    """Return changes in words: {"size": 256, "seed": 1} as "size 256, seed 1"."""
    return ", ".join(f"{name} {_word(value)}" for name, value in changes.items())


def _word(value: Any) -> str:
    value = getattr(value, "name", value)
    if isinstance(value, tuple):
        return " : ".join(map(_word, value))
    if isinstance(value, int | float):
        return f"{value:g}"
    return "none" if value is None else value if isinstance(value, str) else "another"


def message(text: str, error: bool = False) -> str:
    kind = 'class="nst-error" role="alert"' if error else 'role="status"'
    return f"<div {kind}>{escape(text)}</div>"


def meter(share: float | None) -> str:
    """Return HTML that shows a share matched as a bar and in percent."""
    if share is None:
        return ""
    text = f"{math.floor(100 * share)} %"
    return f'<span class="nst-meter" style="--x:{100 * share:.0f}%">{text}</span>'


def seconds(time: float) -> str:
    minutes, rest = divmod(round(time), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def status(state: State, until: int, pace: float, left: float) -> str:
    """Return HTML that says where the run is and how long it will take."""
    size, _ = state.level()
    height, width = state.image.shape[-2:]
    parts = [f"step {state.number} of {until}", f"{width}×{height} px"]
    parts += [f"style {state.recipe.style_weight:g}"]
    if pace:
        parts += [f"{1 / (pace * size**2):.1f} steps/s", f"{seconds(left)} left"]
    return (
        f'<progress max="{until}" value="{state.number}" aria-label="steps"></progress>'
        f'<div class="nst-step">{" · ".join(parts)}</div>'
    )
