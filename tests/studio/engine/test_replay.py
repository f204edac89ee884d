import pytest
import torch
from studio_hands import TINY, said

import nst
from nst.keep.record import read_record


def test_a_studio_picture_is_made_again_byte_for_byte(quick, tmp_path):
    photo = tmp_path / "photo.png"
    nst.save_image(nst.sample("coffee", 40), photo)
    studio = nst.Studio(str(photo), "waves", TINY)
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
