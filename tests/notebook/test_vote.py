"""A blind vote: what is shown, what is written, and what is read of a class's files."""

import csv
import functools
import io
import itertools
import sys

import numpy as np
import pytest
from PIL import Image

import nst
from nst.notebook import colab, scale
from nst.notebook.vote import COLUMNS, QUESTIONS, Poll, Vote, read_votes, write_votes

PICTURES = {f"weight {n}": nst.sample("cat", 24 + n) for n in (1, 6, 60)}
TIME = "2026-01-31T12:00:00"
ROW = TIME, "ada", "weights", "style", "weight 1", "weight 6", "left"


def poll(folder, **changes):
    given = {"poll": "weights", "voter": "ada", "folder": folder, "seed": 0} | changes
    return Poll(PICTURES, nst.sample("cat", 24), nst.sample("ink", 24), **given)


def row(**changes):
    return Vote(**dict(zip(COLUMNS, ROW, strict=True)) | changes)


def shown(panel):
    """The widths of the two pictures to choose from: what tells our three apart."""
    pictures = [Image.open(io.BytesIO(image.value)) for image in panel.shown]
    return [picture.width for picture in pictures]


def words(widget):
    """Every text of a widget and those in it: what a browser gets to know."""
    for trait in widget.keys:
        value = getattr(widget, trait)
        yield from value if isinstance(value, (list, tuple)) else [str(value)]
    for child in getattr(widget, "children", ()):
        yield from words(child)


def test_every_pair_is_shown_blind_and_every_answer_is_a_row(tmp_path):
    panel = poll(tmp_path)
    width = {name: picture.shape[-1] for name, picture in PICTURES.items()}
    answers = ("left", "equal", "right") * 2
    for number, answer in enumerate(answers, 1):
        left, right, question = panel.turns[number - 1]
        assert shown(panel) == [width[left], width[right]]
        assert f"{number} of 6: {QUESTIONS[question]}" in panel.text.value
        assert not {"weight 1", "weight 60"} & {*words(panel)}
        panel.button[answer].click()
        with panel.file.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == number and list(rows[-1]) == COLUMNS
        assert rows[-1]["answer"] == answer and rows[-1]["left"] == left
    asked = {frozenset(turn[:2]) for turn in panel.turns}
    assert asked == set(map(frozenset, itertools.combinations(PICTURES, 2)))
    assert "Thank you" in panel.text.value
    assert all(button.disabled for button in panel.button.values())
    assert read_votes(tmp_path) == panel.votes
    assert panel.file.name.startswith("votes-weights-ada-2")
    with pytest.raises(nst.InputError, match="all pairs are answered"):
        panel.answer("left")


def test_sides_and_order_are_drawn_by_chance(tmp_path):
    turns = [tuple(poll(tmp_path, seed=seed).turns) for seed in range(30)]
    assert turns[0] == tuple(poll(tmp_path, seed=0).turns)
    first = [turn[0][:2] for turn in turns]
    assert len(set(first)) == 6  # three pairs, either way round
    assert len({tuple(poll(tmp_path, seed=None).turns) for _ in range(5)}) > 1


def test_nothing_is_kept_of_a_person_without_a_name(tmp_path):
    panel = poll(tmp_path, voter="")
    assert all(button.disabled for button in panel.button.values())
    panel.button["left"].click()
    assert "type one that only you use" in panel.status.value
    assert not list(tmp_path.iterdir())
    panel.name.value = "Ada <b>"
    panel.button["left"].click()
    assert panel.votes[0].voter == "Ada <b>" and "<b>" not in panel.status.value
    assert panel.name.disabled  # one file, one voter


def test_each_panel_has_a_file_of_its_own(tmp_path):
    panels = [poll(tmp_path) for _ in range(3)]
    for panel in panels:
        panel.answer("left")
    assert len({panel.file for panel in panels}) == len(list(tmp_path.iterdir())) == 3
    assert len(read_votes(tmp_path)) <= 3  # the same pair of one person counts once


def test_votes_are_copied_to_drive_if_it_is_mounted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(colab, "DRIVE", tmp_path / "drive")
    (tmp_path / "drive" / "MyDrive").mkdir(parents=True)
    panel = poll(None)
    for _ in range(6):
        panel.answer("right")
    (copy,) = (tmp_path / "drive" / "MyDrive" / "nst").glob("votes-*.csv")
    assert (
        copy.read_bytes() == panel.file.read_bytes()
        and "a copy in" in panel.status.value
    )
    assert read_votes("outputs", tmp_path / "drive") == read_votes() == panel.votes


