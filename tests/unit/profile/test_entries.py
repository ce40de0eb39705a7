"""Documents made for each of their own entries, documents that one package alone holds, columns that name others."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from docgen.profile.forms import build_record_model
from docgen.profile.missing import find_missing_values
from docgen.profile.model import Profile
from docgen.profile.packages import plan_packages
from docgen.profile.plan import plan_documents
from docgen.profile.subject import Subject, derive_facts
from docgen.render.context.build import build_context

FIELD = {"key": "title", "label": "事由", "level": "应"}
PROFILE: dict[str, Any] = {
    "id": "made-up",
    "version": "1",
    "standard": {"number": "XX/T 9", "title": "修钟规范"},
    "documents": [
        {"id": "change", "title": "变更", "shape": "form", "per": "forms.change[]", "fields": [FIELD]},
        {
            "id": "feedback",
            "title": "反馈",
            "shape": "form",
            "per": "enterprises[]",
            "level": "可",
            "fields": [{"key": "text", "label": "内容"}],
        },
        {
            "id": "tally",
            "title": "汇总",
            "shape": "register",
            "rows": "forms.feedback[]",
            "columns": [
                {"key": "who", "label": "企业", "source": "forms.feedback[].of"},
                {"key": "text", "label": "内容", "source": "forms.feedback[].text"},
            ],
        },
    ],
    "packages": [
        {"key": "main"},
        {"key": "later", "kind": "supplement", "of": "main", "items": ["b"], "documents": ["feedback"]},
    ],
    "filing": {
        "basis": "9",
        "items": [
            {"key": "a", "label": "变更", "takes": ["change"]},
            {"key": "b", "label": "评价", "takes": ["feedback", "tally"]},
        ],
    },
}


def make_subject(**forms: Any) -> Subject:
    profile = Profile.model_validate(PROFILE)
    data = {"profile": "made-up", "enterprises": [{"key": "clock", "name": "钟厂"}], "forms": forms}
    record = build_record_model(profile).model_validate(data)
    return Subject(profile, record, derive_facts(profile, record))


def test_a_copy_is_made_for_each_entry() -> None:
    subject = make_subject(change=[{"key": "k1", "title": "换人"}, {"key": "k2", "title": "延期"}])
    jobs = [job for job in plan_documents(subject) if job.document.id == "change"]
    assert [(job.id, job.item_name, job.place) for job in jobs] == [
        ("change/k1", "换人", ("forms", "change", 0)),
        ("change/k2", "延期", ("forms", "change", 1)),
    ]
    assert [build_context(subject, job, "error")["form"].title for job in jobs] == ["换人", "延期"]
    assert not list(find_missing_values(subject, jobs))


def test_what_is_asked_for_and_was_never_written_is_missing() -> None:
    subject = make_subject()
    jobs = plan_documents(subject, ("change",))
    assert [(lack.code, lack.place) for lack in find_missing_values(subject, jobs)] == [("R201", ("forms", "change"))]


@pytest.mark.parametrize("entries", [[], [{"key": "k1", "title": "换人"}, {"key": "k2", "title": "延期"}]])
def test_one_blank_form_is_made_however_many_entries_there_are(entries: list[dict[str, str]]) -> None:
    subject = make_subject(change=entries)
    (job,) = plan_documents(subject, ("change",), blank=True)
    context = build_context(subject, job, "blank")
    assert not context["form"].title
    assert not context["item"]


def test_an_entry_needs_its_key() -> None:
    with pytest.raises(ValidationError, match="key"):
        make_subject(change=[{"title": "换人"}])


def test_a_document_of_a_supplement_is_in_no_other_package() -> None:
    subject = make_subject(change=[{"key": "k1", "title": "换人"}], feedback=[{"of": "clock", "text": "好"}])
    main, later = plan_packages(subject, plan_documents(subject))
    assert [job.document.id for job in main.jobs] == ["change", "tally"]
    assert [job.document.id for job in later.jobs] == ["feedback"]
    assert [package.spec.key for package in plan_packages(make_subject(), ())] == ["main"]


def test_a_column_that_ends_at_a_reference_prints_the_name() -> None:
    subject = make_subject(feedback=[{"of": "clock", "text": "好"}])
    (job,) = plan_documents(subject, ("tally",))
    (row,) = build_context(subject, job, "error")["rows"]
    assert [cell.value for cell in row.cells] == ["钟厂", "好"]
