"""A GPU for machines that have none: CPU tensors that say that they are on it.

Their numbers are real and computed by the CPU. But as on a GPU they do not mix with the
CPU's tensors, each read by the host is noted, and what the device lacks is refused.
"""

import functools
import traceback
from contextlib import contextmanager
from pathlib import Path

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

import nst
import nst.device
import nst.vgg

PLACE = torch.device("lazy")  # torch's name for it below Python: autograd accepts this
HOST = torch.device("cpu")
aten = torch.ops.aten
MOVE, COPY = aten._to_copy.default, aten.copy_.default
READS = (aten._local_scalar_dense.default, aten.equal.default, aten.nonzero.default)
WIDE = (torch.float64, torch.complex128)
# Apple's GPU lacks these, or did in a torch since 2.4: pytorch issues 77764 and 141287.
APPLE_LACKS = ("linalg", "cholesky", "svd", "_aa", "upsample_bicubic2d", "histc")


class Held(torch.Tensor):
    """A tensor on a `StandIn`; its numbers are in ``held``, a tensor of the CPU."""

    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, held, where):
        kind = {"dtype": held.dtype, "device": PLACE, "strides": held.stride()}
        kind["storage_offset"] = held.storage_offset()
        self = torch.Tensor._make_wrapper_subclass(cls, held.shape, **kind)
        self.held, self.where = held, where
        return self

    @classmethod
    def __torch_dispatch__(cls, op, types, args=(), kwargs=None):
        leaves = tree_leaves((args, kwargs))
        where = next(x.where for x in leaves if isinstance(x, Held))
        return where.compute(op, args, kwargs or {})

    @property
    def device(self):
        return self.where.device

    @property
    def is_cuda(self):
        return self.device.type == "cuda"

    def tolist(self):
        return self.cpu().tolist()

    def numpy(self, **how):
        raise TypeError(f"can't convert {self.device} tensor to numpy: use cpu() first")

    def __reduce_ex__(self, protocol):  # a file holds no device of ours
        return self.held.__reduce_ex__(protocol)

    def __repr__(self, **how):
        return f"{self.held!r} on {self.device}"


class StandIn(TorchDispatchMode):
    """The device "cuda" or "mps" within a ``with`` block.

    ``reads`` lists where nst read from it, such as "lbfgs.py:57".
    """

    def __init__(self, kind):
        super().__init__()
        self.device, self.reads = torch.device(kind, 0), []
        self._names = _Names(kind)

    def __enter__(self):
        self._names.__enter__()
        return super().__enter__()

    def __exit__(self, *error):
        super().__exit__(*error)
        self._names.__exit__(*error)

    def __torch_dispatch__(self, op, types, args=(), kwargs=None):
        return self.compute(op, args, kwargs or {})

    def compute(self, op, args, kwargs):
        """Compute ``op`` on the CPU if the device could; results are on the device."""
        tensors = [
            x for x in tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor)
        ]
        ours, to = [x for x in tensors if isinstance(x, Held)], kwargs.get("device")
        if not ours and to != PLACE:
            return op(*args, **kwargs)
        others = [x for x in tensors if x.ndim and not isinstance(x, Held)]
        if ours and others and op is not COPY:
            raise RuntimeError(f"{op} mixes tensors of {self.device} and the CPU")
        if to is not None:
            kwargs = {**kwargs, "device": HOST}
        results = op(*tree_map(_held, args), **tree_map(_held, kwargs))
        read = to == HOST or op in READS or op is COPY and ours[0] is not args[0]
        if read:
            self.reads.append(_line())
            return results
        if self.device.type == "mps":
            _check_apple(op, args, tree_leaves((tensors, results)))
        if op._schema.is_mutable:
            return args[0]
        return tree_map(lambda x: Held(x, self) if _is(x) else x, results)


class _Names(TorchFunctionMode):
    """Replaces the device's name by `PLACE`, which torch takes without a driver."""

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def __torch_function__(self, function, types, args=(), kwargs=None):
        if function is torch.device:
            return function(*args, **(kwargs or {}))
        args, kwargs = tree_map(self._place, (args, kwargs or {}))
        return function(*args, **kwargs)

    def _place(self, value):
        named = isinstance(value, str) and value.split(":")[0] == self.kind
        ours = isinstance(value, torch.device) and value.type == self.kind
        return PLACE if named or ours else value


@contextmanager
def stand_in(kind, patch):
    """A `StandIn` that nst finds and takes by default; ``patch`` is a monkeypatch."""
    for module, name in ((torch.cuda, "cuda"), (torch.backends.mps, "mps")):
        there = functools.wraps(module.is_available)(lambda name=name: name == kind)
        patch.setattr(module, "is_available", there)
    module = getattr(torch, kind)
    patch.setattr(module, "device_count", lambda: 1)
    patch.setitem(nst.device.COUNT, kind, lambda: 1)
    patch.setattr(torch.cuda, "mem_get_info", lambda device: (8e9, 16e9))
    for name in ("memory_reserved", "memory_allocated"):
        patch.setattr(torch.cuda, name, lambda device: 0)
    for check in ("cuda", "accelerator"):  # in torch's Adam: it would ask the driver
        name = f"_{check}_graph_capture_health_check"
        patch.setattr(torch.optim.Optimizer, name, lambda self: None, raising=False)
    gpu = StandIn(kind)
    gpu.emptied = []  # what `whether` said each time the cache was emptied
    gpu.whether = lambda: None
    patch.setattr(module, "empty_cache", lambda: gpu.emptied.append(gpu.whether()))
    nst.vgg._shared_network.cache_clear()
    with gpu:
        yield gpu
    nst.vgg._shared_network.cache_clear()


def _check_apple(op, args, values):
    name = op._schema.name
    if any(_is(x) and x.dtype in WIDE for x in values):
        raise RuntimeError(f"{name}: the MPS device has no float64")
    uneven = "adaptive" in name and any(
        side % part for side, part in zip(args[0].shape[-2:], args[1], strict=True)
    )
    if uneven or any(part in name for part in APPLE_LACKS):
        raise NotImplementedError(f"{name} is not there on the MPS device")


def _is(value):
    return isinstance(value, torch.Tensor)


def _held(value):
    return value.held if isinstance(value, Held) else value


def _line():
    folder = Path(nst.__file__).parent
    frames = traceback.extract_stack()
    ours = [f for f in frames if folder in Path(f.filename).parents]
    frame = (ours or frames[:1])[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
