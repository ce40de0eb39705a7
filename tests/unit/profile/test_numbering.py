"""Numbers of documents, and entries that belong to an enterprise: a made-up profile of a repair shop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from docgen.archive.plan.filing import file_items
from docgen.diagnostics import Diagnostic
from docgen.errors import ProfileError
from docgen.profile.forms import build_record_model
from docgen.profile.load import load_profile
from docgen.profile.model import Profile
from docgen.profile.numbering import find_unknown, fits_pattern, list_numbers, number_documents
from docgen.profile.packages import plan_packages
from docgen.profile.plan import plan_documents
from docgen.profile.redaction.disclosure import DisclosureRules
from docgen.profile.references import find_owner
from docgen.profile.subject import Subject, derive_facts
from docgen.resources import Resources

PROFILE: dict[str, Any] = {
    "id": "shop",
    "version": "1",
    "standard": {"number": "XX/T 8", "title": "修钟铺规范"},
    "confidential": ["enterprises[]"],
    "numbering": {"pattern": "{station}/{form}{year}-{001}"},
    "compiler": "station",
    "packages": [
        {"key": "shop", "items": ["a"]},
        {"key": "customer", "per": "enterprises[]", "items": ["b", "c"], "documents": ["repair", "receipt", "praise"]},
    ],
    "documents": [
        {
            "id": "rules",
            "title": "店规",
            "shape": "form",
            "code": "DG",
            "dated": "date",
            "fields": [{"key": "date", "label": "日期", "type": "date"}],
        },
        {
            "id": "repair",
            "title": "修理单",
            "shape": "form",
            "per": "forms.repair[]",
            "code": "XL",
            "dated": "at",
            "fields": [
                {"key": "customer", "label": "客户", "type": "reference", "to": "enterprises[]"},
                {"key": "at", "label": "时间", "type": "minute"},
                {"key": "fault", "label": "毛病"},
            ],
        },
        {
            "id": "receipt",
            "title": "收据",
            "shape": "form",
            "per": "forms.repair[]",
            "fields": [{"key": "sum", "label": "金额", "type": "money"}],
        },
        {
            "id": "praise",
            "title": "表扬信",
            "shape": "form",
            "level": "可",
            "per": "forms.praise[]",
            "fields": [{"key": "repair", "label": "修理单", "type": "reference", "to": "forms.repair[]"}],
        },
    ],
    "filing": {
        "basis": "自拟",
        "items": [
            {"key": "a", "label": "店规", "takes": ["rules"]},
            {"key": "b", "label": "修理", "takes": ["repair", "receipt"]},
            {
                "key": "c",
                "label": "表扬",
                "takes": ["praise"],
                "when": {"present": "forms.praise[]"},
                "otherwise": "没有表扬",
            },
        ],
    },
}
RECORD: dict[str, Any] = {
    "profile": "shop",
    "project": {"number": "P1", "dated": "2030-02-01"},
    "parties": [{"key": "shop", "role": "station", "code": "S7", "name": "钟铺"}],
    "enterprises": [{"key": "yan", "name": "燕子社"}, {"key": "que", "name": "雀社"}],
    "forms": {
        "rules": [{"date": "2029-12-31"}],
        "repair": [
            {"key": "r1", "customer": "yan", "at": "2029-12-30 9:00", "fault": "停摆"},
            {"key": "r2", "customer": "que", "at": "2030-01-02 9:00", "fault": "走慢"},
            {"key": "r3", "customer": "yan", "at": "2030-01-03 9:00", "fault": "走快"},
        ],
        "receipt": [{"of": "r3", "sum": "30"}],
        "praise": [{"key": "p1", "repair": "r2"}],
    },
}


def make_subject(**forms: Any) -> Subject:
    profile = Profile.model_validate(PROFILE)
    data = {**RECORD, "forms": {**RECORD["forms"], **forms}}
    record = build_record_model(profile).model_validate(data)
    return Subject(profile, record, derive_facts(profile, record))


def number(subject: Subject) -> dict[str, str]:
    return dict(list_numbers(tuple(number_documents(subject.profile, subject.record, plan_documents(subject)))))


def test_documents_are_numbered_by_type_and_year_in_the_record_s_order() -> None:
    assert number(make_subject()) == {
        "rules/project": "S7/DG2029-001",
        "repair/r1": "S7/XL2029-001",
        "repair/r2": "S7/XL2030-001",
        "repair/r3": "S7/XL2030-002",
    }


def test_a_typed_number_is_kept_and_given_to_nobody_else() -> None:
    repairs = [dict(item) for item in RECORD["forms"]["repair"]]
    repairs[2]["number"] = "S7/XL2030-001"
    numbers = number(make_subject(repair=repairs))
    assert (numbers["repair/r3"], numbers["repair/r2"]) == ("S7/XL2030-001", "S7/XL2030-002")


def test_nothing_is_numbered_when_the_pattern_lacks_a_value() -> None:
    subject = make_subject()
    bare = subject.record.model_copy(update={"parties": ()})
    assert find_unknown(subject.profile, bare) == ("station",)
    assert list(number_documents(subject.profile, bare, plan_documents(subject))) == []
    assert find_unknown(subject.profile, subject.record) == ()


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("S7/XL2030-012", True),
        ("S7/XL2030-12", False),
        ("S7/XL2030-0012", False),
        ("S8/XL2030-012", False),
        ("", False),
    ],
)
def test_a_number_fits_its_pattern_or_doesn_t(text: str, fits: bool) -> None:
    assert fits_pattern(text, "S7/XL2030-{001}") is fits


def test_what_isn_t_known_stands_for_anything_in_a_pattern() -> None:
    assert fits_pattern("S7/XL2031-001", "{station}/XL{year}-{001}")
    assert not fits_pattern("XL2031-001", "{station}/XL{year}-{001}")


def find_faults(tmp_path: Any, **changes: Any) -> Sequence[Diagnostic]:
    folder = tmp_path / "shop"
    folder.mkdir()
    data = {**PROFILE, **changes}
    (folder / "filing.yaml").write_text(yaml.safe_dump(data.pop("filing"), allow_unicode=True), "utf-8")
    (folder / "profile.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    with pytest.raises(ProfileError) as caught:
        load_profile(folder, Resources())
    return caught.value.diagnostics


@pytest.mark.parametrize(
    ("pattern", "codes"),
    [("{shop}-{form}-{001}", ["P146"]), ("{station}-{year}", ["P149"]), ("{form}-{001}-{01}", ["P149"])],
)
def test_a_faulty_pattern_is_told(tmp_path: Any, pattern: str, codes: list[str]) -> None:
    assert [item.code for item in find_faults(tmp_path, numbering={"pattern": pattern})] == codes


def test_codes_are_unique_and_need_a_pattern(tmp_path: Any) -> None:
    twice = [{**item, "code": "XX"} if "code" in item else item for item in PROFILE["documents"]]
    assert [item.code for item in find_faults(tmp_path, documents=twice)] == ["P147"]


def test_a_code_without_a_pattern_is_told(tmp_path: Any) -> None:
    assert [item.code for item in find_faults(tmp_path, numbering=None)] == ["P148", "P148"]


def test_an_entry_belongs_to_whom_it_names_itself_or_through_another() -> None:
    record: Any = make_subject().record
    assert find_owner(record, record.forms.repair[0], "enterprises[]") == "yan"
    assert find_owner(record, record.forms.receipt[0], "enterprises[]") == "yan"
    assert find_owner(record, record.forms.praise[0], "enterprises[]") == "que"
    assert find_owner(record, record.forms.rules[0], "enterprises[]") is None


def test_each_customer_s_package_holds_its_own_entries_and_reasons() -> None:
    subject = make_subject()
    packages = plan_packages(subject, plan_documents(subject))
    held = [[job.id for job in package.jobs] for package in packages]
    assert held == [
        ["rules/project"],
        ["repair/r1", "repair/r3", "receipt/r1", "receipt/r3"],
        ["repair/r2", "receipt/r2", "praise/p1"],
    ]
    states = [[(item.key, item.status) for item in file_items(subject, package)[0]] for package in packages]
    assert states[1] == [("b", "present"), ("c", "not_applicable")]
    assert states[2] == [("b", "present"), ("c", "present")]


def test_an_item_that_one_customer_lacks_is_told_with_its_name() -> None:
    subject = make_subject(repair=RECORD["forms"]["repair"][1:2], receipt=[], praise=[])
    packages = plan_packages(subject, plan_documents(subject))
    diagnostics = [item for package in packages for item in file_items(subject, package)[1]]
    assert [(item.code, item.params["label"]) for item in diagnostics] == [("A151", "修理（燕子社）")]


def test_a_document_of_an_entry_is_called_by_the_customer_s_name() -> None:
    jobs = {job.id: job for job in plan_documents(make_subject())}
    assert (jobs["repair/r1"].item_name, jobs["praise/p1"].item_name) == ("燕子社", "雀社")


def test_entries_are_as_confidential_as_whom_they_are_about() -> None:
    subject = make_subject()
    rules = DisclosureRules(subject.profile, subject.record)
    assert rules.closes(("forms", "repair", 0, "fault"))
    assert rules.closes(("forms", "receipt", 0, "sum"))
    assert not rules.closes(("forms", "rules", 0, "date"))
    data = {**RECORD, "disclosure": {"open": [{"enterprises": ["yan"]}]}}
    opened = build_record_model(subject.profile).model_validate(data)
    rules = DisclosureRules(subject.profile, opened)
    assert not rules.closes(("forms", "repair", 0, "fault"))
    assert not rules.closes(("forms", "receipt", 0, "sum"))
    assert rules.closes(("forms", "repair", 1, "fault"))