def test_a_folder_that_cannot_be_written_is_a_sentence_and_no_vote_is_lost(tmp_path):
    (tmp_path / "file").write_text("")
    panel = poll(tmp_path / "file")
    panel.button["left"].click()
    assert "cannot write" in panel.status.value and len(panel.votes) == 1
    panel.folder, panel.file = tmp_path, None
    panel.button["left"].click()
    assert read_votes(tmp_path) == panel.votes and len(panel.votes) == 2


def test_the_same_vote_counts_once_and_the_last_counts(tmp_path):
    later, earlier = "2026-01-31T12:00:01+00:00", "2026-01-31T12:30:00+01:00"
    votes = [
        row(time=later, left="weight 6", right="weight 1", answer="equal"),
        row(time=TIME),
        row(time=earlier, voter=" ADA"),
        row(voter="ben"),
        row(question="content"),
        row(poll="sizes"),
    ]
    write_votes(tmp_path / "votes-a.csv", votes)
    write_votes(tmp_path / "hand-in" / "votes-a (1).csv", votes)  # the same file again
    read = read_votes(tmp_path)
    assert len(read) == 4 and votes[0] in read and votes[1] not in read


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"answer": "lft"}, "unknown answer 'lft': choose from left, equal, right"),
        ({"question": "beauty"}, "unknown question 'beauty'"),
        ({"voter": " "}, "voter is ' ': give a text"),
        ({"left": "weight 6"}, "'weight 6' is compared with itself"),
        ({"time": "noon"}, "time is 'noon': give it as 2026-01-31T12:00:00"),
    ],
)
def test_a_bad_row_is_told_and_the_others_count(tmp_path, capsys, changes, sentence):
    path = tmp_path / "votes-ada.csv"
    spoilt = dict(zip(COLUMNS, ROW, strict=True)) | changes
    write_votes(path, [row(voter="ben")])
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, COLUMNS).writerow(spoilt)
    with pytest.raises(nst.InputError, match=sentence.split(":")[0]):
        Vote(**spoilt)
    assert [vote.voter for vote in read_votes(path)] == ["ben"]
    told = capsys.readouterr().out
    assert told.startswith("1 row was left out; the first: votes-ada.csv, line 3: ")
    assert sentence in told and told.count("\n") == 1


@pytest.mark.parametrize(
    "data, count, sentence",
    [
        (
            b"\xef\xbb\xbf"
            + ";".join(COLUMNS).encode()
            + b"\r\n"
            + ";".join(ROW).encode(),
            1,
            "",
        ),
        (
            ",".join(COLUMNS).encode() + b"\n2026-01-31T12:00:00,ada,wei",
            0,
            "question is None",
        ),
        (b"a,b\n1,2\n", 0, "has no column 'time'"),
        (b"", 0, "has no column 'time'"),
        (b"\xff\xfe\x00", 0, "cannot be read"),
        (b"\x89PNG\r\n\0\0", 0, "cannot be read"),
    ],
    ids=["Excel", "cut off", "another table", "empty", "UTF-16", "a picture"],
)
def test_whatever_lies_in_the_folder_is_read_or_told(
    tmp_path, capsys, data, count, sentence
):
    (tmp_path / "votes-x.csv").write_bytes(data)
    assert len(read_votes(tmp_path)) == count
    told = capsys.readouterr().out
    assert sentence in told and bool(told) == bool(sentence)


