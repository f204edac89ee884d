"""Snapshots: a strip of thumbnails, each a button that goes back to it."""

import ipywidgets as widgets

from ..images import resize
from . import views
from .film import jpeg
from .jupyter import close_tree, tip

MOST = 12  # snapshots; the oldest makes room


class Strip(widgets.HBox):
    """``chosen(state)`` hears of the snapshot that a person clicks."""

    def __init__(self):
        self.chosen, self._count = None, 0
        self._css = widgets.HTML()
        super().__init__([self._css])
        self.add_class("nst-strip")
        self._pictures = {}  # {class of the button: its rule}

    def __len__(self):
        return len(self.children) - 1

    def add(self, state, image):
        """Keep ``state``; ``image`` is how it looks."""
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
