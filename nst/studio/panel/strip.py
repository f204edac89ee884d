"""A strip of snapshots: thumbnails, each a button that goes back to it."""

from collections.abc import Callable

import ipywidgets as widgets
from torch import Tensor

from ...images import resize
from ..engine.film import jpeg
from ..engine.state import State
from . import views
from .jupyter import close_tree, tip

MOST = 12  # snapshots; a new one removes the oldest


class Strip(widgets.HBox):
    """A strip of snapshots; ``chosen(state)`` is called when a person clicks one."""

    chosen: Callable[[State], None]
    children: tuple

    def __init__(self) -> None:
        self._count = 0
        self._css = widgets.HTML()
        super().__init__([self._css])
        self.add_class("nst-strip")
        self._pictures: dict[str, str] = {}  # {class of a button: its CSS rule}

    def __len__(self) -> int:
        return len(self.children) - 1

    def add(self, state: State, image: Tensor) -> None:
        """Add a snapshot of ``state``; ``image`` is its picture."""
        self._count += 1
        name = f"nst-shot-{id(self)}-{self._count}"
        button = widgets.Button(description=f"{self._count} · {views.weights(state)}")
        tip(button, f"go back to snapshot {self._count}: {views.weights(state)}")
        button.add_class("nst-shot").add_class(name)
        button.on_click(lambda _: self.chosen(state))
        small = resize(image, 160, enlarge=False)
        self._pictures[name] = views.background(name, jpeg(small))
        css, *buttons = self.children
        for old in buttons[: max(0, len(buttons) + 1 - MOST)]:
            self._pictures.pop(old._dom_classes[-1])
            close_tree(old)
        self._css.value = f"<style>{''.join(self._pictures.values())}</style>"
        self.children = (css, *buttons[-(MOST - 1) :], button)
