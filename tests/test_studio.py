import gc
import io
import logging
import weakref
from dataclasses import replace

import ipywidgets
import numpy as np
import pytest
import torch
from PIL import Image

import nst
from nst import colab, memory
from nst.errors import InputError
from nst.provenance import read_record
from nst.studio import jupyter, painter, session
from nst.studio.chart import chart
from nst.studio.panel import Studio
from nst.studio.session import Session
from nst.studio.state import Closed, thin

TINY = nst.Recipe(sizes=(24, 32), steps=(4, 4), style_weight=30.0)


@pytest.fixture(autouse=True)
def quick(tmp_path, monkeypatch):
    """Results go into a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run():
    return Session("cat", "waves", TINY)


@pytest.fixture
def studio():
    studio = Studio("cat", "waves", TINY)
    yield studio
    studio.close()


def said(studio):
    return studio.panel.text["message"].value


def wrong(studio):
    return "nst-error" in said(studio)


def status(studio):
    return studio.panel.text["status"].value


def tick(studio):
    studio.panel.play.value += 1


# The engine


def test_without_moves_the_steps_are_those_of_iterate(run):
    for ours, theirs in zip(range(8), nst.iterate("cat", "waves", TINY), strict=True):
        step = run.step()
        assert step.number == theirs.number == ours + 1
        assert step.losses == theirs.losses
        assert torch.equal(run.state.image, theirs.best)


@pytest.mark.parametrize("color", ["content", "match", "histogram"])
def test_colours_and_strokes_are_those_of_iterate(color):
    recipe = TINY.replace(color=color, style_scale=1.5)
    run = Session("cat", "waves", recipe)
    run.run(8)
    *_, last = nst.iterate("cat", "waves", recipe)
    assert torch.equal(run.picture, last.best)


def test_a_moved_weight_acts_at_the_next_step_from_the_present_image(run):
    run.run(3)
    before = run.state.image
    run.change(style_weight=300.0)
    assert torch.equal(run.state.image, before)
    step = run.step()
    weighed = step.losses["content"] + 300 * step.losses["style"]
    assert step.losses["total"] == pytest.approx(weighed, rel=1e-5)
    again = Session("cat", "waves", TINY)
    again.run(4)
    assert not torch.equal(again.state.image, run.state.image)


def test_a_moved_weight_costs_no_new_targets(run, monkeypatch):
    run.run(2)
    monkeypatch.setattr(painter, "begin_level", None)
    for weight in (1.0, 100.0):
        run.change(style_weight=weight, tv_weight=0.5)
        run.step()


def test_a_weight_that_stays_is_no_move(run):
    run.run(1)
    run.change(style_weight=30.0)
    assert run.state.moves == ()


@pytest.mark.parametrize("changes", [{"pooling": "average"}, {"size": 64}])
def test_what_is_no_weight_cannot_change_midway(run, changes):
    with pytest.raises(InputError, match="begin a new one"):
        run.change(**changes)


def test_undo_brings_back_at_least_ten_moves_with_their_images(run):
    states = []
    for weight in range(10):
        run.run(run.state.number + 1)
        states.append(run.state)
        run.change(style_weight=float(weight))
    for state in reversed(states):
        run.undo()
        assert torch.equal(run.state.image, state.image)
        assert (run.state.recipe, run.state.number) == (state.recipe, state.number)
    with pytest.raises(InputError, match="nothing to undo"):
        run.undo()


def test_undo_brings_back_the_last_run(run):
    run.run(3)
    state = run.state
    run.begin("coffee", "waves", TINY.replace(pooling="average"))
    assert (run.state.number, run.state.content.name) == (0, "coffee")
    run.run(2)
    run.undo()
    assert torch.equal(run.state.image, state.image)
    assert run.state.content.name == "cat"
    run.step()


def test_a_restored_state_can_be_undone(run):
    run.run(2)
    kept = run.state
    run.run(5)
    later = run.state
    run.restore(kept)
    assert run.state.number == 2
    run.undo()
    assert torch.equal(run.state.image, later.image)


def test_the_longest_run_keeps_a_bounded_past():
    entries = ()
    for number in range(1, 5000):
        entries = thin(entries, number, 100, lambda: ["x"])
    assert 40 <= len(entries) <= 101
    gaps = np.diff([entry[0] for entry in entries])
    assert len(set(gaps.tolist())) == 1


def test_time_left_counts_pixels(run):
    assert run.state.work_left(8) == 4 * 24**2 + 4 * 32**2
    assert run.state.work_left(2) == 2 * 24**2
    run.run(6)
    assert run.state.work_left(10) == 4 * 32**2
    assert run.state.work_left(3) == 0


def test_matched_is_a_share_of_the_targets_energy_in_every_scale():
    shares = []
    for scale in ("relative", "paper", "mean"):
        run = Session("cat", "waves", TINY.replace(scale=scale, style_weight=0.0))
        run.change(content_weight=0.0)  # the image stays as it is
        run.step()
        shares.append(run.state.matched)
    for name, share in shares[0].items():
        assert 0 <= share <= 1
        assert [s[name] for s in shares] == pytest.approx([share] * 3, abs=1e-4)


def test_numbers_are_those_of_the_picture_that_is_shown(run, monkeypatch):
    run.run(3)
    before = run.state
    real = painter.improve

    def spiking(*arguments):
        for step in real(*arguments):
            worse = dict.fromkeys(step.losses, 1e9)
            yield replace(step, losses=worse, best=before.image)

    monkeypatch.setattr(painter, "improve", spiking)
    run.change(tv_weight=1.0)
    run.step()
    assert run.state.points[-1] == (4, *before.points[-1][1:])
    assert run.state.matched == before.matched


def test_a_failed_step_leaves_the_picture_and_can_be_replayed(run, monkeypatch):
    run.run(3)
    state = run.state
    with monkeypatch.context() as patch:
        patch.setattr(painter, "improve", lambda *_: iter(()))
        run.change(tv_weight=1.0)
        with pytest.raises(StopIteration):
            run.step()
    assert torch.equal(run.state.image, state.image)
    run.step()


def test_a_studio_picture_is_made_again_byte_for_byte(tmp_path):
    photo = tmp_path / "photo.png"
    nst.save_image(nst.sample("coffee", 40), photo)
    studio = Studio(str(photo), "waves", TINY)
    studio.run(2)
    studio.set(style_weight=300.0)
    studio.run(2)
    kept = studio.session.state
    studio.run(2)
    studio.set(content_weight=0.0)
    studio.run(1)
    studio.undo()
    studio.run(1)
    studio.restore(kept)
    studio.set(style_layer_weights=(1.0, 0.0, 0.2, 0.2, 0.2), tv_weight=0.5)
    studio.run(5)
    studio.panel.setting["color"].value = "content"
    path = studio.save(tmp_path / "made.png")
    nst.remake(path, tmp_path / "again.png", content=str(photo))
    assert path.read_bytes() == (tmp_path / "again.png").read_bytes()
    record = read_record(path)
    assert record["recipe"]["style_weight"] == 300.0
    assert record["inputs"]["content"]["name"] == "photo.png"
    assert [move["step"] for move in record["studio"]["moves"]] == [0, 2, 4, 4]
    studio.close()


def test_a_run_that_would_not_fit_is_refused_with_the_size_that_would(run, monkeypatch):
    free = memory.estimate(TINY.replace(size=256), (300, 451), (640, 640)) + 1
    monkeypatch.setattr(memory, "available", lambda device: free)
    run.run(2)
    state = run.state
    with pytest.raises(memory.TooLarge, match="choose 256 px") as told:
        run.begin("cat", "waves", TINY.replace(size=2048))
    assert told.value.size == 256
    assert run.state is state


# The panel


@pytest.mark.parametrize("name", ["style_weight", "content_weight", "tv_weight"])
def test_a_dial_moves_its_weight(studio, name):
    studio.run(2)
    image = studio.image
    studio.panel.dials[name].value = 7.0
    assert getattr(studio.recipe, name) == 7.0
    assert torch.equal(studio.image, image)
    assert f"{name} 7: from step 3 on" in said(studio)


@pytest.mark.parametrize("index", range(5))
def test_a_layers_dial_moves_its_share(studio, index):
    layer = TINY.style_layers[index]
    studio.panel.dials[layer].value = 0.0
    weights = [0.2] * 5
    weights[index] = 0.0
    assert studio.recipe.style_layer_weights == tuple(weights)
    studio.run(1)
    assert studio.panel.dials[layer].value == 0.0


def test_dials_are_logarithmic_and_end_at_paint_alone(studio):
    stops = [value for _, value in studio.panel.dials["style_weight"].options]
    ratios = np.array(stops[2:]) / np.array(stops[1:-1])
    assert (stops[0], stops[-1]) == (0, 10_000)
    assert 1.3 < ratios.min() <= ratios.max() < 1.7


def test_dials_show_whatever_is_set(studio):
    studio.set(style_weight=42.0, style_layer_weights=(0.9, 0.2, 0.2, 0.2, 0.2))
    assert studio.panel.dials["style_weight"].value == 42.0
    assert studio.panel.dials["relu1_1"].value == 4.5
    assert len(studio.session.state.moves) == 1  # showing is no move


@pytest.mark.parametrize(
    "name, value",
    [
        ("size", 128),
        ("initial", "noise"),
        ("pooling", "average"),
        ("color", "match"),
        ("style_scale", 1.5),
    ],
)
def test_a_setting_begins_a_new_run_and_says_so(studio, name, value):
    studio.run(2)
    studio.panel.setting[name].value = value
    assert getattr(studio.recipe, name) == value
    assert studio.session.state.number == 0
    assert "New run" in said(studio) and str(value) in said(studio)
    studio.panel.button["undo"].click()
    assert studio.recipe == TINY and studio.session.state.number == 2
    assert studio.panel.setting[name].value == getattr(TINY, name)


def test_a_preset_brings_its_layers_and_keeps_the_size(studio):
    studio.panel.setting["preset"].value = "original"
    assert studio.recipe == nst.Recipe.original(size=32)
    assert studio.panel.dials["conv1_1"].value == 5.0  # a full weight, not a fifth
    assert studio.panel.dials["style_weight"].value == 1e6
    studio.run(2)
    assert studio.panel.setting["preset"].value == "original"


def test_keeping_the_contents_colours_is_shown_and_saved_but_not_painted(studio):
    studio.run(3)
    painted = studio.image
    studio.panel.setting["color"].value = "content"
    content = nst.resize(nst.sample("cat"), tuple(painted.shape[-2:]))
    assert torch.equal(studio.image, nst.keep_colors(painted, content))
    assert torch.equal(studio.session.state.image, painted)
    assert studio.session.state.moves == () and "color content" in said(studio)
    saved = nst.load_image(studio.save())
    assert (saved - studio.image).abs().max() <= 0.5 / 255 + 1e-6


def upload(chooser, name, content):
    """What the browser sends, in the words of the version that is installed."""
    about = {"name": name, "type": "", "size": len(content), "lastModified": 0}
    count = getattr(chooser.upload, "_counter", 0) + 1
    chooser.upload.set_state(
        {"metadata": [about], "data": [memoryview(content)], "_counter": count}
        if ipywidgets.__version__ < "8"
        else {"value": [{**about, "content": memoryview(content), "last_modified": 0}]}
    )


def png(*size, mode="RGB"):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["content", "style"])
def test_a_picture_can_be_chosen_in_three_ways(studio, kind, tmp_path):
    chooser = studio.panel.chooser[kind]
    nst.save_image(nst.sample("ink", 40), tmp_path / "mine.png")
    for choose, name in (
        (lambda: setattr(chooser.name, "value", "rocket"), "rocket"),
        (
            lambda: setattr(chooser.place, "value", str(tmp_path / "mine.png")),
            "mine.png",
        ),
        (lambda: upload(chooser, "up.png", png(40, 30)), "up.png"),
        (lambda: setattr(chooser.name, "value", "mine.png"), "mine.png"),
    ):
        studio.run(1)
        choose()
        state = studio.session.state
        assert (getattr(state, kind).name, state.number) == (name, 0)
        assert chooser.name.value == name and name in chooser.thumb.value
        assert "New run" in said(studio) and name in said(studio)
    studio.run(1)
    record = read_record(studio.save())
    assert record["inputs"][kind]["name"] == "mine.png"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "spoil, sentence",
    [
        (lambda c: setattr(c.place, "value", "/nowhere/x.png"), "no such picture"),
        (lambda c: upload(c, "bad.png", b"not a picture"), "cannot read"),
        (lambda c: upload(c, "half.png", png(64, 64)[:-30]), "cannot read"),
        (lambda c: upload(c, "huge.png", png(12000, 9000, mode="1")), "megapixels"),
        (lambda c: upload(c, "small.png", png(400, 2)), "too small"),
    ],
)
@pytest.mark.parametrize("kind", ["content", "style"])
def test_a_bad_picture_is_one_sentence_and_nothing_is_lost(
    studio, kind, spoil, sentence
):
    studio.run(2)
    state, chosen = studio.session.state, studio.panel.chooser[kind].name.value
    spoil(studio.panel.chooser[kind])
    assert wrong(studio) and sentence in said(studio)
    assert studio.session.state is state
    assert studio.panel.chooser[kind].name.value == chosen
    studio.panel.button["step"].click()
    assert not wrong(studio) and studio.session.state.number == 3


def test_names_from_outside_are_escaped(studio):
    name = '<img src=x onerror="alert(1)">.png'
    upload(studio.panel.chooser["content"], name, png(40, 30))
    studio.panel.compare.value = True
    studio.panel.button["step"].click()
    studio.panel.button["save"].click()
    studio.panel.chooser["style"].place.value = "<script>.png"
    texts = [w.value for w in studio.panel.text.values()]
    texts += [studio.panel.chooser["content"].thumb.value]
    assert not any("<img src=x" in text or "<script>" in text for text in texts)


def test_a_kept_session_goes_on_bit_for_bit(studio, tmp_path):
    """After a move, in the middle of a level, with an upload as its content."""
    upload(studio.panel.chooser["content"], "mine.png", png(40, 30))
    studio.run(2)
    studio.set(style_weight=200.0)
    studio.run(3)
    path = studio.keep(tmp_path / "kept.checkpoint")
    resumed = nst.Studio(resume=path)
    assert torch.equal(resumed.image, studio.image)
    assert resumed.recipe == studio.recipe
    assert resumed.session.state.moves == studio.session.state.moves
    ours, theirs = studio.run(4), resumed.run(4)
    assert ours.losses == theirs.losses and torch.equal(ours.image, theirs.image)
    saved = [
        each.save(tmp_path / f"{i}.png") for i, each in enumerate((studio, resumed))
    ]
    assert saved[0].read_bytes() == saved[1].read_bytes()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(nst.InputError, match="damaged or incomplete"):
        nst.Studio(resume=path)
    resumed.close()


def test_it_keeps_itself_while_it_paints_and_on_drive(studio, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(nst.studio.actions, "KEEP", 0.0)
    monkeypatch.setattr(nst.colab, "DRIVE", tmp_path / "drive")
    (tmp_path / "drive" / "MyDrive").mkdir(parents=True)
    studio.playing = True
    tick(studio)
    tick(studio)
    (kept,) = (tmp_path / "outputs").glob("*.checkpoint")
    assert (tmp_path / "drive/MyDrive/nst" / kept.name).exists()
    assert nst.Studio(resume=kept).session.state.number > 0


def test_a_second_style_is_blended_in_while_it_paints(studio, tmp_path):
    blend, second = studio.panel.dials.blend, studio.panel.chooser["second"]
    assert blend.layout.display == "none"
    studio.run(1)
    second.name.value = "ink"
    assert "New run: second ink" in said(studio)
    assert blend.layout.display is None and blend.value == 0.5
    studio.run(2)
    image = studio.image
    blend.value = 0.8
    assert "from step 3 on" in said(studio) and torch.equal(studio.image, image)
    assert studio.recipe.blend == (0.2, 0.8)
    studio.run(2)
    path = studio.save(tmp_path / "blend.png")
    nst.remake(path, tmp_path / "again.png")
    assert path.read_bytes() == (tmp_path / "again.png").read_bytes()
    assert nst.read_record(path)["inputs"]["style 2"]["name"] == "ink"
    studio.undo()
    assert blend.value == 0.5
    second.name.value = "no second style"
    assert blend.layout.display == "none" and studio.session.state.second is None
    studio.run(1)
    with pytest.raises(nst.InputError, match="2 blend for 1 styles"):
        studio.set(blend=(0.5, 0.5))


def test_too_large_a_size_is_refused_and_a_smaller_one_offered(studio, monkeypatch):
    free = memory.estimate(TINY.replace(size=192), (300, 451), (640, 640)) + 1
    monkeypatch.setattr(memory, "available", lambda device: free)
    studio.run(2)
    state = studio.session.state
    smaller = studio.panel.button["smaller"]
    assert smaller.layout.display == "none"
    studio.panel.setting["size"].value = 2048
    assert wrong(studio) and "GB" in said(studio)
    assert studio.session.state is state
    assert studio.panel.setting["size"].value == 32
    assert smaller.layout.display is None and smaller.description == "Use 192 px"
    smaller.click()
    assert studio.recipe.size == 192 and smaller.layout.display == "none"


def test_the_clock_runs_steps_until_paused_and_to_the_end(studio):
    studio.playing = True
    tick(studio)
    taken = studio.session.state.number
    assert taken >= 1 and f"step {taken} of 8" in status(studio)
    studio.playing = False
    tick(studio)  # one that was on its way
    assert studio.session.state.number == taken
    studio.playing = True
    for _ in range(8):
        tick(studio)
    assert studio.session.state.number == 8
    assert not studio.playing and "Done" in said(studio)


def test_start_takes_as_many_steps_as_asked_for(studio):
    studio.run(8)
    studio.panel.steps.value = 3
    for number in (11, 14):
        studio.playing = True
        for _ in range(5):
            tick(studio)
        assert (studio.session.state.number, studio.playing) == (number, False)


def test_the_picture_the_status_and_the_chart_follow(studio):
    def shown():
        texts = ("picture", "status", "chart")
        return [studio.panel.text[name].value for name in texts]

    before = shown()
    studio.panel.button["step"].click()
    assert all(new != old for new, old in zip(shown(), before, strict=True))
    assert "step 1 of 8" in status(studio) and "style 30" in status(studio)
    assert (
        'alt="cat in the style of waves, step 1"' in studio.panel.text["picture"].value
    )
    assert 'class="move"' not in studio.panel.text["chart"].value
    studio.panel.dials["style_weight"].value = 100.0
    studio.run(2)
    assert "steps/s" in status(studio) and "left" in status(studio)
    assert "style_weight: 100" in studio.panel.text["chart"].value
    meters = [row.children[1].value for row in studio.panel.dials._layers.children]
    assert len(meters) == 5 and all(" %" in meter for meter in meters)


def test_the_chart_survives_numbers_that_are_none(studio):
    studio.run(1)
    state = studio.session.state
    points = ((1, float("inf"), float("nan"), 0.0), (2, 1e30, 0.5, 1e-9))
    assert "inf" not in chart(replace(state, points=points)).split("aria-label")[0]
    assert "no steps yet" in chart(replace(state, points=()))


def test_undo_and_reset(studio):
    studio.run(3)
    image = studio.image
    studio.panel.dials["style_weight"].value = 1000.0
    studio.run(2)
    studio.panel.button["undo"].click()
    assert torch.equal(studio.image, image)
    assert studio.panel.dials["style_weight"].value == 30.0
    studio.panel.button["restart"].click()
    assert studio.session.state.number == 0
    studio.panel.button["undo"].click()
    assert torch.equal(studio.image, image)
    studio.panel.button["undo"].click()
    assert wrong(studio) and "nothing to undo" in said(studio)


def test_a_snapshot_is_a_button_that_goes_back(studio):
    studio.run(2)
    kept = studio.image
    studio.panel.button["snapshot"].click()
    studio.panel.dials["style_weight"].value = 1000.0
    studio.run(3)
    button = studio.panel.strip.children[1]
    assert "step 2" in button.description and "style 30" in button.description
    button.click()
    assert torch.equal(studio.image, kept)
    assert studio.recipe.style_weight == 30.0


def test_the_strip_makes_room(studio):
    for _ in range(15):
        studio.snapshot()
    assert len(studio.panel.strip) == 12
    assert studio.panel.strip.children[-1].description.startswith("15")
    css = studio.panel.strip.children[0].value
    assert css.count("background-image") == 12


def test_compare_lays_the_content_over_the_picture(studio):
    studio.panel.compare.value = True
    cover = studio.panel.text["cover"].value
    assert 'type="range"' in cover and "aria-label" in cover
    assert 'alt="before: cat"' in cover
    studio.run(1)
    assert studio.panel.text["cover"].value == cover  # its slider stays where it is
    studio.panel.chooser["content"].name.value = "rocket"
    assert "before: rocket" in studio.panel.text["cover"].value
    studio.panel.compare.value = False
    assert studio.panel.text["cover"].value == ""


def test_saving_never_overwrites_and_gives_a_link(studio, tmp_path):
    studio.run(1)
    for name in ("cat-waves-0001.png", "cat-waves-0001-2.png"):
        studio.panel.button["save"].click()
        assert (tmp_path / "outputs" / name).exists() and name in said(studio)
        assert f'download="{name}"' in studio.panel.text["files"].value


def test_results_are_copied_to_drive_if_it_is_mounted(studio, tmp_path, monkeypatch):
    (tmp_path / "drive" / "MyDrive").mkdir(parents=True)
    monkeypatch.setattr(colab, "DRIVE", tmp_path / "drive")
    studio.panel.button["save"].click()
    copies = list((tmp_path / "drive" / "MyDrive" / "nst").iterdir())
    assert [path.name for path in copies] == ["cat-waves-0000.png"]
    assert str(copies[0].parent) in said(studio)


@pytest.mark.parametrize("ending", [".webp", ".gif"])
def test_the_time_lapse_has_a_frame_for_every_step(studio, ending, tmp_path):
    with pytest.raises(InputError, match="two steps"):
        studio.film(tmp_path / f"run{ending}")
    studio.run(6)
    with Image.open(studio.film(tmp_path / f"run{ending}")) as film:
        assert film.n_frames == 6
        assert film.size == (32, 21)


def test_an_unwritable_place_is_one_sentence(studio, tmp_path):
    studio.run(2)
    (tmp_path / "outputs").write_text("a file where the folder should be")
    for name in ("save", "film"):
        studio.panel.button[name].click()
        assert wrong(studio) and "cannot write" in said(studio)


@pytest.mark.parametrize(
    "fault, sentence",
    [
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "Out of memory"),
        (RuntimeError("something\nelse"), "something"),
        (MemoryError(), "Out of memory"),
    ],
)
def test_a_fault_pauses_and_is_told_and_logged(
    studio, monkeypatch, caplog, fault, sentence
):
    studio.run(1)
    image = studio.image
    with monkeypatch.context() as patch:
        patch.setattr(session.Session, "step", lambda self: raise_(fault))
        studio.playing = True
        with caplog.at_level(logging.ERROR):
            tick(studio)
    assert not studio.playing and wrong(studio) and sentence in said(studio)
    assert "\n" not in said(studio) and caplog.records
    assert torch.equal(studio.image, image)
    studio.playing = True
    tick(studio)
    assert studio.session.state.number >= 2


def raise_(fault):
    raise fault


def test_two_panels_do_not_disturb_each_other(studio):
    other = Studio("coffee", "ink", TINY)
    studio.playing = True
    tick(studio)
    studio.panel.dials["style_weight"].value = 100.0
    assert other.session.state.number == 0 and not other.playing
    assert other.recipe == TINY and "style 30" in status(other)
    other.close()


def test_running_a_cell_again_stops_its_old_panel(monkeypatch):
    here = ["cell", 1]
    monkeypatch.setattr(jupyter, "_here", lambda: tuple(here))
    first, beside = (Studio("cat", "waves", TINY) for _ in range(2))
    first.playing = True
    here[:] = "another cell", 2
    elsewhere = Studio("cat", "waves", TINY)
    here[:] = "cell", 3
    again = Studio("cat", "waves", TINY)
    assert all(isinstance(old.session, Closed) for old in (first, beside))
    assert not first.playing
    assert elsewhere.session.state and again.session.state
    for studio in (elsewhere, again):
        studio.close()


def registry():
    widget = ipywidgets.widgets.widget
    found = getattr(widget, "_instances", None)
    return ipywidgets.Widget.widgets if found is None else found


def test_closing_frees_everything():
    before = len(registry())
    studio = Studio("cat", "waves", TINY)
    studio.run(2)
    studio.snapshot()
    image, gone = weakref.ref(studio.session.state.image), weakref.ref(studio)
    studio.close()
    studio.close()  # twice does no harm
    assert len(registry()) == before
    del studio
    gc.collect()
    assert image() is None and gone() is None


def test_every_control_has_a_name(studio):
    def controls(widget):
        for child in getattr(widget, "children", ()):
            yield from controls(child)
        if isinstance(widget, ipywidgets.widgets.widget_description.DescriptionWidget):
            yield widget

    unnamed = [
        widget
        for widget in controls(studio.panel)
        if not isinstance(widget, ipywidgets.HTML)
        and not widget.description
        and not getattr(widget, "placeholder", "")
    ]
    assert not unnamed


def test_a_closed_studio_says_so(studio):
    studio.close()
    for use in (studio.undo, studio.save, studio.film, studio.keep, studio.snapshot):
        with pytest.raises(InputError, match="this Studio is closed: make another"):
            use()


def test_neither_pictures_nor_inputs_are_written_over(studio, tmp_path):
    path = studio.save("made.png")
    before = path.read_bytes()
    with pytest.raises(InputError, match="'made.png' is no checkpoint of nst"):
        studio.keep(path)
    studio.set(content="made.png")
    with pytest.raises(InputError, match="is the content as well: name another"):
        studio.save("made.png")
    assert path.read_bytes() == before


def test_layers_and_a_blend_for_each_can_be_set(studio):
    layers = ("relu1_1", "relu2_1")
    assert "relu1_1 : relu2_1" in studio.set(style_layers=layers)
    studio.set(second="ink")
    assert "1 : 0.5" in studio.set(blend=((1.0, 0.5), (0.0, 0.5)))
    studio.run(1)
    assert studio.recipe.blend == ((1.0, 0.5), (0.0, 0.5))
    with pytest.raises(InputError, match="recipe is 'gatys': give an nst.Recipe"):
        studio.set(recipe="gatys")


def test_it_is_useful_without_a_browser():
    studio = nst.Studio("cat", "waves", size=32, style_weight=100)
    step = studio.run(2)
    assert isinstance(step, nst.Step) and step.number == 2
    assert studio.image.shape == (1, 3, 21, 32)
    assert studio.recipe.style_weight == 100
    assert read_record(studio.save())["step"] == 2
    studio.close()


def test_run_takes_steps_of_an_open_studio(studio):
    for wrong_number in (0, -1, "5"):
        with pytest.raises(nst.InputError, match="steps is"):
            studio.run(wrong_number)
    studio.close()
    with pytest.raises(nst.InputError, match="closed: make another"):
        studio.run(1)
