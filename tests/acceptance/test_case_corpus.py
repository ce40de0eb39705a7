"""Generated good cases, each against an independent count: parts found, counted right, never wrongly sure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from support import case_words, plain_count
from support.case_corpus import LAYOUTS, SIZE, MadeCase, make_case, plan_corpus
from support.command_line import PROFILE

from docgen.content.heading_text import normalize_heading
from docgen.diagnostics import Severity
from docgen.pipeline import Options
from docgen.pipeline.services.case import CaseJudgement, judge_case

_PROFILES = Path(__file__).resolve().parents[2] / "profiles"
_TRUE = {"C103", "C137", "C144"}
"""What is right of the cases: shares of short texts, the text box and the hidden words that are put into some."""


@dataclass(frozen=True)
class Judged:
    made: MadeCase
    case: CaseJudgement


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> list[Judged]:
    folder, options = tmp_path_factory.mktemp("corpus"), Options(profile_id=PROFILE)
    found = []
    for plan in plan_corpus():
        path, made = make_case(plan, folder)
        (case,) = judge_case(path, options).cases
        found.append(Judged(made, case))
    return found


def test_the_corpus_is_what_it_says(judged: list[Judged]) -> None:
    layouts = Counter(item.made.layout for item in judged)
    strange = sum(item.made.words == "strange" for item in judged)
    assert len(judged) == SIZE >= 150
    assert set(layouts) == set(LAYOUTS)
    assert strange >= SIZE // 3


def test_strange_words_stand_nowhere_in_a_profile() -> None:
    """Frozen: who adds one of them to a profile measures nothing any more."""
    words = [word for part in case_words.STRANGE.values() for word in part]
    text = "".join(path.read_text("utf-8") for path in _PROFILES.rglob("*.yaml"))
    assert [word for word in words if word in text or normalize_heading(word) in text] == []
    assert len(words) * 3 >= len(words) + sum(map(len, case_words.KNOWN.values()))


def test_the_counter_is_independent() -> None:
    assert "docgen" not in Path(plain_count.__file__).read_text("utf-8")
    assert plain_count.count_words("质量管理体系运行3-6个月后，按GB/T 19001-2016开展内部审核，合格率98.5%。") == 28
    with pytest.raises(ValueError, match="—"):
        plain_count.count_words("一——二")


def find_lost(judged: list[Judged], words: str) -> tuple[list[str], int]:
    """The parts that weren't found, as case and heading, and how many there are."""
    lost, whole = [], 0
    for item in judged:
        if item.made.words == words:
            whole += len(item.made.headings)
            for part, heading in zip(item.case.lengths.parts, item.made.headings, strict=True):
                if heading not in (part.heading or ""):
                    lost.append(f"{item.made.name} {heading}")
    return lost, whole


def test_parts_are_found_by_known_words(judged: list[Judged]) -> None:
    lost, whole = find_lost(judged, "known")
    assert len(lost) <= whole * 0.01, lost


def test_parts_are_found_without_known_words(judged: list[Judged]) -> None:
    lost, whole = find_lost(judged, "strange")
    assert len(lost) <= whole * 0.10, lost


def test_counts_are_right_where_parts_are_found(judged: list[Judged]) -> None:
    wrong = [
        (item.made.name, part.heading, part.count.high, count)
        for item in judged
        for part, heading, count in zip(item.case.lengths.parts, item.made.headings, item.made.counts, strict=True)
        if heading in (part.heading or "") and (part.count.low, part.count.high) != (count, count)
    ]
    assert wrong == []


def test_none_is_wrongly_sure(judged: list[Judged]) -> None:
    wrong = [
        (item.made.name, part.heading)
        for item in judged
        for part, heading, count in zip(item.case.lengths.parts, item.made.headings, item.made.counts, strict=True)
        if part.reading is not None
        and part.reading.certainty == "sure"
        and (heading not in part.reading.heading or part.count.high != count)
    ]
    assert wrong == []


def test_a_strange_heading_is_never_sure(judged: list[Judged]) -> None:
    sure = [
        (item.made.name, part.heading)
        for item in judged
        if item.made.words == "strange"
        for part in item.case.lengths.parts
        if part.reading is not None and part.reading.certainty == "sure"
    ]
    assert sure == []


def test_titles_and_units_are_told_apart(judged: list[Judged]) -> None:
    wrong = [
        (item.made.name, item.case.title, item.case.lengths.units)
        for item in judged
        if (item.case.title, item.case.lengths.units) != (item.made.title, item.made.units)
    ]
    assert wrong == []


def test_no_false_alarm(judged: list[Judged]) -> None:
    alarms = [
        (item.made.name, found.code)
        for item in judged
        for found in item.case.diagnostics
        if found.severity is not Severity.INFO and found.code not in _TRUE
    ]
    assert alarms == []
