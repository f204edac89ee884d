"""A blind vote: two pictures in random order, two questions; the answers in a CSV."""

import csv
import io
import itertools
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timezone
from functools import partial
from html import escape
from pathlib import Path

import ipywidgets as widgets
from torch import Tensor

from ..errors import InputError, first_line, one_of
from ..files import write_atomically
from ..images import to_pil
from ..keep.places import free, stem
from . import colab

UTC = timezone.utc  # noqa: UP017  (datetime.UTC is new in Python 3.11)
QUESTIONS = {
    "style": "which is more like the painting?",
    "content": "which keeps the scene better?",
}
ANSWERS = {"left": "the left one", "equal": "no difference", "right": "the right one"}


@dataclass(frozen=True)
class Vote:
    """One answer: which of two named pictures, ``left``, ``right`` or ``equal``.

    ``time`` is ISO 8601, ``poll`` says what is compared, ``question`` is one of
    `QUESTIONS`. A row of the CSV has these columns. Raise `InputError` for others.
    """

    time: str
    voter: str
    poll: str
    question: str
    left: str
    right: str
    answer: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, str) or not value.strip():
                raise InputError(f"{field.name} is {value!r}: give a text")
        one_of("question", self.question, QUESTIONS)
        one_of("answer", self.answer, ANSWERS)
        if self.left == self.right:
            raise InputError(
                f"{self.left!r} is compared with itself: name two pictures"
            )
        try:
            self.moment  # noqa: B018
        except ValueError:
            way = "give it as 2026-01-31T12:00:00"
            raise InputError(f"time is {self.time!r}: {way}") from None

    @property
    def moment(self) -> float:
        """The time in seconds since 1970; a time without a zone counts as UTC."""
        moment = datetime.fromisoformat(self.time)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

    @property
    def person(self) -> str:
        """The voter, however the name is spelt in capitals and spaces."""
        return self.voter.strip().casefold()

    @property
    def subject(self) -> tuple[str, str, str, frozenset[str]]:
        """What is answered, and by whom: of two votes with one subject one counts."""
        pair = frozenset((self.left, self.right))
        return self.person, self.poll, self.question, pair


COLUMNS = [field.name for field in fields(Vote)]


def write_votes(path: Path, votes: Iterable[Vote]) -> None:
    """Write a CSV file whole, so that an interruption leaves no half row."""
    rows = io.StringIO(newline="")
    csv.writer(rows).writerows([COLUMNS, *map(astuple, votes)])
    write_atomically(path, rows.getvalue().encode("utf-8"))


def read_votes(*places: str | Path) -> list[Vote]:
    """Return the votes in CSV files, and in all votes-*.csv in and below folders.

    What a person says again of a pair, or a file that is there twice, counts once: the
    last answer. A printed sentence names the rows that cannot be read and the first's
    fault. Raise `InputError` for a place that is not there.
    """
    rows: list[Vote | str] = []
    for place in map(Path, places or (colab.OUTPUTS,)):
        if not place.exists():
            raise InputError(f"no votes at {str(place)!r}: name a file or a folder")
        files = sorted(place.rglob("votes-*.csv")) if place.is_dir() else [place]
        rows += [row for path in files for row in _rows(path)]
    votes = [row for row in rows if isinstance(row, Vote)]
    faults = [row for row in rows if isinstance(row, str)]
    if faults:
        count = "1 row was" if len(faults) == 1 else f"{len(faults)} rows were"
        print(f"{count} left out; the first: {faults[0]}")
    votes.sort(key=lambda vote: vote.moment)
    return list({vote.subject: vote for vote in votes}.values())


def _rows(path: Path) -> Iterator[Vote | str]:
    """Yield each row as a `Vote`, or what is wrong with it."""
    try:
        text = path.read_text("utf-8-sig")  # as Excel saves it, too
    except (OSError, UnicodeDecodeError) as error:
        yield f"{path.name} cannot be read ({first_line(error)})"
        return
    head = text.partition("\n")[0]
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if ";" in head else ","
    )
    if missing := set(COLUMNS) - {*(reader.fieldnames or ())}:
        yield f"{path.name} has no column {min(missing, key=COLUMNS.index)!r}"
        return
    try:
        for row in reader:
            try:
                yield Vote(**{name: row[name] for name in COLUMNS})
            except InputError as error:
                yield f"{path.name}, line {reader.line_num}: {error}"
    except csv.Error as error:
        yield f"{path.name}, line {reader.line_num}: {error}"


