"""What the lecturer's guide names is there, and its plans add up."""

import re

import pytest
from test_exercises import EXERCISES

from notebooks import build

GUIDE = (build.HERE / "LECTURE.md").read_text("utf-8")
MOST_SECONDS = 40  # of a live cell, on two CPU cores
SECTIONS = re.findall(r"(\d\d) \*\*(.+?)\*\*", GUIDE)


def rows(heading):
    """The cells of the first table below a heading, without its two head lines."""
    text = re.split(f"^## {heading}.*$", GUIDE, flags=re.M)[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def test_every_section_it_names_is_in_its_lesson():
    assert len(SECTIONS) > 40
    for number, section in SECTIONS:
        (lesson,) = build.lessons((number,))
        headings = re.findall(r"^#+ (.+)$", lesson.read_text("utf-8"), re.M)
        assert section in headings, f"{number} {section}"


def test_every_exercise_and_command_it_names_is_there():
    exercises = re.findall(r"`(n\d\d\.\w+)`", GUIDE)
    assert len(exercises) > 5 and set(exercises) <= set(EXERCISES)
    makefile = (build.ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`(?:NST_FAST=1 )?make (\w+)`", GUIDE):
        assert re.search(rf"^{target}:", makefile, re.M), target
    program = (build.HERE / "checks" / "__main__.py").read_text("utf-8")
    for option, default in re.findall(r"`(--\w+) (\d+)`", GUIDE):
        assert f'"{option}", type=int, default={default}' in program


@pytest.mark.parametrize(
    "heading, total", [("45 minutes", [45]), ("90 minutes", [90]), ("Three", [90] * 3)]
)
def test_a_plan_takes_as_long_as_it_says(heading, total):
    days = {}
    for *day, minutes, _section, _how, ask in rows(heading):
        days[tuple(day)] = days.get(tuple(day), 0) + int(minutes)
        assert ask
    assert list(days.values()) == total


def test_what_runs_live_is_short_and_is_set_by_the_lesson_s_own_names():
    for number, values, sections, seconds in rows("Before the class"):
        assert max(map(int, seconds.split(", "))) <= MOST_SECONDS
        (lesson,) = build.lessons((number,))
        cells = build.codes(build.notebook(lesson))
        (first,) = [c for c in cells if "parameters" in c.metadata.get("tags", ())]
        names = re.findall(r"`(\w+) = ", values)
        assert names and all(f"{name} = " in first.source for name in names)
        for section in re.findall(r"\*\*(.+?)\*\*", sections):
            assert f"{number} **{section}**" in GUIDE


def test_every_section_that_is_planned_live_has_its_seconds():
    timed = " ".join(" ".join(row) for row in rows("Before the class"))
    for heading in ("45", "90", "Three"):
        for *_, section, how, _ask in rows(heading):
            if "live" in how and "05" not in section:  # the Studio has no end
                assert section.split(" ", 1)[1] in timed, section


def test_the_rubric_gives_a_hundred_points():
    assert sum(int(points) for points, _ in rows("A graded project")) == 100
