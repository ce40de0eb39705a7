"""What is confidential is masked in its field and in every text; what follows from it is hidden with it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from support.redaction_support import PROFILE, RECORD, make_subject, plan, redact

from docgen.content.model import Narrative
from docgen.diagnostics import Diagnostic, Location
from docgen.profile.paths import Place
from docgen.profile.redaction.check import check_disclosure
from docgen.profile.redaction.disclosure import DisclosureRules
from docgen.profile.redaction.record import RedactedSubject, holds_confidential, list_profile_words, redact_subject
from docgen.profile.subject import Subject
from docgen.record.masking import Masked
from docgen.render.context.build import build_context

MARK = "〔不公开〕"
ALL = {"confidential": ["enterprises[]"]}


def read_prose(value: Any) -> str:
    assert isinstance(value, Narrative)
    return "\n".join(getattr(block, "text", "") for block in value.blocks)


def talk_of(done: RedactedSubject) -> Any:
    forms: Any = getattr(done.subject.record, "forms", None)
    return forms.talk[0]


def test_a_closed_field_is_masked_and_the_others_stay() -> None:
    whole, done = redact()
    first = done.subject.record.enterprises[0]
    assert first.contact is not None
    assert first.contact.phone == MARK
    assert isinstance(first.revenue, Masked)
    assert (first.name, first.staff, first.contact.name) == ("徐州鸣钟机械有限公司", 46, "魏承屿")
    assert talk_of(done).guest == MARK
    assert talk_of(done).date == dt.date(2024, 3, 1)
    assert done.fields == len(["phone", "revenue", "revenue", "guest", "guest"])
    assert whole.record.enterprises[0].contact != first.contact


def test_prose_tells_no_closed_value() -> None:
    _, done = redact()
    assert read_prose(talk_of(done).said) == f"{MARK}说，去年收入{MARK}万元，电话{MARK}，魏承屿也在。"


def test_a_value_across_bold_text_is_masked() -> None:
    _, done = redact(closed=[{"paths": ["enterprises[].contact.name"]}])
    assert read_prose(talk_of(done).said).endswith(f"{MARK}也在。")


def test_the_record_opens_what_the_profile_closes() -> None:
    _, done = redact(opened=[{"paths": ["enterprises[].revenue"], "enterprises": ["clock"]}])
    first, second = done.subject.record.enterprises
    assert str(first.revenue) == "2386.40"
    assert second.revenue == MARK
    assert "2386.4万元" in read_prose(talk_of(done).said)


def test_the_longer_path_wins_and_then_the_record() -> None:
    def closes(path: str, **disclosure: Any) -> bool:
        rules = DisclosureRules(subject.profile, make_subject({"disclosure": disclosure}).record)
        return rules.closes(("enterprises", 0, *path.split(".")))

    subject = make_subject()
    assert closes("contact.phone")
    assert closes("contact.phone", open=[{"enterprises": ["clock"]}])
    assert not closes("contact.phone", open=[{"paths": ["enterprises[].contact.phone"]}])
    assert closes("staff", confidential=[{"enterprises": ["clock"]}])
    assert not closes("staff", confidential=[{"enterprises": ["bell"]}])
    both = {"open": [{"paths": ["enterprises[].staff"]}], "confidential": [{"paths": ["enterprises[].staff"]}]}
    assert closes("staff", **both)
    named = {
        "open": [{"paths": ["enterprises[].staff"], "enterprises": ["clock"]}],
        "confidential": [{"paths": ["enterprises[].staff"]}],
    }
    assert not closes("staff", **named)


def test_a_closed_name_becomes_an_alias_everywhere() -> None:
    whole, done = redact(closed=[{"paths": ["enterprises[].name"]}])
    assert done.aliases == {"clock": "企业甲", "bell": "企业乙"}
    first = done.subject.record.enterprises[0]
    assert (first.name, first.short_name) == ("企业甲", "企业甲")
    assert done.subject.record.trainings[0].title == "给企业甲讲课"
    assert done.masker.mask("徐州鸣钟机械（有限公司）及徐州鸣钟机械") == "企业甲（有限公司）及企业甲"
    assert done.rename_keys("evidence/photo-clock") == "evidence/photo-e1"
    assert done.rename_keys("evidence/clockwork") == "evidence/clockwork"
    job = done.redact_job(whole, plan(whole)["talk/clock"])
    assert (job.item_name, job.responsible, job.key) == ("企业甲", "企业甲", "clock")


def test_many_aliases_are_numbered() -> None:
    items = [{"key": f"e-{at}", "name": f"第{at}机械厂"} for at in range(12)]
    whole = make_subject(
        {
            "enterprises": items,
            "trainings": [],
            "evidence": [],
            "forms": {},
            "disclosure": {"confidential": [{"paths": ["enterprises[].name"]}]},
        }
    )
    assert list(redact_subject(whole).aliases.values())[::11] == ["企业1", "企业12"]


def test_everything_about_an_enterprise_is_closed_unless_opened() -> None:
    whole, done = redact(**ALL, opened=[{"paths": ["enterprises[].name"], "enterprises": ["bell"]}])
    first, second = done.subject.record.enterprises
    assert (first.name, second.name) == ("企业甲", "铃铛厂")
    assert first.staff == MARK
    assert first.key == "clock"
    assert first.indicators[0].key == "fast"
    assert first.indicators[0].after == MARK
    jobs = plan(whole)
    assert {name for name, job in jobs.items() if done.is_left_out(job)} == {
        "talk/clock",
        "talk/bell",
        "letter/project",
    }
    totals = done.subject.facts.enterprise_totals
    assert (totals[0].benefit, totals[0].visit_count, totals[0].of) == (MARK, MARK, "clock")


def test_a_document_with_something_open_stays() -> None:
    whole, done = redact(**ALL, opened=[{"paths": ["forms.talk[].mood"]}])
    jobs = plan(whole)
    assert not done.is_left_out(jobs["talk/clock"])
    assert (talk_of(done).mood, talk_of(done).guest) == ("好", MARK)


def test_documents_are_opened_and_closed_by_the_record() -> None:
    whole, done = redact(opened=[{"documents": ["letter"]}], closed=[{"documents": ["talk/clock"]}])
    out = {name for name, job in plan(whole).items() if done.is_left_out(job)}
    assert out == {"talk/clock"}
    whole, done = redact(closed=[{"documents": ["talk"]}], opened=[{"documents": ["talk"], "enterprises": ["bell"]}])
    assert {name for name, job in plan(whole).items() if done.is_left_out(job)} == {"talk/clock", "letter/project"}


def test_evidence_about_a_closed_enterprise_is_closed() -> None:
    for disclosure, closed in (
        ({}, False),
        ({"confidential": [{"enterprises": ["clock"]}]}, True),
        ({"confidential": [{"enterprises": ["bell"]}]}, False),
        ({"confidential": [{"evidence": ["photo-clock"]}]}, True),
        ({"confidential": [{"enterprises": ["clock"]}], "open": [{"evidence": ["photo-clock"]}]}, False),
    ):
        subject = make_subject({"disclosure": disclosure})
        rules = DisclosureRules(subject.profile, subject.record)
        assert rules.closes_evidence(subject.record.evidence[0]) is closed, disclosure


def test_what_is_computed_from_closed_figures_is_hidden() -> None:
    _, done = redact(closed=[{"paths": ["enterprises[].indicators[].after"]}])
    facts = done.subject.facts
    first, second = facts.evaluations
    assert (first.total, first.grade, first.totals["any"]) == (MARK, MARK, MARK)
    assert {item.outcome for family in first.families for item in family.indicators} == {MARK}
    assert (second.total, second.grade) == (None, None)
    assert facts.grades is not None
    assert {item.count for item in facts.grades.counts} == {MARK}
    assert facts.grades.enterprises == 2


def test_a_sum_with_a_closed_part_is_hidden_and_others_are_not() -> None:
    _, done = redact(closed=[{"paths": ["enterprises[].benefits[].amount"], "enterprises": ["clock"]}])
    facts = done.subject.facts
    assert facts.project_totals.benefit == MARK
    assert facts.enterprise_totals[0].benefit == MARK
    assert str(facts.enterprise_totals[1].benefit) == "3.00"
    assert facts.project_totals.attendance_count == 13
    _, done = redact(closed=[{"paths": ["trainings[].attendance"]}])
    assert done.subject.facts.project_totals.attendance_count == MARK
    assert sum(done.subject.record.trainings[0].attendance.values()) == MARK


def test_answers_are_counted_where_none_is_closed() -> None:
    moods = {
        "id": "moods",
        "title": "态度汇总",
        "shape": "register",
        "rows": "forms.talk[]",
        "columns": [{"key": "mood", "label": "态度", "source": "forms.talk[].mood"}],
    }

    def count(*closed: dict[str, Any]) -> dict[str, object]:
        whole, done = redact(closed=[*closed], documents=[*PROFILE["documents"], moods])
        job = done.redact_job(whole, plan(whole)["moods/project"])
        tally = build_context(done.subject, job, "error")["tally"]
        assert tally.answered["mood"] == 2
        return {item["option"]: item["mood"] for item in tally.options}

    assert count() == {"好": 1, "不好": 1}
    assert count({"paths": ["forms.talk[].mood"], "enterprises": ["bell"]}) == {"好": MARK, "不好": MARK}


def test_a_grade_may_be_opened_though_its_figures_are_closed() -> None:
    _, done = redact(
        closed=[{"paths": ["enterprises[].indicators[].after"]}],
        opened=[{"paths": ["facts.evaluations[].grade", "facts.grades"]}],
    )
    assert (done.subject.facts.evaluations[0].total, done.subject.facts.evaluations[0].grade) == (MARK, "准")


def test_open_facts_are_the_redacted_records_own() -> None:
    _, done = redact(closed=[{"paths": ["enterprises[].name"]}])
    assert done.subject.facts.project_totals.trainings[0] is done.subject.record.trainings[0]
    assert done.subject.find("facts.project_totals.trainings[].title")[0].place == ("trainings", 0, "title")


def test_an_open_figure_that_is_a_closed_one_is_masked_too() -> None:
    whole = make_subject({"project": {**RECORD["project"]}, "enterprises": RECORD["enterprises"]})
    done = redact_subject(whole)
    assert list(done.masker.find("2,386.40"))
    _, done = redact(closed=[{"texts": ["钟表行"]}])
    assert done.subject.record.parties[0].name == MARK


def test_who_takes_part_is_no_secret_of_an_enterprise() -> None:
    forms = {"talk": [{"of": "clock", "guest": "齐云", "mood": "好"}]}
    closed = {"confidential": ["enterprises[]", "parties[].contact.phone"]}
    subject = make_subject({"forms": forms}, {**closed, "documents": [_open_guest(), *PROFILE["documents"][1:]]})
    done = redact_subject(subject)
    contact = done.subject.record.parties[0].contact
    assert contact is not None
    assert (contact.name, contact.phone) == ("齐云", MARK)
    named = make_subject({"forms": forms})
    party = redact_subject(named).subject.record.parties[0].contact
    assert party is not None
    assert party.name == MARK


def _open_guest() -> dict[str, Any]:
    talk = {**PROFILE["documents"][0]}
    talk["fields"] = [{**field, "confidential": False} for field in talk["fields"]]
    return talk


def test_words_of_the_profile_are_not_looked_for() -> None:
    whole = make_subject({"disclosure": {"confidential": [{"texts": ["受访人", "鸣钟机械"]}]}})
    done = redact_subject(whole, list_profile_words(whole.profile))
    assert [secret.text for secret in done.masker.skipped] == ["受访人", "900"]
    assert done.masker.mask("受访人和鸣钟机械") == f"受访人和{MARK}"


def test_a_document_says_that_it_holds_something_confidential() -> None:
    whole = make_subject()
    rules = DisclosureRules(whole.profile, whole.record)
    held = {name for name, job in plan(whole).items() if holds_confidential(whole, rules, job)}
    assert held == {"talk/clock", "talk/bell", "tally/project"}


@pytest.mark.parametrize(
    "disclosure",
    [
        {},
        {"confidential": [{"enterprises": ["clock"]}]},
        {"confidential": [{"paths": ["forms.talk[].said", "facts.grades"]}]},
        {"open": [{"paths": ["enterprises[].contact"]}], "confidential": [{"paths": ["project"]}]},
        {"confidential": [{"paths": ["activities[].people", "trainings[].title"]}]},
    ],
)
def test_where_nothing_can_be_closed_nothing_is(disclosure: dict[str, Any]) -> None:
    whole = make_subject({"disclosure": disclosure})
    rules = DisclosureRules(whole.profile, whole.record)
    paths = ("enterprises[].contact.phone", "enterprises[].name", "forms.talk[].guest", "forms.talk[].said")
    paths += ("project.name", "facts.evaluations[].total", "facts.grades.enterprises")
    paths += ("facts.enterprise_totals[].visits[].people[]", "facts.project_totals.trainings[].title")
    open_paths = [path for path in paths if not rules.may_close(path)]
    assert all(rules.may_close(path) for path in paths if any(rules.closes(item.place) for item in whole.find(path)))
    assert bool(open_paths) or "enterprises" in str(disclosure)


@pytest.mark.parametrize(
    ("disclosure", "code", "place"),
    [
        ({"open": [{"paths": ["enterprises[].fone"]}]}, "R160", ("disclosure", "open", 0, "paths", 0)),
        ({"confidential": [{"paths": ["enterprises.name"]}]}, "R160", ("disclosure", "confidential", 0, "paths", 0)),
        ({"open": [{"documents": ["tallk"]}]}, "R161", ("disclosure", "open", 0, "documents", 0)),
        ({"open": [{"documents": ["talk/nobody"]}]}, "R161", ("disclosure", "open", 0, "documents", 0)),
        ({"open": [{"documents": ["talk/clock", "letter/project"], "paths": ["facts.grades"]}]}, None, ()),
    ],
)
def test_what_the_record_says_is_checked(disclosure: dict[str, Any], code: str | None, place: Place) -> None:
    assert [(item.code, item.location.path) for item in find_faults(make_subject({"disclosure": disclosure}))] == (
        [(code, str(place))] if code else []
    )


@pytest.mark.parametrize(
    ("target", "faulty"), [("photo-clock", False), ("talk/clock", False), ("copy", True), ("x", True)]
)
def test_a_redacted_copy_names_its_original(target: str, faulty: bool) -> None:
    copy = {"key": "copy", "file": "b.pdf", "kind": "scan", "redacts": target}
    diagnostics = find_faults(make_subject({"evidence": [*RECORD["evidence"], copy]}))
    assert [item.code for item in diagnostics] == (["R162"] if faulty else [])


def find_faults(subject: Subject) -> list[Diagnostic]:
    def locate(place: Place, key: bool) -> Location:
        del key
        return Location("yaml", path=str(place))

    return list(check_disclosure(subject.profile, subject.record, locate))
