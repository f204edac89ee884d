from copy import deepcopy

import pytest
import torch

import nst
from nst.keep.checkpoint import read
from nst.optimize import Descent

RUN = {"sizes": (24, 32), "steps": (6, 6)}


def kept(path, **options):
    return nst.Checkpoint(path, every=0, **options)


def same(one, other):
    return all(
        torch.equal(a, b)
        for a, b in zip((one.image, one.best), (other.image, other.best), strict=True)
    ) and (one.losses == other.losses)


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
@pytest.mark.parametrize("stop", [1, 5, 6, 7, 11, 12])
def test_a_run_goes_on_bit_for_bit(tmp_path, stop, optimizer):
    recipe = nst.Recipe(**RUN, optimizer=optimizer, initial="noise")
    recipe = recipe.replace(learning_rate=1.0 if optimizer == "lbfgs" else 0.02)
    whole = list(nst.iterate("cat", "ink", recipe))
    path = tmp_path / "run.checkpoint"
    first = nst.iterate("cat", "ink", recipe, checkpoint=kept(path))
    for _ in range(stop):
        next(first)
    del first
    going = kept(path, resume=True)
    rest = list(nst.iterate("cat", "ink", recipe, checkpoint=going))
    assert [step.number for step in rest] == list(range(stop, 13))
    assert all(map(same, rest, whole[stop - 1 :]))
    assert going.history == [step.losses for step in whole]


def test_a_run_that_failed_goes_on_with_its_halved_learning_rate(cat, strokes, vgg):
    objective = nst.Objective(vgg, cat, strokes, nst.Recipe())

    class Failing:
        count = 0

        def evaluate(self, image):
            self.count += 1
            losses, gradient = objective.evaluate(image)
            return (
                losses | {"total": float("nan")} if self.count == 4 else losses
            ), gradient

    whole = Descent(cat, Failing())
    for _ in range(5):
        next(whole)
    resumed = Descent(cat, objective)
    resumed.load_state_dict(deepcopy(whole.state_dict()))
    for _ in range(4):
        assert same(next(whole), next(resumed))


