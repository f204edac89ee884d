"""Sliders for weights, which act at the next step: logarithmic, with an "off"."""

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from ...recipe import FIELDS, mean_weight
from ..engine.state import State
from . import views
from .jupyter import Showing, close_tree, tip

MANTISSAS = (1, 1.5, 2, 3, 5, 7)  # round numbers, about evenly spaced on a log scale
DIALS = {  # field: (label, lowest and highest power of ten, what it does)
    name: (field.metadata["label"], *field.metadata["dial"], field.metadata["about"])
    for name, field in FIELDS.items()
    if "dial" in field.metadata
}
DIALS = {"style_weight": DIALS.pop("style_weight"), **DIALS}  # the first one to turn


class Dial(widgets.SelectionSlider):
    """A slider over 0 and 1, 1.5, 2, 3, 5 and 7 times powers of ten.

    `show` adds any other number that it has to show.
    """

    options: list

    def __init__(
        self, label: str, low: int, high: int, about: str, value: float = 1.0
    ) -> None:
        powers = range(low, high)
        self._stops = [0.0, *(m * 10.0**p for p in powers for m in MANTISSAS)]
        self._stops = [float(f"{stop:.2g}") for stop in (*self._stops, 10.0**high)]
        super().__init__(
            options=self._options(value),
            value=value,
            description=label,
            continuous_update=False,  # one move per drag: undo takes back a drag
        )
        tip(self, about).add_class("nst-dial")

    def show(self, value: float) -> None:
        if value not in [stop for _, stop in self.options]:
            self.options = self._options(value)
        self.value = value

    def _options(self, value: float) -> list[tuple[str, float]]:
        stops = sorted({*self._stops, value})
        return [(f"{stop:.4g}" if stop else "off", stop) for stop in stops]


class Dials(widgets.VBox):
    """The dials: a slider for each weight, and beside it the percent matched.

    ``moved(**changes)`` is called when a person moves one.
    """

    moved: Callable[..., None]

    def __init__(self) -> None:
        self._showing = Showing()
        self._dials: dict[str, Dial] = {}
        self._meters: dict[str, widgets.HTML] = {}
        self._names: tuple[str, ...] = ()
        rows = [self._row(name, *DIALS[name]) for name in DIALS]
        self._layers = widgets.VBox()
        self.blend = widgets.FloatSlider(
            max=1, step=0.05, description="blend in", continuous_update=False
        )
        tip(self.blend, "the second style's share").add_class("nst-dial")
        self._showing.hear(self.blend, self._mix)
        self._head = widgets.HTML(views.LAYERS)
        super().__init__([*rows, self.blend, self._head, self._layers])
        self.add_class("nst-dials")

    def __getitem__(self, name: str) -> Dial:
        """Return the dial of a weight or of a style layer."""
        return self._dials[name]

    def show(self, state: State) -> None:
        """Set the dials to the recipe of ``state``, without calling ``moved``."""
        recipe, names = state.recipe, state.recipe.style_layers
        weights = recipe.style_layer_weights or [1 / max(1, len(names))] * len(names)
        with self._showing:
            for name in DIALS:
                self._dials[name].show(float(getattr(recipe, name)))
            blend = recipe.blend if state.second and recipe.blend else (1.0, 1.0)
            first, share = map(mean_weight, blend)
            self.blend.layout.display = None if state.second else "none"
            self.blend.value = round(share / ((first + share) or 1), 6)
            if names != self._names:
                self._build(names)
            for name, weight in zip(names, weights, strict=True):
                self._dials[name].show(float(f"{weight * len(names):.6g}"))
        self.show_matched(state)

    def show_matched(self, state: State) -> None:
        """Show percent matched: of the content, of the style, of each style layer."""
        groups = {"content_weight": "content/", "style_weight": "style/"}
        groups |= {name: f"style/{name}" for name in self._names}
        for name, start in groups.items():
            shares = [v for key, v in state.matched.items() if key.startswith(start)]
            share = sum(shares) / len(shares) if shares else None
            self._meters[name].value = views.meter(share)

    def _build(self, names: tuple[str, ...]) -> None:
        for row in self._layers.children:
            close_tree(row)
        self._names = names
        self._layers.children = [
            self._row(name, name, -1, 1, "its share of the style: 1 is an equal one")
            for name in names
        ]

    def _row(self, name: str, *about: Any) -> widgets.HBox:
        dial, meter = Dial(*about), widgets.HTML()
        self._showing.hear(dial, lambda value: self._hear(name))
        self._dials[name], self._meters[name] = dial, meter
        return widgets.HBox([dial, meter])

    def _mix(self, share: float) -> None:
        self.moved(blend=(round(1 - share, 6), share))

    def _hear(self, name: str) -> None:
        if name in DIALS:
            self.moved(**{name: self._dials[name].value})
        else:
            shares = [self._dials[layer].value for layer in self._names]
            weights = tuple(share / len(shares) for share in shares)
            self.moved(style_layer_weights=weights)