@pytest.mark.parametrize(
    "mistake, sentence",
    [
        (lambda p: read_votes(p / "nowhere"), "no votes at .*name a file or a folder"),
        (lambda p: Poll({"one": PICTURES["weight 1"]}, *2 * [nst.sample("ink", 24)],
                        poll="x"), "not 1: give two"),
        (lambda p: scale.bradley_terry([]), "there are no votes on 'style'"),
        (lambda p: scale.bradley_terry([row()], "style", "sizes"), "in poll 'sizes'"),
        (lambda p: scale.bradley_terry([row()], "beauty"), "unknown question 'beauty'"),
        (lambda p: scale.show_scale(), "give it what bradley_terry returns"),
        (lambda p: poll(p).answer("both"), "unknown answer 'both'"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(tmp_path, mistake, sentence):
    with pytest.raises(nst.InputError, match=sentence) as told:
        mistake(tmp_path)
    assert len(str(told.value)) <= 300 and "\n" not in str(told.value)


TRUE = {"weight 1": -1.2, "weight 3": -0.3, "weight 6": 0.3, "weight 60": 1.2}
PEOPLE = {"all alike": {}, "tastes of their own": {"taste": 0.7}}


@functools.cache
def infinite_class(kind):
    """The strengths that a very large class finds: the true ones if all are alike."""
    if kind == "all alike":
        return TRUE
    found = scale.bradley_terry(scale.invent_votes(TRUE, 3000, **PEOPLE[kind]))
    return dict(zip(found.names, found.strength, strict=True))


@pytest.mark.parametrize("kind", PEOPLE)
@pytest.mark.parametrize("people", [5, 30, 200])
def test_the_intervals_contain_what_an_infinite_class_would_say(kind, people, capsys):
    """Over 200 simulated classes."""
    goal = infinite_class(kind)
    inside, errors = [], []
    for seed in range(1, 201):
        votes = scale.invent_votes(TRUE, people, seed=seed, **PEOPLE[kind])
        found = scale.bradley_terry(votes)
        wanted = np.array([goal[name] for name in found.names])
        inside.append((found.low <= wanted) & (wanted <= found.high))
        errors.append(found.strength - wanted)
    with capsys.disabled():
        print(
            f"\n{people} people, {kind}: {np.mean(inside):.1%} of the intervals", end=""
        )
    assert 0.90 <= np.mean(inside) <= 0.98
    assert np.abs(np.mean(errors, 0)).max() < 0.15  # recovered without a bias


def test_two_pictures_and_no_noise_give_the_logarithm_of_the_odds():
    """By hand: 30 of 40, and one imagined tie: log(30.5 / 10.5)."""
    votes = [row(voter=str(i), answer="left" if i < 30 else "right") for i in range(40)]
    found = scale.bradley_terry(votes)
    gap = found.strength[0] - found.strength[1]
    assert found.names == ("weight 1", "weight 6")
    assert gap == pytest.approx(np.log(30.5 / 10.5), abs=1e-6)
    wald = (
        1.96 * (1 / 30.5 + 1 / 10.5) ** 0.5 / 2
    )  # half of it: a strength, not the gap
    assert found.high[0] - found.strength[0] == pytest.approx(wald, rel=0.05)


def test_a_picture_that_always_wins_is_strong_not_infinite():
    votes = [row(voter=str(i)) for i in range(5)]
    found = scale.bradley_terry(votes)
    assert found.strength == pytest.approx([np.log(11) / 2, -np.log(11) / 2])
    assert np.isfinite([found.low, found.high]).all()
    assert found.low[0] < 0  # five people alike: p = 1/16 by chance, not yet sure
    assert list(found.unbeaten) == [1, -1]
    surer = scale.bradley_terry([row(voter=str(i)) for i in range(20)])
    assert surer.low[0] > 0


def test_ties_alone_leave_the_pictures_equal_and_sides_do_not_matter():
    ties = scale.bradley_terry([row(voter=str(i), answer="equal") for i in range(9)])
    assert ties.strength == pytest.approx([0, 0], abs=1e-9) and not ties.unbeaten.any()
    turned = row(left="weight 6", right="weight 1", answer="right")
    one, other = (scale.bradley_terry([vote]) for vote in (row(), turned))
    assert one.names == other.names and one.strength == pytest.approx(other.strength)


def test_one_person_with_many_votes_counts_as_one():
    """30 votes of one person are less sure than 30 people's."""
    same = [row(poll=f"{i}") for i in range(30)] + [row(voter="ben", answer="right")]
    many = [row(voter=f"{i}") for i in range(30)] + [row(voter="ben", answer="right")]
    few, more = (scale.bradley_terry(votes) for votes in (same, many))
    assert few.strength == pytest.approx(more.strength)
    assert few.high[0] - few.low[0] > 1.2 * (more.high[0] - more.low[0])
    assert (few.people, more.people, few.votes) == (2, 31, 31)


def test_the_scale_is_drawn_with_its_intervals():
    votes = scale.invent_votes(TRUE, 30) + scale.invent_votes(
        {name: -x for name, x in TRUE.items()}, 30, question="content"
    )
    scales = [scale.bradley_terry(votes, question) for question in QUESTIONS]
    figure = scale.show_scale(*scales)
    left, right = figure.axes
    labels = [label.get_text() for label in left.get_yticklabels()]
    assert labels == [*TRUE][::-1]  # the strongest on top
    assert (
        "which is more like the painting?\n180 votes of 30 people" in left.get_title()
    )
    for axis, found in zip((left, right), scales, strict=True):
        dots = axis.lines[0]
        assert sorted(dots.get_xdata()) == pytest.approx(sorted(found.strength))
        (bars,) = axis.collections
        ends = np.array([segment[:, 0] for segment in bars.get_segments()])
        assert ends == pytest.approx(np.stack([found.low, found.high], 1))


def test_without_choix_a_sentence_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "choix", None)
    with pytest.raises(nst.InputError, match="pip install choix"):
        scale.bradley_terry([row()])
