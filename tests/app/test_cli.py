import os
import signal
import subprocess
import sys

import pytest
import torch
from conftest import environment

import nst
from nst.app.cli import main

TINY = ["--size", "32", "--steps", "3"]


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "nst", *arguments],
        capture_output=True,
        text=True,
        **options,
    )


def test_without_arguments_it_styles_the_cat_and_says_where(tmp_path, capsys):
    done = run(*TINY, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the result is in cat-brush_strokes.png" in done.stdout
    made = nst.read_record(tmp_path / "cat-brush_strokes.png")
    assert made["inputs"]["content"]["name"] == "cat"
    assert "loss=" in done.stderr and "3/3" in done.stderr  # the bar


def test_it_does_what_style_transfer_does(tmp_path):
    output = tmp_path / "a.png"
    options = ["--style-weight", "5", "--initial", "noise", "--seed", "7"]
    assert main(["coffee", "waves", "-o", str(output), *TINY, *options]) == 0
    image = nst.style_transfer(
        "coffee", "waves", size=32, steps=3, style_weight=5.0, initial="noise", seed=7
    )
    nst.save_image(image, tmp_path / "b.png")
    saved = nst.load_image(output)
    assert torch.equal(saved, nst.load_image(tmp_path / "b.png"))


def test_every_nth_step_is_saved_and_can_be_remade(tmp_path):
    output = tmp_path / "a.png"
    assert main(["cat", "ink", "-o", str(output), *TINY, "--every", "2"]) == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a-0002.png", "a.png"]
    second = tmp_path / "a-0002.png"
    assert main(["remake", str(second), "-o", str(tmp_path / "b.png")]) == 0
    assert second.read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_preset_or_a_saved_picture_is_a_recipe(tmp_path):
    first, second = tmp_path / "a.png", tmp_path / "b.png"
    assert main(["cat", "ink", "-o", str(first), "--recipe", "gatys", *TINY]) == 0
    made = nst.Recipe().replace(**nst.read_record(first)["recipe"])
    assert made == nst.Recipe.gatys(size=32, steps=3)
    assert main(["cat", "ink", "-o", str(second), "--recipe", str(first)]) == 0
    assert first.read_bytes() == second.read_bytes()


def test_info_prints_what_the_picture_carries(tmp_path, capsys):
    output = tmp_path / "a.png"
    main(["cat", "ink", "-o", str(output), *TINY])
    capsys.readouterr()
    assert main(["info", str(output)]) == 0
    assert '"style_weight": 6.0' in capsys.readouterr().out


def test_ctrl_c_keeps_the_best_image_so_far(tmp_path):
    arguments = ["cat", "ink", "-o", "a.png", "--size", "32", "--steps", "100000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "nst", *arguments],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(PYTHONUNBUFFERED="1"),
        # a shell's background jobs ignore Ctrl-C, and so would their children
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        seen = ""
        while "loss=" not in seen and process.poll() is None:
            seen += process.stderr.read(1)
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=120)[1]
    finally:
        process.kill()
    assert process.returncode == 0 and "Traceback" not in rest
    assert "stopped after" in rest
    step = nst.read_record(tmp_path / "a.png")["step"]
    assert 1 <= step < 100000
    assert main(["remake", str(tmp_path / "a.png"), "-o", str(tmp_path / "b.png")]) == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["no.jpg"], "no such picture 'no.jpg'"),
        (["cat", "no.jpg"], "no such picture 'no.jpg'"),
        (["cat", "ink", "--recipe", "picasso"], "unknown recipe 'picasso'"),
        (["cat", "ink", "-o", "a.gif"], "unknown ending '.gif'"),
        (["cat", "ink", "--every", "0"], "--every is 0"),
        (["cat", "ink", "--steps", "0"], "steps is 0"),
        (["cat", "ink", "--device", "tpu"], "no device 'tpu' here"),
        (["info", "no.png"], "no such picture"),
        (["remake", "no.png"], "no such picture"),
    ],
)
def test_mistakes_get_one_sentence_and_status_2(arguments, sentence, capsys, tmp_path):
    os.chdir(tmp_path)
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert sentence in told and told.count("\n") == 1 and "Traceback" not in told
    assert list(tmp_path.iterdir()) == []


def test_help_needs_no_torch():
    code = (
        "import sys, nst.app.cli as m\n"
        "try: m.main(['--help'])\n"
        "except SystemExit: assert 'torch' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_picture_needs_no_compiler_of_torchs():
    """torch.optim would import it for nothing: seconds of every start."""
    code = (
        "import sys, torch, nst\n"
        "before = 'torch._dynamo' in sys.modules\n"
        "next(nst.iterate('cat', 'ink', size=48))\n"
        "assert before or 'torch._dynamo' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
