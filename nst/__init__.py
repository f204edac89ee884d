"""Neural Style Transfer to learn from and to use: see `style_transfer`.

The algorithm, in reading order:

    images, samples, inputs   pictures in and out, and what a picture is made from
    layers, vgg               the layer split of VGG19
    averages, losses          what "same content" and "same style" mean
    ideas/                    other ideas of style than Gram matrices
    objective                 the loss of a recipe, as a function of the image
    optimize, lbfgs           the loop: an iterator of steps, taken by L-BFGS
    recipe, presets, fields   every number, said once
    transfer                  the whole algorithm, coarse to fine
    convolution, half         each layer the fastest right way on this machine
    errors, files, device     the ground

Around it:

    reading/    files, addresses and uploads of every kind, colour profiles
    control/    colours, regions, sizes, tiles, memory
    keep/       the record inside a picture, checkpoints
    video/      films: optical flow, frame after frame, files
    notebook/   figures, watching a run, Colab and Drive, blind votes
    studio/     the panel of sliders: engine/ knows no widgets, panel/ shows it
    app/        the command line, batches, sheets, pictures made again
"""

import os

import lazy_loader

# Read by torch when it is loaded: threads that wait leave the core soon, for NNPACK's.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
