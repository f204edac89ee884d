"""Tools for notebooks: figures, watching a run, Colab and Drive, blind votes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, ["colab", "live", "plot", "scale", "vote"]
)
