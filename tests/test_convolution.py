"""Direct, Winograd's and half precision: the same picture, and the choice is kept."""

import json
import os
import subprocess
import sys

import pytest
import torch
from conftest import ROOT, environment, relative

import nst
from nst import convolution, device, half
from nst.app.batch import do
from nst.device import Compute, choose, choose_again
from nst.studio.engine import keep, replay
from nst.studio.engine.session import Session
from nst.vgg import load_network

CPU = torch.device("cpu")
DIRECT, WINOGRAD = Compute(CPU), Compute(CPU, "winograd")
HALF = Compute(CPU, precision="half")
QUICK = {"size": 48, "sizes": (32, 48), "steps": (3, 3)}
SIZES = [
    (32, 32),
    (33, 47),
    (64, 24),
    (25, 131),
    (96, 65),
    (48, 48),
    (23, 90),
    (160, 96),
]


@pytest.fixture
def forget():
    """Let probes be made anew, before and after."""
    caches = convolution.is_there, convolution.fastest
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.fixture
def sixteen(monkeypatch):
    """A machine whose 16 bits are float16, as on GPUs before Ampere."""
    monkeypatch.setattr(half, "dtype_on", lambda device: torch.float16)
    load_network.__globals__["_shared_network"].cache_clear()
    yield
    load_network.__globals__["_shared_network"].cache_clear()


def evaluated(compute, content, style, size, recipe=None):
    recipe = recipe or nst.Recipe()
    content = nst.resize(nst.sample(content), size)
    vgg, style = load_network(recipe, compute), nst.sample(style, 64)
    return nst.Objective(vgg, content, style, recipe).evaluate(content.flip(3))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("pair", [("astronaut", "ink"), ("rocket", "stained_glass")])
def test_winograd_gives_the_losses_and_gradients_of_direct_convolutions(pair, size):
    ours, slope = evaluated(WINOGRAD, *pair, size)
    theirs, right = evaluated(DIRECT, *pair, size)
    assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-8)
    assert (slope - right).norm() < 1e-2 * right.norm()  # a ReLU may turn at its kink
    assert not torch.equal(slope, right)  # else it was not Winograd's


