import gc
import weakref

import ipywidgets
import pytest
from studio_hands import TINY, status, tick

import nst
from nst import Studio
from nst.errors import InputError
from nst.keep.record import read_record
from nst.studio.engine.state import Closed
from nst.studio.panel import jupyter

pytestmark = pytest.mark.usefixtures("quick")


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


def test_what_nst_did_not_make_stays_and_what_it_made_may_go(studio, tmp_path):
    studio.run(2)
    for name, write in (("a.png", studio.save), ("a.webp", studio.film)):
        path = tmp_path / name
        path.write_bytes(b"another's")
        with pytest.raises(InputError, match=f"{name}' is there and nst did not make"):
            write(path)
        assert path.read_bytes() == b"another's"
        path.unlink()
        write(path)
        before = path.read_bytes()
        studio.run(1)
        assert write(path) == path and path.read_bytes() != before


def test_the_checkpoint_of_an_earlier_studio_stays(studio, tmp_path):
    studio.run(1)
    first = studio.keep()
    before = first.read_bytes()
    other = Studio("cat", "waves", TINY)
    second = other.keep()
    assert [first.name, second.name] == [
        "cat-waves.checkpoint",
        "cat-waves-2.checkpoint",
    ]
    other.run(1)
    assert other.keep() == second and first.read_bytes() == before
    resumed = Studio(resume=first)
    resumed.run(1)
    assert resumed.keep() == first and first.read_bytes() != before
    resumed.close()
    other.close()


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
