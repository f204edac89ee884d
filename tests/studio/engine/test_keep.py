import pytest
import torch
from studio_hands import png, tick, upload

import nst
from nst import colab
from nst.studio.panel import actions


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
    monkeypatch.setattr(actions, "KEEP", 0.0)
    monkeypatch.setattr(colab, "DRIVE", tmp_path / "drive")
    (tmp_path / "drive" / "MyDrive").mkdir(parents=True)
    studio.playing = True
    tick(studio)
    tick(studio)
    (kept,) = (tmp_path / "outputs").glob("*.checkpoint")
    assert (tmp_path / "drive/MyDrive/nst" / kept.name).exists()
    assert nst.Studio(resume=kept).session.state.number > 0
