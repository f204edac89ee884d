"""GPUs, by a stand-in: all that nst does runs there, unmixed, and reads it rarely."""

import functools
import inspect
import textwrap
import weakref
from dataclasses import replace
from itertools import islice
from typing import get_args

import pytest
import torch
from stand_in import Held, stand_in

import nst
from nst import device
from nst.app.batch import do
from nst.app.cli import main
from nst.app.remake import remake
from nst.control import colors, memory, regions, shortage
from nst.device import Compute
from nst.inputs import Inputs, fingerprint
from nst.recipe import FIELDS, Idea
from nst.studio.engine import film, keep, replay
from nst.studio.engine.session import Session

TINY = dict(sizes=(32, 37), steps=(3, 2))  # 37: odd sizes at each pooling
LEFT = torch.zeros(1, 3, 22, 33)
LEFT[..., :16] = 1
TWO = ["ink", "waves"]
REGIONS = dict(masks=[LEFT, 1 - LEFT])
RUNS = [
    ("default", "ink", {}, {}),
    ("gatys", "ink", {}, {}),
    ("original", "ink", dict(square=True, clamp_in_closure=True), {}),
    *(("default", "ink", dict(color=c), {}) for c in ("content", "match", "histogram")),
    *(("default", "ink", dict(initial=i), {}) for i in ("content", "style")),
    ("default", "ink", dict(initial="noise", seed=3), {}),
    ("default", "ink", dict(initial="mine.png"), {}),
    *(("default", "ink", dict(scale=s), {}) for s in ("own", "paper", "mean")),
    ("default", "ink", dict(optimizer="adam", learning_rate=0.02), {}),
    ("default", "ink", dict(sizes=None, size=40, steps=3, tile=64, tv_weight=9.0), {}),
    ("default", "ink", dict(sizes=(112,), steps=2, tile=64), {}),
    ("default", "ink", dict(steps=(4, 4), history=2), {}),
    ("default", "ink", dict(tile="auto", pooling="max", normalize=False), {}),
    ("default", "ink", dict(content_layers=["conv2_2"], activation_scale=0.1), {}),
    ("default", "ink", dict(style_layers=["relu1_1", "conv3_1"], style_scale=1.5), {}),
    ("default", "ink", dict(content_weight=0.0, style_layer_weights=[1.0] * 5), {}),
    ("default", "ink", dict(style_weight=0.0, content_layer_weights=[1.0] * 2), {}),
    ("default", TWO, dict(blend=(0.3, 0.7)), {}),
    ("default", TWO, dict(blend=(0.3, (0.1, 0.2, 0.3, 0.4, 0.5)), color="match"), {}),
    *(("default", "ink", dict(style_loss=i), {}) for i in get_args(Idea)[1:]),
    *(
        ("default", TWO, dict(style_loss=i, sizes=(100,), steps=2, tile=64), REGIONS)
        for i in get_args(Idea)[1:]
    ),
    ("default", TWO, {}, REGIONS),
    ("default", TWO, dict(sizes=(100,), steps=2, tile=64), REGIONS),
    ("default", TWO, dict(color="content"), dict(masks=[LEFT, LEFT])),
    ("default", TWO, dict(initial="noise"), dict(masks=[None, LEFT])),
    ("default", "ink", {}, dict(style_masks=[torch.eye(96)[None].expand(3, -1, -1)])),
]


@pytest.fixture(params=["cuda", "mps"])
def gpu(request, monkeypatch):
    with stand_in(request.param, monkeypatch) as gpu:
        alike(monkeypatch)
        yield gpu


@pytest.fixture
def apple(monkeypatch):
    with stand_in("mps", monkeypatch) as gpu:
        alike(monkeypatch)
        yield gpu


def alike(patch, capability=(6, 1)):
    """Let CPU and GPU compute alike, so that the bytes can be compared."""
    patch.setattr(device, "fastest", lambda: "direct")
    patch.setattr(Compute, "memory_format", torch.channels_last)
    patch.setattr(torch.cuda, "get_device_capability", lambda device: capability)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    nst.save_image(nst.sample("coffee", 50), "mine.png")


