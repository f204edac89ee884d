"""A sheet is a grid of pictures, each of which can be made again."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

import nst
from nst.app.cli import main
from nst.app.sheet import GAP, TEXT

TINY = ["--size", "32", "--steps", "1"]


def cells(folder):
    return {path.stem: path for path in folder.iterdir()}


def test_a_grid_has_its_cells_pixel_for_pixel(tmp_path):
    how = {"size": 96, "steps": 1, "folder": tmp_path / "cells"}
    ideas, weights = ["gram", "cmd", "moments"], [3.0, 60.0]
    grid = nst.sheet("cat", "ink", style_loss=ideas, style_weight=weights, **how)
    there = cells(tmp_path / "cells")
    assert len(there) == 6
    width = max(96, grid.shape[-1] // 4)
    for row, idea in enumerate(ideas):
        top = TEXT + row * (64 + GAP)
        for column, weight in enumerate(weights):
            name = f"style_loss {idea}, style_weight {weight:g}"
            picture = nst.load_image(there[name])
            place = grid[..., top : top + 64, :]
            fits = [
                torch.equal(place[..., left : left + 96], picture)
                for left in range(grid.shape[-1] - 96)
            ]
            assert sum(fits) == 1, name
            assert (fits.index(True) > grid.shape[-1] / 2) == bool(column), width
            recipe = nst.read_record(there[name])["recipe"]
            assert (recipe["style_loss"], recipe["style_weight"]) == (idea, weight)


def test_the_command_writes_sheet_cells_and_records(tmp_path, capsys):
    out = tmp_path / "sheet.png"
    how = ["--style-loss", "gram", "neighbours", "--style-weight", "3", "15"]
    assert main(["sheet", "cat", "waves", *how, *TINY, "-o", str(out)]) == 0
    there = cells(tmp_path / "sheet")
    assert f"the sheet is in {out}" in capsys.readouterr().out
    with Image.open(out) as picture:
        told = json.loads(picture.info["nst"])["sheet"]
        assert np.asarray(picture).min() == 0  # the labels are black
    assert told.keys() == there.keys() and len(there) == 4
    for name, path in there.items():
        assert told[name] == nst.read_record(path)
        nst.remake(path, tmp_path / "again.png")
        assert (tmp_path / "again.png").read_bytes() == path.read_bytes()


def test_what_is_there_is_kept_and_the_sheet_replaced(tmp_path, capsys):
    command = ["sheet", "cat", "ink", "--color", "style", "match", *TINY]
    command += ["-o", str(tmp_path / "sheet.png")]
    assert main(command) == 0
    capsys.readouterr()
    assert main(command) == 0
    assert capsys.readouterr().out.count("kept: ") == 2
    (tmp_path / "sheet.png").write_bytes(b"mine")
    assert main(command) == 2
    assert "nst did not make it" in capsys.readouterr().err
    assert (tmp_path / "sheet.png").read_bytes() == b"mine"


@pytest.mark.parametrize(
    "given, told",
    [
        ([], "varies nothing"),
        (["--style-weight", "3"], "varies nothing"),
        (
            ["--style-weight", "3", "6", "--seed", "1", "2", "--color", "style"]
            + ["--style-loss", "gram", "cmd"],
            "varies style_loss, style_weight, seed",
        ),
        (["--style-loss", "gram", "cdm"], "unknown style_loss 'cdm'"),
        (["--style-weight", "3", "-1"], "style_weight is -1"),
        (["--seed", "1", "2", "-o", "sheet.gif"], "unknown ending '.gif'"),
    ],
)
def test_mistakes_are_one_sentence(given, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["sheet", "cat", "ink", *given]) == 2
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1
    assert not any(tmp_path.iterdir())


def test_a_cell_that_fails_is_told_and_no_sheet_is_made(tmp_path, capsys):
    how = {"size": 32, "steps": 1}
    with pytest.raises(nst.InputError, match="no such picture 'nowhere'"):
        nst.sheet("nowhere", "ink", seed=[1, 2], **how)
    with pytest.raises(nst.InputError, match="unknown recipe field 'weight'"):
        nst.sheet("cat", "ink", weight=[1, 2], **how)
    out = tmp_path / "sheet.png"
    command = ["sheet", "nowhere", "ink", "--seed", "1", "2", "-o", str(out)]
    assert main(command) == 2 and not out.exists()
    assert "no such picture" in capsys.readouterr().err


def test_a_function_has_its_name_as_a_label(tmp_path):
    def spread(features, style):
        return (features.std((2, 3)) - style.std((2, 3))).square().sum()

    how = {"size": 32, "steps": 1, "folder": tmp_path}
    nst.sheet("cat", "ink", style_loss=["gram", spread], **how)
    assert set(cells(tmp_path)) == {"style_loss gram", "style_loss spread"}
