"""The sliders that act at the next step, each logarithmic and with an "off"."""

import ipywidgets as widgets

from ..control import mean_weight
from . import views
from .jupyter import close_tree, tip

MANTISSAS = (1, 1.5, 2, 3, 5, 7)  # equal steps to the eye, and round numbers
DIALS = {  # field: (label, lowest and highest power of ten, what it does)
    "style_weight": ("style weight", -1, 4, "1 is a hint of paint, 1000 paint alone"),
    "content_weight": ("content weight", -2, 2, "how much of the photograph stays"),
    "tv_weight": ("smoothness", -2, 3, "total variation: fewer specks"),
}


class Dial(widgets.SelectionSlider):
    """Round numbers of some powers of ten, and 0; `show` takes any other as well."""

    def __init__(self, label, low, high, about, value=1.0):
        powers = range(low, high)
        self._stops = [0.0, *(m * 10.0**p for p in powers for m in MANTISSAS)]
        self._stops = [float(f"{stop:.2g}") for stop in (*self._stops, 10.0**high)]
        super().__init__(
            options=self._options(value),
            value=value,
            description=label,
            continuous_update=False,  # one move a drag: undo goes back over a drag
        )
        tip(self, about).add_class("nst-dial")

    def show(self, value):
        if value not in [stop for _, stop in self.options]:
            self.options = self._options(value)
        self.value = value

    def _options(self, value):
        stops = sorted({*self._stops, value})
        return [(f"{stop:.4g}" if stop else "off", stop) for stop in stops]


class Dials(widgets.VBox):
    """A dial for each weight, with percent matched beside it.

    ``moved(**changes)`` hears of a person's moves.
    """

    def __init__(self):
        self.moved, self._showing = None, False
        self._dials, self._meters, self._names = {}, {}, ()
        rows = [self._row(name, *DIALS[name]) for name in DIALS]
        self._layers = widgets.VBox()
        self.blend = widgets.FloatSlider(
            max=1, step=0.05, description="blend in", continuous_update=False
        )
        tip(self.blend, "the second style's share").add_class("nst-dial")
        self.blend.observe(lambda change: self._mix(change["new"]), "value")
        self._head = widgets.HTML(views.LAYERS)
        super().__init__([*rows, self.blend, self._head, self._layers])
        self.add_class("nst-dials")

    def __getitem__(self, name):
        """The dial of a weight or of a style layer."""
        return self._dials[name]

    def show(self, state):
        """Set the dials to the recipe of ``state``, which is no move."""
        recipe, names = state.recipe, state.recipe.style_layers
        weights = recipe.style_layer_weights or [1 / len(names)] * len(names)
        self._showing = True
        try:
            for name in DIALS:
                self._dials[name].show(float(getattr(recipe, name)))
            blended = state.second and recipe.blend
            first, share = map(mean_weight, recipe.blend if blended else (1, 1))
            self.blend.layout.display = None if state.second else "none"
            self.blend.value = round(share / ((first + share) or 1), 6)
            if names != self._names:
                self._build(names)
            for name, weight in zip(names, weights, strict=True):
                self._dials[name].show(float(f"{weight * len(names):.6g}"))
        finally:
            self._showing = False
        self.show_matched(state)

    def show_matched(self, state):
        """Percent matched: of the content, of the style and of each of its layers."""
        groups = {"content_weight": "content/", "style_weight": "style/"}
        groups |= {name: f"style/{name}" for name in self._names}
        for name, start in groups.items():
            shares = [v for key, v in state.matched.items() if key.startswith(start)]
            share = sum(shares) / len(shares) if shares else None
            self._meters[name].value = views.meter(share)

    def _build(self, names):
        for row in self._layers.children:
            close_tree(row)
        self._names = names
        self._layers.children = [
            self._row(name, name, -1, 1, "its share of the style: 1 is an equal one")
            for name in names
        ]

    def _row(self, name, *about):
        dial, meter = Dial(*about), widgets.HTML()
        dial.observe(lambda change: self._hear(name), "value")
        self._dials[name], self._meters[name] = dial, meter
        return widgets.HBox([dial, meter])

    def _mix(self, share):
        if not self._showing:
            self.moved(blend=(round(1 - share, 6), share))

    def _hear(self, name):
        if self._showing:
            return
        if name in DIALS:
            self.moved(**{name: self._dials[name].value})
        else:
            shares = [self._dials[layer].value for layer in self._names]
            weights = tuple(share / len(shares) for share in shares)
            self.moved(style_layer_weights=weights)