def steps_of(row, device=None):
    preset, style, changes, regions = RUNS[row]
    recipe = nst.Recipe.preset(preset, **{**TINY, **changes})
    style = nst.sample("waves", (96, 96)) if "style_masks" in regions else style
    return nst.iterate("cat", style, recipe, device=device, **regions)


@functools.cache
def on_cpu(row):
    return [(s.image, s.best, s.losses) for s in steps_of(row, "cpu")]


def counted(steps, gpu):
    """The steps; and the reads of each but a level's first, which sets the targets."""
    taken, reads = [], []
    for step in steps:
        if taken and step.image.shape == taken[-1].image.shape:
            reads.append(gpu.reads[:])
        taken.append(step)
        gpu.reads.clear()
    return taken, reads


def test_the_runs_below_change_every_field():
    """Weights of one's own would have to be a file of 80 MB."""
    changed = set().union(TINY, *(changes for _, _, changes, _ in RUNS))
    of_films = {"temporal_weight", "frame_steps", "look_back"}
    assert changed == set(FIELDS) - {"weights"} - of_films


@pytest.mark.parametrize("row", range(len(RUNS)))
def test_a_gpu_paints_what_the_cpu_paints_and_is_read_twice_a_step(row, gpu):
    steps, reads = counted(steps_of(row), gpu)
    if gpu.device.type == "mps":  # it has no eigendecomposition: the CPU's is taken
        reads = [[r for r in each if "wasserstein" not in r] for each in reads]
    assert reads and max(map(len, reads)) <= 2, reads
    expected = on_cpu(row)
    assert len(steps) == len(expected)
    for step, (image, best, losses) in zip(steps, expected, strict=True):
        assert isinstance(step.best, Held) and step.image.device == gpu.device
        assert torch.equal(step.image.cpu(), image)
        assert torch.equal(step.best.cpu(), best) and step.losses == losses


@pytest.mark.parametrize("row", [0, 1, 13, 24])
def test_half_precision_is_read_twice_a_step_too(row, monkeypatch):
    with stand_in("cuda", monkeypatch) as gpu:
        alike(monkeypatch, capability=(8, 0))
        how = [
            Compute(torch.device(kind), precision="half")
            for kind in (gpu.device, "cpu")
        ]
        steps, reads = counted(steps_of(row, how[0]), gpu)
        assert reads and max(map(len, reads)) <= 2, reads
        for step, right in zip(steps, steps_of(row, how[1]), strict=True):
            assert torch.equal(step.image.cpu(), right.image)


def test_a_named_device_is_the_only_one_that_is_tried(gpu, monkeypatch):
    """Trying a GPU takes memory and seconds, also for who asks for the CPU."""
    tried = []
    fault, last = device._fault, f"{gpu.device.type}:1"
    monkeypatch.setattr(
        device, "_fault", lambda name: tried.append(name) or fault(name)
    )
    monkeypatch.setitem(device.COUNT, gpu.device.type, lambda: 2)
    assert nst.choose_device("cpu").type == "cpu" and tried == ["cpu"]
    assert nst.choose_device(last) == torch.device(last) and tried == ["cpu", last]


def test_all_that_takes_an_image_takes_one_from_a_gpu(gpu, cat, strokes):
    there, also = cat.to(gpu.device), strokes.to(gpu.device)
    assert there.device.type == gpu.device.type
    for size in (20, (50, 50)):
        resized = nst.resize(there, size)
        assert resized.device == gpu.device
        assert torch.equal(resized.cpu(), nst.resize(cat, size))
    matched = nst.match_colors(there, also)
    assert matched.device == gpu.device
    assert torch.equal(matched.cpu(), nst.match_colors(cat, strokes))
    for color in ("match", "histogram"):
        recipe = nst.Recipe(color=color)
        made = colors.recolor(there, also, recipe)
        assert torch.equal(made.cpu(), colors.recolor(cat, strokes, recipe))
    assert torch.equal(nst.load_image(there, 20), nst.load_image(cat, 20))
    assert nst.to_pil(there).tobytes() == nst.to_pil(cat).tobytes()
    assert fingerprint(there) == fingerprint(cat)
    assert film.frame(there) == film.frame(cat)
    one = next(nst.iterate(there, [also, "ink"], **TINY)).image
    two = next(nst.iterate(cat, [strokes, "ink"], device="cpu", **TINY)).image
    assert torch.equal(one.cpu(), two)


