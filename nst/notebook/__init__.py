"""Tools for notebooks: figures, watching a run, Colab and Drive."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, ["colab", "live", "plot"])
