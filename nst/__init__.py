"""Neural Style Transfer to learn from and to use: see `style_transfer`."""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "errors": ("InputError",),
    "images": ("load_image", "save_image", "to_pil", "resize"),
    "samples": ("sample", "painting", "SAMPLES", "PAINTINGS"),
    "vgg": ("VGG19", "load_vgg19"),
    "losses": (
        "gram_matrix",
        "ContentLoss",
        "StyleLoss",
        "total_variation",
    ),
    "objective": ("Objective",),
    "optimize": ("Step",),  # nst.optimize is the module; its function, one inside
    "layers": ("LAYERS",),
    "recipe": ("Recipe",),
    "transfer": ("style_transfer", "iterate"),
    "control": ("match_colors", "keep_colors"),
    "provenance": ("record", "read_record"),
    "remaking": ("remake",),
    "batch": ("Job", "style_many"),
    "checkpoint": ("Checkpoint",),
    "studio.panel": ("Studio",),
    "plot": ("show_images", "plot_losses", "show_features", "show_gram"),
    "live": ("watch", "watch_each", "pick"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}
__all__ = sorted(_MODULE_OF)


def __getattr__(name):  # torch takes seconds to import: not for `nst --help`
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'nst' has no attribute {name!r}")
    return getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)


def __dir__():
    return [*globals(), *__all__]