def hands(session):
    """What a person does in a Studio: each kind of move once."""
    session.run(2)
    session.change(style_weight=100.0, blend=(0.2, 0.8))
    session.run(4)
    session.change(color="content")
    session.undo()
    kept = session.state
    session.run(6)  # beyond the recipe's last step
    session.restore(kept)
    session.run(6)
    session.enlarge(44)
    session.run(8)
    return session.picture


def test_a_studio_session_is_the_same_on_a_gpu(gpu):
    inputs, recipe = Inputs.of("cat", TWO), nst.Recipe(blend=(0.5, 0.5), **TINY)
    session = Session(inputs, recipe)
    picture = hands(session)
    assert (
        session.compute.device.type == gpu.device.type and picture.device.type == "cpu"
    )
    assert torch.equal(picture, hands(Session(inputs, recipe, "cpu")))
    keep.write(session, "kept")
    nst.save_image(picture, "a.png", replay.record(session))
    again = keep.read("kept")
    assert again.state.image.device.type == "cpu"
    assert torch.equal(again.run(10).image, session.run(10).image)
    assert torch.equal(remake("a.png", "b.png"), picture)
    _, reads = counted((session.step() for _ in range(5)), gpu)
    assert max(map(len, reads)) <= 3, reads  # the third is the film's picture


def test_the_studio_shows_and_saves_what_a_gpu_paints(gpu):
    studio = nst.Studio("cat", "waves", **TINY)
    studio.run(2)
    studio.snapshot()
    studio.run(2)
    assert studio.image.device.type == "cpu"
    assert nst.read_record(studio.save())["device"] == gpu.device.type
    assert studio.film().stat().st_size > 0
    studio.close()


@pytest.mark.parametrize("optimizer, rate", [("lbfgs", 1.0), ("adam", 0.02)])
def test_a_run_goes_on_from_its_checkpoint_here_and_there(
    gpu, optimizer, rate, monkeypatch
):
    """From the GPU on itself, from the CPU on the GPU, and the other way round."""
    recipe = nst.Recipe(**TINY, optimizer=optimizer, learning_rate=rate)
    whole = nst.style_transfer("cat", "ink", recipe, device="cpu")
    tag = torch.serialization.location_tag
    for first, second in ((None, None), ("cpu", None), (None, "cpu")):
        if first is None:  # what a real GPU's tensors say in a file
            monkeypatch.setattr(torch.serialization, "location_tag", lambda s: "cuda:0")
        name = f"run-{first}-{second}"
        kept = nst.Checkpoint(name, every=0)
        for _ in islice(
            nst.iterate("cat", "ink", recipe, device=first, checkpoint=kept), 2
        ):
            pass
        monkeypatch.setattr(torch.serialization, "location_tag", tag)
        kept = nst.Checkpoint(name, resume=True)
        *_, last = nst.iterate("cat", "ink", recipe, device=second, checkpoint=kept)
        assert torch.equal(last.best.cpu(), whole)


def test_batch_command_line_and_remake_use_the_gpu(gpu, capsys):
    job = nst.Job("cat", TWO, "a.png", nst.Recipe(**TINY), [LEFT, 1 - LEFT])
    assert [do(job).status, do(job).status] == ["made", "kept"]
    command = "cat ink -o b.png --size 32 --steps 2 --checkpoint c --every 1".split()
    assert main(command) == 0
    assert f"on {gpu.device.type}" in capsys.readouterr().err
    assert main(["remake", "b.png"]) == 0
    first, again = (nst.read_record(n) for n in ("b.png", "b-remade.png"))
    assert first["device"] == gpu.device.type and first == again
    assert torch.equal(nst.load_image("b.png"), nst.load_image("b-remade.png"))


def test_figures_take_what_a_gpu_painted(gpu):
    steps = nst.watch(nst.iterate("cat", "ink", **TINY))
    assert [step.best.device.type for step in steps] == ["cpu"] * 5
    assert all(step.best is step.image for step in steps[:1])
    step = next(nst.iterate("cat", "ink", **TINY))
    nst.show_images(step.image)
    features = torch.rand(1, 8, 4, 4).to(gpu.device)
    nst.show_features(features)
    nst.show_gram(features)