def test_what_is_no_good_checkpoint_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "run.checkpoint"
    recipe = nst.Recipe(**RUN)
    steps = nst.iterate("cat", "ink", recipe, checkpoint=kept(path))
    next(steps), next(steps)
    assert read(path)["descent"]["number"] == 2
    assert read(f"{path}.previous")["descent"]["number"] == 1
    good = path.read_bytes()

    def refused(says, data=good, content="cat", resume=True, **changes):
        path.write_bytes(data)
        with pytest.raises(nst.InputError, match=says):
            again = kept(path, resume=resume)
            nst.iterate(content, "ink", recipe.replace(**changes), checkpoint=again)
        assert path.read_bytes() == data

    for cut in (0, 10, 16, 40, len(good) // 2, len(good) - 1):
        refused(
            "damaged or incomplete: go on from|is no checkpoint|another nst", good[:cut]
        )
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    refused("damaged or incomplete: go on from '.*previous'", bytes(flipped))
    refused("has the format '99'", good.replace(b"checkpoint 2\n", b"checkpoint 99\n"))
    refused("is no checkpoint of nst", b"\x80\x04pickle\n")
    refused("another recipe or other pictures", style_weight=16.0)
    refused("another recipe or other pictures", content="coffee")
    refused("holds a run already: go on with it by --resume", resume=False)
    path.unlink()  # stopped between two renames: the one before serves
    going = kept(path, resume=True)
    assert next(nst.iterate("cat", "ink", recipe, checkpoint=going)).number == 1


def test_loading_runs_no_code(tmp_path):
    """A pickle that would run something is refused by torch's weights_only."""
    import hashlib
    import io

    class Evil:
        def __reduce__(self):
            return (open, (str(tmp_path / "harm"), "w"))

    buffer = io.BytesIO()
    torch.save({"level": Evil()}, buffer)
    data = buffer.getvalue()
    path = tmp_path / "evil.checkpoint"
    path.write_bytes(b"nst checkpoint 2\n" + hashlib.sha256(data).digest() + data)
    with pytest.raises(nst.InputError, match="is no checkpoint of nst"):
        read(path)
    assert not (tmp_path / "harm").exists()


def test_a_step_that_was_broken_off_is_not_kept(tmp_path, monkeypatch):
    whole = list(nst.iterate("cat", "ink", **RUN))
    path, evaluate, left = tmp_path / "run.checkpoint", nst.Objective.evaluate, [4]

    def interrupted(objective, image):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return evaluate(objective, image)

    monkeypatch.setattr(nst.Objective, "evaluate", interrupted)
    keeping = kept(path)
    with pytest.raises(KeyboardInterrupt):
        list(nst.iterate("cat", "ink", checkpoint=keeping, **RUN))
    before = path.read_bytes()
    keeping.save()
    assert path.read_bytes() == before
    monkeypatch.undo()
    rest = list(nst.iterate("cat", "ink", checkpoint=kept(path, resume=True), **RUN))
    assert len(rest) == 10 and all(map(same, rest, whole[2:]))


@pytest.fixture
def pictures(tmp_path):
    """{what: the file of a picture}, masks among them."""
    cat, style = nst.sample("cat", 64), nst.sample("waves", 48)
    left, top = torch.zeros_like(cat), torch.zeros_like(style)
    left[..., :40], top[..., :30, :] = 1, 1
    made = {"content": cat, "style": style, "left": left, "right": 1 - left}
    made |= {"top": top, "start": cat.flip(3)}
    for name, image in made.items():
        nst.save_image(image, tmp_path / f"{name}.png")
    return {name: tmp_path / f"{name}.png" for name in made}


MASKED = nst.Recipe(**RUN, blend=(1.0, 0.5), color="match")


def masked(pictures, keeping=None, **changes):
    """Two styles, each in its region, one of them taken from a part of its picture."""
    return nst.iterate(
        pictures["content"],
        [pictures["style"], "ink"],
        MASKED.replace(**changes),
        masks=[pictures["left"], pictures["right"]],
        style_masks=[pictures["top"], None],
        checkpoint=keeping,
    )


@pytest.mark.parametrize("stop", [1, 6, 9])
def test_a_run_with_masks_goes_on_bit_for_bit(tmp_path, pictures, stop):
    whole = list(masked(pictures))
    first = masked(pictures, kept(tmp_path / "run"))
    for _ in range(stop):
        next(first)
    rest = list(masked(pictures, kept(tmp_path / "run", resume=True)))
    assert [step.number for step in rest] == list(range(stop, 13))
    assert all(map(same, rest, whole[stop - 1 :]))


OTHERS = {
    "exchanged": lambda p: {"left": p["right"], "right": p["left"]},
    "another": lambda p: {"left": p["content"]},
    "one fewer": lambda p: {"right": None},
    "none of the style": lambda p: {"top": None},
}


@pytest.mark.parametrize("masks", OTHERS)
def test_other_masks_are_another_run(tmp_path, pictures, masks):
    next(masked(pictures, kept(tmp_path / "run")))
    with pytest.raises(nst.InputError, match="another recipe or other pictures"):
        masked(pictures | OTHERS[masks](pictures), kept(tmp_path / "run", resume=True))


@pytest.mark.parametrize("initial", [False, True], ids=["", "a picture to begin with"])
def test_pixels_decide_whether_a_run_goes_on_not_names(tmp_path, pictures, initial):
    """Every input is moved to another folder, under another name."""

    def start():
        return {"initial": str(pictures["start"])} if initial else {}

    whole = list(masked(pictures, **start()))
    first = masked(pictures, kept(tmp_path / "run"), **start())
    for _ in range(8):
        next(first)
    (tmp_path / "elsewhere").mkdir()
    for name, path in pictures.items():
        pictures[name] = path.rename(tmp_path / "elsewhere" / f"renamed-{name}.png")
    rest = list(masked(pictures, kept(tmp_path / "run", resume=True), **start()))
    assert len(rest) == 5 and all(map(same, rest, whole[7:]))
    nst.save_image(nst.sample("coffee", 64), pictures["content"])
    with pytest.raises(nst.InputError, match="another recipe or other pictures"):
        masked(pictures, kept(tmp_path / "run", resume=True), **start())
