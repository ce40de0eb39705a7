"""Experts' marks that are closed take with them what is computed from them: mean, spread, totals, grade."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pytest
from support.redaction_support import PROFILE, RECORD, make_subject, plan

from docgen.profile.redaction.record import RedactedSubject, redact_subject
from docgen.profile.subject import Subject
from docgen.record.marking import Marking
from docgen.render.context.build import build_context

MARK = "〔不公开〕"
MARKS = "forms.score[].marks[]"
SCORE: dict[str, Any] = {
    "id": "score",
    "title": "评分表",
    "shape": "form",
    "per": "enterprises[]",
    "marking": "points",
    "fields": [{"key": "said", "label": "意见"}],
}
PANEL: dict[str, Any] = {**SCORE, "id": "panel", "title": "总评", "per": "project"}
RUBRIC: dict[str, Any] = {
    "key": "points",
    "source": "评分办法",
    "lines": [
        {"key": "a", "points": "60.50", "group": "走时", "label": "准"},
        {"key": "b", "points": "39.50", "group": "走时", "label": "稳"},
    ],
    "grades": [{"grade": "一等", "from": "80"}, {"grade": "二等", "from": "0"}],
}
FORMS: dict[str, Any] = {
    "score": [
        {
            "of": "clock",
            "said": "两位专家合计92.75分，准58.25分。",
            "marks": [
                {"expert": "柏松年", "marks": {"a": "59", "b": "36"}},
                {"expert": "江若渔", "marks": {"a": "57.50", "b": "33"}},
            ],
        },
        {"of": "bell", "marks": [{"expert": "温如海", "marks": {"a": "40", "b": "21.5"}}]},
    ],
    "panel": [{"said": "合计70.25分", "marks": [{"expert": "诸葛闻", "marks": {"a": "40.25", "b": "30"}}]}],
}


@dataclass
class Redacted:
    """A whole and a redacted record with their markings: of clock, of bell, of the project."""

    whole: Subject
    done: RedactedSubject

    @property
    def markings(self) -> tuple[Marking, Marking, Marking]:
        first, second, third = self.done.subject.facts.markings
        return first, second, third

    def view(self, name: str) -> Any:
        job = self.done.redact_job(self.whole, plan(self.whole)[name])
        return build_context(self.done.subject, job, "error")["marked"]

    def read(self, name: str) -> Any:
        job = self.done.redact_job(self.whole, plan(self.whole)[name])
        return job.entry.said if job.entry is not None else None


def redact(*closed: dict[str, Any], opened: tuple[dict[str, Any], ...] = ()) -> Redacted:
    record = {
        "forms": copy.deepcopy({**RECORD["forms"], **FORMS}),
        "rubrics": [RUBRIC],
        "disclosure": {"open": [*opened], "confidential": [*closed]},
    }
    whole = make_subject(record, {"documents": [*PROFILE["documents"], SCORE, PANEL]})
    return Redacted(whole, redact_subject(whole))


def list_figures(marking: Marking) -> list[Any]:
    """All that is computed from the marks, and the marks."""
    figures = [marking.total, marking.spread, marking.grade, *marking.expert_totals]
    return [*figures, *(value for line in marking.lines for value in (*line.marks, line.mean, line.spread))]


def is_whole(done: Redacted, at: int) -> bool:
    return done.markings[at] == done.whole.facts.markings[at]


def test_nothing_is_masked_where_the_marks_are_open() -> None:
    done = redact()
    assert [is_whole(done, at) for at in range(3)] == [True, True, True]
    assert (done.view("score/clock").total, done.view("score/clock").grade) == (done.markings[0].total, "一等")


def test_all_marks_of_a_document_close_with_all_that_follows_from_them() -> None:
    done = redact({"paths": [MARKS]})
    for marking in done.markings[:2]:
        assert set(list_figures(marking)) == {MARK}
        assert set(marking.experts) == {MARK}
        assert str(marking.full) == "100.00"
    assert is_whole(done, 2)
    view = done.view("score/clock")
    assert (view.total, view.grade, view.spread, view.expert_totals[:2]) == (MARK, MARK, MARK, (MARK, MARK))
    assert {value for group in view.groups for line in group.lines for value in (line.mean, *line.marks[:2])} == {MARK}
    assert not done.done.is_left_out(plan(done.whole)["score/clock"])


def test_the_marks_of_one_enterprise_close_alone() -> None:
    done = redact({"paths": [MARKS], "enterprises": ["clock"]})
    assert set(list_figures(done.markings[0])) == {MARK}
    assert [is_whole(done, at) for at in (1, 2)] == [True, True]
    assert str(done.view("score/bell").total) == "61.50"


def test_the_marks_of_the_project_close_alone() -> None:
    done = redact({"paths": ["forms.panel[].marks[]"]})
    assert set(list_figures(done.markings[2])) == {MARK}
    assert [is_whole(done, at) for at in (0, 1)] == [True, True]


def test_a_closed_enterprise_takes_its_markings_with_it_and_leaves_the_projects() -> None:
    done = redact({"enterprises": ["clock"]})
    assert set(list_figures(done.markings[0])) == {MARK}
    assert [is_whole(done, at) for at in (1, 2)] == [True, True]
    assert done.done.is_left_out(plan(done.whole)["score/clock"])
    assert not done.done.is_left_out(plan(done.whole)["score/bell"])


def test_figures_alone_may_be_closed_and_experts_alone() -> None:
    figures, experts = redact({"paths": [f"{MARKS}.marks"]}), redact({"paths": [f"{MARKS}.expert"]})
    assert figures.markings[0].experts == ("柏松年", "江若渔")
    assert set(list_figures(figures.markings[0])) == {MARK}
    assert experts.markings[0].experts == (MARK, MARK)
    assert list_figures(experts.markings[0]) == list_figures(experts.whole.facts.markings[0])


def test_a_hidden_total_is_masked_where_somebody_typed_it() -> None:
    done = redact({"paths": [MARKS]})
    assert done.read("score/clock") == f"两位专家合计{MARK}分，准{MARK}分。"
    assert done.read("panel/project") == "合计70.25分"
    assert [secret.place for secret in done.done.masker.find("得92.750分")] == [("facts", "markings", 0, "total")]


def test_a_result_may_be_opened_though_its_marks_are_closed() -> None:
    opened = ({"paths": ["facts.markings[].grade"]}, {"paths": ["facts.markings[].total"], "enterprises": ["clock"]})
    done = redact({"paths": [MARKS]}, opened=opened)
    first, second, _ = done.markings
    assert (str(first.total), first.grade, first.spread) == ("92.75", "一等", MARK)
    assert (second.total, second.grade) == (MARK, "二等")
    assert done.read("score/clock") == f"两位专家合计92.75分，准{MARK}分。"


def test_a_result_may_be_closed_though_its_marks_are_open() -> None:
    done = redact({"paths": ["facts.markings[].total"]})
    first = done.markings[0]
    assert (first.total, first.grade, first.lines) == (MARK, "一等", done.whole.facts.markings[0].lines)


@pytest.mark.parametrize(
    ("path", "hidden"),
    [
        ("rubrics[].lines[].points", {"full"}),
        ("rubrics[].grades[].from", {"grade"}),
        ("rubrics[].grades[].grade", {"grade"}),
        ("rubrics[].rule", {"rule"}),
        ("rubrics[]", {"full", "grade", "rule"}),
    ],
)
def test_what_the_rubric_closes_is_hidden_where_it_shows(path: str, hidden: set[str]) -> None:
    done = redact({"paths": [path]})
    marking, view = done.markings[0], done.view("score/clock")
    masked = {name for name in ("full", "grade", "rule", "total", "spread") if getattr(marking, name) == MARK}
    assert masked == hidden
    shown = {name for name in ("full", "grade", "total", "spread") if getattr(view, name) == MARK}
    assert shown | ({"rule"} if view.rule_text == MARK else set()) == hidden
    assert (view.groups[0].lines[0].points == MARK) is ("full" in hidden)


def test_a_line_without_a_mark_stays_free() -> None:
    forms = copy.deepcopy(FORMS)
    del forms["score"][0]["marks"][1]["marks"]["b"]
    del forms["score"][1]["marks"][0]["marks"]["b"]
    closed = {"confidential": [{"paths": [f"{MARKS}.marks"], "enterprises": ["clock"]}]}
    whole = make_subject(
        {"forms": {**copy.deepcopy(RECORD["forms"]), **forms}, "rubrics": [RUBRIC], "disclosure": closed},
        {"documents": [*PROFILE["documents"], SCORE, PANEL]},
    )
    first, second, _ = redact_subject(whole).subject.facts.markings
    assert [line.marks for line in first.lines] == [(MARK, MARK), (MARK, None)]
    assert first.expert_totals == (MARK, None)
    assert (second.total, second.grade, second.lines[1].mean) == (None, None, None)