@pytest.mark.parametrize("size", [(32, 48), (33, 48), (24, 31), (2, 3), (65, 65)])
def test_averages_are_those_of_torch_in_either_order(size):
    x = torch.rand(1, 5, *size, requires_grad=True)
    far = torch.rand(1, 5, size[0] // 2, size[1] // 2)
    right = torch.nn.functional.avg_pool2d(x, 2)
    (slope,) = torch.autograd.grad(right, x, far)
    for memory_format in (torch.contiguous_format, torch.channels_last):
        mine = x.detach().to(memory_format=memory_format).requires_grad_()
        found = convolution.AveragePool(2)(mine)
        torch.testing.assert_close(found, right, rtol=1e-6, atol=1e-7)
        assert torch.equal(torch.autograd.grad(found, mine, far)[0], slope)


def test_averages_are_ours_where_winograds_convolutions_are(monkeypatch):
    taken = []
    ours = convolution.Averages.apply
    monkeypatch.setattr(
        convolution.Averages, "apply", lambda x: taken.append(x) or ours(x)
    )
    for compute, pools in ((DIRECT, 0), (WINOGRAD, 4)):
        taken.clear()
        vgg = load_network(nst.Recipe(pooling="average"), compute)
        vgg(nst.sample("cat", 64), ["relu5_1"])
        assert len(taken) == pools


@pytest.mark.parametrize("seed", range(12))
def test_any_shape_is_right_and_nan_is_kept(seed):
    torch.manual_seed(seed)
    numbers = torch.randint(1, 70, (4,)).tolist()
    layer = convolution.Convolution(numbers[0], numbers[1], 3, padding=1)
    x = torch.randn(1, numbers[0], *numbers[2:])
    right = layer(x)
    layer.method = "winograd"
    assert (layer(x) - right).norm() < 1e-5 * right.norm()
    x[..., 0, 0] = float("nan")
    assert layer(x).isnan().any()


def test_winograd_takes_tiles_custom_weights_and_float64(random):
    recipe = nst.Recipe(**QUICK | {"size": 96, "sizes": (96,), "steps": (2,)}, tile=64)
    whole = nst.style_transfer("cat", "ink", recipe.replace(tile=None), device=WINOGRAD)
    tiles = nst.style_transfer("cat", "ink", recipe, device=WINOGRAD)
    assert relative(tiles, whole) < 1e-2
    layer = convolution.Convolution(16, 16, 3, padding=1).double()
    layer.method = "winograd"
    assert layer(random(1, 16, 32, 32).double()).dtype == torch.float64


WRONG = {
    "absent": {"_nnpack_available": lambda: False},
    "failing": {"_nnpack_spatial_convolution": torch.linalg.cholesky},
    "refused": {"_nnpack_spatial_convolution": None},
    "wrong": {"_nnpack_spatial_convolution": lambda x, *_: torch.zeros_like(x)},
}


@pytest.mark.parametrize("how", WRONG)
def test_without_a_sound_nnpack_all_is_direct(how, monkeypatch, forget):
    right = nst.style_transfer("cat", "ink", **QUICK, device=DIRECT)
    for name, stand_in in WRONG[how].items():
        monkeypatch.setattr(torch, name, stand_in)
    assert not convolution.is_there() and convolution.fastest() == "direct"
    ours = nst.style_transfer("cat", "ink", **QUICK, device=WINOGRAD)
    assert relative(ours, right) < 1e-2


@pytest.mark.parametrize("slower, method", [(9.0, "winograd"), (1.1, "direct")])
def test_the_probe_decides(slower, method, monkeypatch, forget):
    monkeypatch.setattr(convolution, "seconds", lambda *ways, clock: [1.0, slower])
    assert choose("cpu") == choose("cpu", "float32") == Compute(CPU, method)
    assert choose("cpu", "half") == HALF and choose(HALF) == HALF


def test_the_probe_is_made_once_a_process(monkeypatch, forget):
    calls = []
    monkeypatch.setattr(
        convolution, "seconds", lambda *ways, clock: calls.append(ways) or [1.0, 1.0]
    )
    for _ in range(3):
        choose("cpu")
    assert len(calls) <= 1  # none without NNPACK


def test_the_probe_takes_none_of_the_users_random_numbers(forget):
    torch.manual_seed(0)
    before = torch.get_rng_state()
    choose("cpu")
    assert torch.equal(before, torch.get_rng_state())


def test_a_wrong_precision_is_told():
    with pytest.raises(nst.InputError, match="unknown precision 'double': .*half"):
        nst.iterate("cat", "ink", precision="double")


def computed(path):
    made = nst.read_record(path)
    return made["convolution"], made["precision"]


@pytest.mark.parametrize("compute", [WINOGRAD, HALF])
def test_a_picture_is_remade_as_it_was_computed(compute, tmp_path, monkeypatch):
    path, again = tmp_path / "a.png", tmp_path / "b.png"
    image = nst.style_transfer("cat", "ink", **QUICK, device=compute)
    recipe = nst.Recipe(**QUICK)
    nst.save_image(image, path, nst.record(recipe, "cat", "ink", device=compute))
    monkeypatch.setattr(device, "fastest", lambda: "direct")
    nst.remake(path, again)
    assert again.read_bytes() == path.read_bytes()
    assert computed(again) == (compute.convolution, compute.precision)
    nst.remake(path, again, precision="float32")
    assert computed(again) == ("direct", "float32")


@pytest.mark.parametrize("compute", [WINOGRAD, HALF])
def test_a_resumed_run_is_computed_as_it_began(compute, tmp_path, monkeypatch):
    path = tmp_path / "run.checkpoint"
    *_, whole = nst.iterate("cat", "ink", **QUICK, device=compute)
    first = nst.Checkpoint(path, every=0)
    run = nst.iterate("cat", "ink", **QUICK, checkpoint=first, device=compute)
    for _ in range(4):
        next(run)
    monkeypatch.setattr(device, "fastest", lambda: "direct")
    going = nst.Checkpoint(path, resume=True)
    *_, last = nst.iterate("cat", "ink", **QUICK, checkpoint=going)
    assert going.compute == compute and torch.equal(last.best, whole.best)


@pytest.mark.parametrize("compute", [WINOGRAD, HALF])
def test_a_session_goes_on_and_is_replayed_as_it_began(compute, tmp_path, monkeypatch):
    recipe, inputs = nst.Recipe(**QUICK), nst.inputs.Inputs.of("cat", "ink")
    session = Session(inputs, recipe, compute)
    session.run(2)
    session.change(style_weight=2.0)
    keep.write(session, tmp_path / "s.checkpoint")
    session.run(4)
    monkeypatch.setattr(device, "fastest", lambda: "direct")
    again = keep.read(tmp_path / "s.checkpoint")
    again.run(4)
    assert again.compute == compute and torch.equal(again.picture, session.picture)
    made = json.loads(replay.record(session))
    same = choose_again(made)
    moves = made["studio"]["moves"]
    picture = replay.replay(inputs, session.state.recipe, 4, moves=moves, device=same)
    assert same == compute and torch.equal(picture, session.picture)


def test_records_of_earlier_versions_are_direct():
    assert choose_again({"device": "cpu"}) == DIRECT


def test_a_forked_child_takes_the_direct_way():
    """NNPACK's threads stay with the parent: the child would wait for them."""
    code = """
import os, torch, nst
from nst import convolution
layer = convolution.Convolution(16, 16, 3, padding=1).requires_grad_(False)
layer.method = "winograd"
x = torch.rand(1, 16, 64, 64)
right = layer(x)
assert convolution.is_there()
child = os.fork()
if child == 0:
    alike = torch.allclose(layer(x), right, atol=1e-5)
    os._exit(convolution.is_there() or not alike)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    run = [sys.executable, "-c", code]
    found = subprocess.run(
        run,
        cwd=ROOT,
        env=environment(OMP_NUM_THREADS="1"),
        timeout=120,
        capture_output=True,
        text=True,
    )
    assert found.stdout.strip() == "0", found.stderr


def test_threads_that_wait_leave_the_core_and_the_user_decides():
    code = "import os, nst; print(os.environ['GOMP_SPINCOUNT'])"
    for given, expected in ({}, "20000"), ({"GOMP_SPINCOUNT": "7"}, "7"):
        env = {k: v for k, v in os.environ.items() if k != "GOMP_SPINCOUNT"} | given
        run = [sys.executable, "-c", code]
        found = subprocess.run(run, cwd=ROOT, env=env, capture_output=True, text=True)
        assert found.stdout.strip() == expected


@pytest.mark.parametrize("shape", [(48, 64), (21, 32)])
@pytest.mark.parametrize("kind", ["bfloat16", "float16"])
def test_half_precision_is_near_float32(kind, shape, request, capsys):
    """Also in small pictures, whose slopes are the largest."""
    if kind == "float16":
        request.getfixturevalue("sixteen")
    ours, slope = evaluated(HALF, "cat", "ink", shape)
    assert not capsys.readouterr().err  # float32 did not step in
    theirs, right = evaluated(DIRECT, "cat", "ink", shape)
    assert ours == pytest.approx(theirs, rel=2e-2, abs=1e-3)
    assert (slope - right).norm() < 0.1 * right.norm() and slope.dtype == torch.float32


def test_an_overflow_falls_back_to_float32_and_says_so(sixteen, monkeypatch, capsys):
    monkeypatch.setattr(half, "GROW", 2.0**90)  # no float16 holds such a slope
    ours, slope = evaluated(HALF, "cat", "ink", (48, 64))
    theirs, right = evaluated(DIRECT, "cat", "ink", (48, 64))
    assert ours == theirs and torch.equal(slope, right)
    said = capsys.readouterr().err
    assert said == ("nst: too large a number for half precision: going on in float32\n")


def test_an_overflow_in_a_run_is_told_recorded_and_remade(
    sixteen, monkeypatch, capsys, tmp_path
):
    monkeypatch.setattr(half, "GROW", 2.0**90)
    path, again = tmp_path / "a.png", tmp_path / "b.png"
    job = nst.Job(
        "cat", "ink", path, nst.Recipe(**QUICK), device="cpu", precision="half"
    )
    assert do(job).status == "made" and "float32" in capsys.readouterr().err
    nst.remake(path, again)
    assert again.read_bytes() == path.read_bytes()
    assert computed(again) == ("direct", "half")


@pytest.mark.parametrize(
    "compute, together",
    [
        (DIRECT, True),
        (WINOGRAD, False),
        (HALF, True),
        (Compute(torch.device("cuda")), False),
        (Compute(torch.device("cuda"), precision="half"), True),
    ],
)
def test_the_order_in_memory_is_chosen_for_each_way(compute, together):
    expected = torch.channels_last if together else torch.contiguous_format
    assert compute.memory_format == expected


@pytest.mark.parametrize(
    "capability, dtype, wins",
    [
        ((6, 1), torch.float16, False),
        ((7, 5), torch.float16, None),
        ((8, 0), torch.bfloat16, None),
    ],
)
def test_gpus_before_ampere_take_float16(capability, dtype, wins, monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    gpu = torch.device("cuda")
    assert half.dtype_on(gpu) == dtype
    if wins is False:  # no tensor cores: the probe is not even made
        assert half.is_faster.__wrapped__(gpu) is False


def test_a_gpu_is_probed_in_both_precisions(monkeypatch):
    """The probe's own code runs, on the CPU in place of a GPU."""
    seen = []

    def seconds(*actions):
        for action in actions:
            action()
        return [1.0, 0.6]

    def convolve(x, weight, **how):
        seen.append((x.dtype, weight.dtype))

    monkeypatch.setattr(half, "seconds", seconds)
    monkeypatch.setattr(half, "conv2d", convolve)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda device: None)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 0))
    assert half.is_faster.__wrapped__(CPU)
    assert seen == [(torch.float32,) * 2, (torch.bfloat16,) * 2]


def test_a_probe_that_fails_is_a_sentence_and_made_anew_the_next_time(monkeypatch):
    """As where another program holds the GPU's memory."""

    def seconds(*actions):
        tried.append(actions)
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")

    tried: list = []
    monkeypatch.setattr(half, "seconds", seconds)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (8, 0))
    sentence = r"^cpu cannot be used \(CUDA out of memory.*\): end what else uses it"
    for _ in range(2):
        with pytest.raises(nst.InputError, match=sentence):
            half.is_faster(CPU)
    assert len(tried) == 2