def planted(monkeypatch, extra):
    """Let the total variation, which every evaluation computes, do ``extra`` too."""
    honest = nst.losses.total_variation

    def total_variation(image):
        return honest(image) + extra(image)

    monkeypatch.setattr("nst.objective.total_variation", total_variation)


def test_a_planted_mix_of_devices_is_found(gpu, monkeypatch):
    planted(monkeypatch, lambda image: (image * torch.ones(1, 3, 1, 1)).mean())
    with pytest.raises(RuntimeError, match="mixes tensors"):
        next(steps_of(0))


@pytest.mark.parametrize(
    "read",
    [
        lambda image: image.mean().item(),
        lambda image: float(image.max() > 0),
        lambda image: image.detach().mean().cpu().to(image),
        lambda image: image.detach().mean().tolist(),
        lambda image: 0.0 if torch.equal(image, image) else 1.0,
        lambda image: torch.zeros(()).copy_(image.detach().mean()).to(image),
    ],
)
def test_a_planted_third_read_is_found(gpu, monkeypatch, read):
    planted(monkeypatch, read)
    _, reads = counted(steps_of(0), gpu)
    assert {len(lines) for lines in reads} == {3}


@pytest.mark.parametrize(
    "lacking",
    [
        lambda image: image.double().mean().float(),
        lambda image: (image * torch.ones((), dtype=torch.float64)).mean(),
        lambda image: torch.zeros(2, dtype=torch.float64, device=image.device).sum(),
        lambda image: torch.linalg.eigvalsh(image[0, 0, :9, :9]).sum(),
        lambda image: torch.linalg.inv(image[0, 0, :9, :9]).sum(),
        lambda image: torch.nn.functional.interpolate(
            image, 9, mode="bilinear", antialias=True
        ).mean(),
        lambda image: torch.nn.functional.adaptive_avg_pool2d(image, 9).mean(),
    ],
)
def test_what_apples_gpu_lacks_is_found(apple, monkeypatch, lacking):
    planted(monkeypatch, lacking)
    with pytest.raises(RuntimeError, match="MPS device"):
        next(steps_of(0))


@pytest.mark.parametrize(
    "function, word",
    [(nst.images.resize, ".cpu()"), (colors._statistics, ".cpu()")],
)
def test_without_its_cpu_a_function_fails_on_apples_gpu(
    apple, monkeypatch, cat, strokes, function, word
):
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(word) == 1
    module = inspect.getmodule(function)
    exec(source.replace(word, ""), scope := dict(vars(module)))
    monkeypatch.setattr(function, "__code__", scope[function.__name__].__code__)
    with pytest.raises(RuntimeError, match="MPS device"):
        list(steps_of(0))
        nst.match_colors(cat.to("mps"), strokes)


def oom(monkeypatch, at=1):
    """Let memory run out in an evaluation; returns what tells if its tensor lives."""
    alive, evaluate, count = [], nst.Objective.evaluate, [0]

    def greedy(objective, image):
        count[0] += 1
        features = image.new_ones(9)
        if count[0] >= at:
            alive.append(weakref.ref(features))
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        return evaluate(objective, image)

    monkeypatch.setattr(nst.Objective, "evaluate", greedy)
    return lambda: [ref() is not None for ref in alive]


@pytest.mark.parametrize(
    "changes, way_out",
    [
        (dict(size=2048), "choose a size below 2048 px, or tile 1024, which is slower"),
        (dict(size=512), "choose a size below 512 px, or tile 256, which is slower"),
        (dict(size=512, tile=256), "choose a size below 512 px"),
        (dict(size=64), "choose a size below 64 px"),
    ],
)
def test_memory_that_runs_out_is_a_sentence_and_freed(
    gpu, monkeypatch, changes, way_out
):
    """The cache is emptied when nothing holds the failed evaluation's tensors."""
    monkeypatch.setattr(nst.Recipe, "levels", lambda recipe: [(32, 2)])
    gpu.whether, sentence = oom(monkeypatch), f"^out of memory: {way_out}$"
    with pytest.raises(nst.InputError, match=sentence):
        nst.style_transfer("cat", "ink", **changes)
    session = Session(Inputs.of("cat", "ink"), nst.Recipe(**changes))
    with pytest.raises(nst.InputError, match=sentence):
        session.step()
    assert session.state.number == 0 and session.picture.shape == (1, 3, 21, 32)
    job = nst.Job("cat", "ink", "a.png", nst.Recipe(**changes))
    assert do(job).message == f"out of memory: {way_out}"
    assert gpu.emptied == [[False], [False] * 2, [False] * 3]


