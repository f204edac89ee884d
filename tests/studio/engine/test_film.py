import pytest
from PIL import Image

from nst.errors import InputError


@pytest.mark.parametrize("ending", [".webp", ".gif"])
def test_the_time_lapse_has_a_frame_for_every_step(studio, ending, tmp_path):
    with pytest.raises(InputError, match="two steps"):
        studio.film(tmp_path / f"run{ending}")
    studio.run(6)
    with Image.open(studio.film(tmp_path / f"run{ending}")) as film:
        assert film.n_frames == 6
        assert film.size == (32, 21)