class Poll(widgets.VBox):
    """A panel that shows every pair of ``pictures`` blind, and keeps the answers.

    ``pictures`` is {name: (1, 3, H, W)}, shown at one width whatever their sizes, their
    names hidden. ``content`` and ``style`` are shown above them, ``poll`` says what
    is compared, ``voter`` is a name of one's own (or typed in the panel). Each poll
    writes a file of its own, votes-POLL-VOTER-TIME.csv: into ``folder``, which a class
    may share, or into ``outputs``, with a copy on Drive if mounted. Order and sides are
    random, by ``seed`` if given.

    Example:
        poll = Poll({"weight 1": a, "weight 6": b}, content, style, poll="weights")
    """

    def __init__(
        self,
        pictures: Mapping[str, Tensor],
        content: Tensor,
        style: Tensor,
        *,
        poll: str,
        voter: str = "",
        folder: str | Path | None = None,
        seed: int | None = None,
    ) -> None:
        if len(pictures) < 2:
            raise InputError(f"a vote compares pictures, not {len(pictures)}: give two")
        self.poll, self.folder = poll, folder
        self.votes: list[Vote] = []
        self.file: Path | None = None
        self._png = {name: _png(picture) for name, picture in pictures.items()}
        dice = random.Random(seed)
        pairs = [dice.sample(pair, 2) for pair in itertools.combinations(pictures, 2)]
        dice.shuffle(pairs)
        self.turns = [(*pair, question) for pair in pairs for question in QUESTIONS]
        self.name = widgets.Text(value=voter, description="I am")
        self.name.placeholder = "a name only you use"
        self.shown = [widgets.Image(format="png", width=380) for _ in range(2)]
        self.text, self.status = widgets.HTML(), widgets.HTML()
        self.button = {}
        for answer, label in ANSWERS.items():
            self.button[answer] = widgets.Button(description=label)
            self.button[answer].on_click(partial(self._clicked, answer))
        self.name.observe(lambda change: self._show(), "value")
        above = [
            widgets.Image(value=_png(p), format="png", width=180)
            for p in (content, style)
        ]
        asked = widgets.VBox([self.name, self.text, *self.button.values(), self.status])
        top = {"align_items": "flex-start"}  # or pictures are stretched to one height
        rows = [*above, asked], self.shown
        super().__init__([widgets.HBox(row, layout=top) for row in rows])
        self._show()

    def __repr__(self) -> str:  # a notebook without widgets shows this
        return "a blind vote: run this cell in Jupyter or Colab to see it"

    def answer(self, answer: str) -> Vote:
        """Give one of `ANSWERS` to the question that is shown; return the vote.

        Raise `InputError` without a voter's name, or after the last question.
        """
        one_of("answer", answer, ANSWERS)
        if not self.name.value.strip():
            raise InputError("there is no name: type one that only you use")
        if len(self.votes) == len(self.turns):
            raise InputError("all pairs are answered: run the cell again to vote anew")
        left, right, question = self.turns[len(self.votes)]
        now = datetime.now(UTC).isoformat()
        voter = self.name.value.strip()
        vote = Vote(now, voter, self.poll, question, left, right, answer)
        self.votes.append(vote)
        try:
            self.status.value = escape(self._keep())
        finally:
            self._show()
        return vote

    def _keep(self) -> str:
        """Write all votes so far; return a sentence that says where."""
        if self.file is None:
            name = stem(["votes", self.poll, self.votes[0].voter])
            moment = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
            self.file = free(Path(self.folder or colab.OUTPUTS, f"{name}-{moment}.csv"))
        write_votes(self.file, self.votes)
        return f"Saved {self.file}." if self.folder else colab.share(self.file)

    def _clicked(self, answer: str, button: widgets.Button) -> None:
        try:
            self.answer(answer)
        except InputError as mistake:
            self.status.value = f"<b>{escape(str(mistake))}</b>"

    def _show(self) -> None:
        """Show the next pair and question, or thanks."""
        count, done = len(self.turns), len(self.votes)
        self.name.disabled = done > 0
        for button in self.button.values():
            button.disabled = done == count or not self.name.value.strip()
        if done == count:
            self.text.value = "<b>Thank you.</b> That was the last pair."
            return
        *pair, question = self.turns[done]
        for image, name in zip(self.shown, pair, strict=True):
            image.value = self._png[name]
        self.text.value = f"<b>{done + 1} of {count}: {QUESTIONS[question]}</b>"


def _png(picture: Tensor) -> bytes:
    to_pil(picture).save(data := io.BytesIO(), "PNG")
    return data.getvalue()