def test_memory_that_runs_out_as_a_session_is_resumed_is_a_sentence_too(
    gpu, monkeypatch
):
    session = Session(Inputs.of("cat", "ink"), nst.Recipe(**TINY))
    session.run(1)
    keep.write(session, "kept")
    session.close()
    alive = []

    def greedy(objective, content, *others):
        alive.append(weakref.ref(features := content.new_ones(9)))
        assert features.device.type == gpu.device.type
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")

    monkeypatch.setattr(nst.Objective, "_aim", greedy)
    gpu.whether = lambda: alive[0]() is not None
    with pytest.raises(nst.InputError, match="^out of memory: choose a size below 37"):
        keep.read("kept")
    assert gpu.emptied == [False]


@pytest.mark.parametrize(
    "text, short",
    [
        ("CUDA out of memory. Tried to allocate 2.00 GiB.", True),
        ("MPS backend out of memory (MPS allocated: 8 GB)", True),
        ("DefaultCPUAllocator: can't allocate memory: you tried", True),
        ("[enforce fail] DefaultCPUAllocator: not enough memory: you tried", True),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling", True),
        ("could not create a primitive", True),
        ("GET was unable to find an engine to execute this computation", True),
        ("Unable to find a valid cuDNN algorithm to run convolution", True),
        ("CUDA error: an illegal memory access was encountered", False),
        ("required rank 4 tensor to use channels_last memory format", False),
    ],
)
def test_only_what_says_that_memory_ran_out_counts(text, short):
    assert shortage.ran_out(RuntimeError(text)) == short
    assert shortage.ran_out(MemoryError())


def test_what_torch_keeps_of_a_gpu_is_free_to_use(monkeypatch):
    """Else a second run would be refused for what the first one has freed."""
    asked = []
    info = lambda index: asked.append(index) or (1e9, 16e9)  # noqa: E731
    monkeypatch.setattr(torch.cuda, "mem_get_info", info)
    for name, value in (("memory_reserved", 9e9), ("memory_allocated", 2e9)):
        monkeypatch.setattr(torch.cuda, name, lambda device, value=value: value)
    assert memory.available("cuda") == memory.available("cuda:1") == 1e9 + 7e9
    assert asked == [None, 1]  # in torch 2.4 a device without a number is refused


def test_masks_are_read_on_the_cpu(gpu):
    inputs = Inputs.of(LEFT, TWO, [LEFT.to(gpu.device), None])
    (left, none), _ = regions.load_masks(inputs)
    assert none is None and torch.equal(left, LEFT[:, :1])
    assert replace(inputs, masks=()).masks == ()


def test_a_gpu_that_only_says_that_it_is_there_is_not_chosen(monkeypatch):
    """As Apple's in the virtual machines that test projects like this one."""
    there = functools.wraps(torch.backends.mps.is_available)(lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", there)
    monkeypatch.setitem(nst.device.COUNT, "mps", lambda: 1)
    assert "mps" not in str(nst.device.choose_device())
    seen = r"no device 'mps' here \(Could not run .*MPS.*\): choose from .*cpu$"
    with pytest.raises(nst.InputError, match=seen):
        nst.device.choose_device("mps")


def test_a_film_is_painted_on_a_gpu(gpu):
    frames = [nst.sample("cat", 40), nst.sample("cat", 40).roll(1, 3)]
    how = dict(size=40, steps=2, frame_steps=2, color="content")
    film, expected = (
        [frame.image for frame in nst.style_video(frames, "ink", device=d, **how)]
        for d in (None, "cpu")
    )
    assert all(torch.equal(a, b) for a, b in zip(film, expected, strict=True))
