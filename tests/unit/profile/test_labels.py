"""Labels stand for keys wherever a record or an option names something; what is no label is told with what there is."""

from __future__ import annotations

from typing import Any

import pytest

from docgen.errors import ProfileError
from docgen.pipeline.services.profiles import resolve_chosen
from docgen.profile.labels import choose_document, suggest_documents
from docgen.profile.load import LoadedProfile, find_profile
from docgen.profile.validate import Validation, validate_record
from docgen.resources import Resources
from docgen.trees import parse_tree

SATISFACTION = "质量提升服务满意度评价表"


def validate(profile_id: str, text: str) -> Validation:
    tree = parse_tree(f"profile: {profile_id}\n{text}", "record.yaml")
    return validate_record(find_profile(Resources(), profile_id), tree.data, tree.locate)


def read(profile_id: str, text: str) -> Any:
    validation = validate(profile_id, text)
    assert validation.diagnostics == ()
    return validation.record


@pytest.fixture(scope="module")
def loaded() -> LoadedProfile:
    return find_profile(Resources(), "db4201-t665-2022")


def test_options_of_the_shared_vocabulary_are_read_by_their_labels() -> None:
    record = read(
        "db4201-t665-2022",
        "project: {scope: 园区}\nparties: [{key: p1, role: 技术服务机构}, {key: p2, role: agency}]\n"
        "evidence: [{key: e1, file: a.pdf, kind: 扫描件}]\n",
    )
    assert record.project.scope == "park"
    assert [party.role for party in record.parties] == ["agency", "agency"]
    assert record.evidence[0].kind == "scan"


@pytest.mark.parametrize("family", ["resources", "质量管理资源配置及管理", "资源配置及管理", "质量管理 资源配置及管理"])
def test_a_family_is_read_by_every_label_that_a_form_prints(family: str) -> None:
    line = f"indicators: [{{key: z1, family: {family}, name: 合格率, direction: 越低越好}}]"
    record = read("db3203-t1023-2023", f"enterprises:\n  - key: q1\n    name: 某公司\n    {line}\n")
    assert (record.enterprises[0].indicators[0].family, record.enterprises[0].indicators[0].direction) == (
        "resources",
        "down",
    )


def test_an_unknown_family_is_told_with_the_labels() -> None:
    line = "indicators: [{key: z1, family: 产品改进, name: 合格率}]"
    (diagnostic,) = validate("db3203-t1023-2023", f"enterprises:\n  - key: q1\n    {line}\n").diagnostics
    assert diagnostic.code == "R138"
    assert "产品改进与服务提升（products）" in str(diagnostic.params["known"])
    assert "产品改进与服务提升" in str(diagnostic.params["hint"])


def test_documents_are_named_by_title_everywhere(loaded: LoadedProfile) -> None:
    record = read(
        "db4201-t665-2022",
        "enterprises: [{key: q1, name: 某公司}, {key: q2, name: 另一公司}]\n"
        f"evidence: [{{key: e1, file: a.pdf, kind: scan, document: {SATISFACTION}/某公司}}]\n"
        f"not_applicable: [{{item: 行业/区域/园区质量提升效益评价表, reason: 单家企业}}, "
        f"{{item: 《{SATISFACTION}》/q2, reason: 中途退出}}]\n"
        f"disclosure: {{confidential: [{{documents: [{SATISFACTION}]}}]}}\n"
        f"forms: {{{SATISFACTION}: [{{of: 某公司, suggestions: 很好}}]}}\n",
    )
    assert record.evidence[0].document == "satisfaction/q1"
    assert [entry.item for entry in record.not_applicable] == ["benefit-area", "satisfaction/q2"]
    assert record.disclosure.confidential[0].documents == ("satisfaction",)
    assert record.forms.satisfaction[0].of == "q1"
    assert choose_document(loaded.profile.documents, SATISFACTION) == loaded.profile.find_document("satisfaction")


def test_keys_of_attendance_are_enterprises_by_name_too() -> None:
    names = "enterprises: [{key: a, name: 甲公司}, {key: b, name: 乙公司, short_name: 乙}]\n"
    record = read("db4201-t665-2022", f"{names}trainings: [{{key: t, attendance: {{甲公司: 3, 乙: 4}}}}]\n")
    assert record.trainings[0].attendance == {"a": 3, "b": 4}
    validation = validate(
        "db4201-t665-2022",
        f"{names}trainings:\n  - key: x\n    date: x\n  - key: t\n    attendance: {{甲公司: 多, 丙: 1}}\n",
    )
    codes = [(item.code, item.location.path) for item in validation.diagnostics]
    assert codes == [
        ("R106", "trainings[0].date"),
        ("R105", "trainings[1].attendance.甲公司"),
        ("R115", "trainings[1].attendance.丙"),
    ]


def test_an_enterprise_whose_attendance_is_given_twice_is_told() -> None:
    names = "enterprises: [{key: a, name: 甲公司, short_name: 甲}]\n"
    for keys in ("{甲公司: 3, a: 4}", "{甲公司: 3, 甲: 4}"):
        validation = validate("db4201-t665-2022", f"{names}trainings: [{{key: t, attendance: {keys}}}]\n")
        (diagnostic,) = validation.diagnostics
        assert (diagnostic.code, diagnostic.params["key"]) == ("R144", "a")


def test_documents_are_numbered_by_title_too(loaded: LoadedProfile) -> None:
    by_title = {document.title: document.id for document in loaded.profile.documents}
    record = read(
        "db4201-t665-2022",
        f"enterprises: [{{key: a, name: 甲公司}}]\n"
        f"project: {{archive: {{document_numbers: {{{SATISFACTION}/甲公司: 一号, survey-summary: 二号}}}}}}\n",
    )
    assert record.project.archive.document_numbers == {f"{by_title[SATISFACTION]}/a": "一号", "survey-summary": "二号"}


def test_a_fault_in_a_form_called_by_its_title_is_told_where_it_stands() -> None:
    text = f"enterprises: [{{key: q1}}]\nforms:\n  {SATISFACTION}:\n    - of: q1\n      attitude: 尚可\n"
    (diagnostic,) = validate("db4201-t665-2022", text).diagnostics
    assert (diagnostic.code, diagnostic.location.line, diagnostic.location.column) == ("R109", 6, 17)


def test_a_title_almost_right_is_told() -> None:
    (diagnostic,) = validate("db4201-t665-2022", "forms: {质量提升服务满意度评价: []}\n").diagnostics
    assert (diagnostic.code, diagnostic.params["nearest"]) == ("R142", "satisfaction")


def test_a_name_that_two_enterprises_have_stands_for_neither() -> None:
    text = "enterprises: [{key: q1, name: 某公司}, {key: q2, name: 某公司}]\nforms: {satisfaction: [{of: 某公司}]}\n"
    (diagnostic,) = validate("db4201-t665-2022", text).diagnostics
    assert (diagnostic.code, diagnostic.params["nearest"]) == ("R115", "某公司（q1）、某公司（q2）")


def test_a_wrong_party_is_told_with_those_of_the_role_asked_for() -> None:
    text = (
        "parties: [{key: a, role: 服务站, name: 甲站}, {key: b, role: 技术服务机构, name: 乙公司}]\n"
        "forms: {matching-record: [{key: m1, agency: 丙}]}\n"
    )
    (diagnostic,) = validate("db4201-t629-2020", text).diagnostics
    assert (diagnostic.code, diagnostic.params["nearest"]) == ("R115", "乙公司（b）")


def test_a_title_of_two_documents_is_refused_with_both(loaded: LoadedProfile) -> None:
    first, second, *_ = loaded.profile.documents
    twins = (first, second.model_copy(update={"title": first.title}))
    with pytest.raises(ProfileError) as fault:
        choose_document(twins, first.title)
    (diagnostic,) = fault.value.diagnostics
    assert diagnostic.code == "X159"
    assert first.id in str(diagnostic.params["known"])
    assert second.id in str(diagnostic.params["known"])
    assert choose_document(twins, second.id) == twins[1]


@pytest.mark.parametrize("name", ["satisfactio", "满意度评价表"])
def test_the_document_that_was_meant_is_proposed_by_title_and_id(loaded: LoadedProfile, name: str) -> None:
    assert suggest_documents(loaded.profile.documents, name) == f"{SATISFACTION}（satisfaction）"


def test_a_title_on_the_command_line_is_one_choice_with_its_id() -> None:
    assert resolve_chosen((SATISFACTION, "satisfaction"), Resources, None) == ("satisfaction",)
    assert resolve_chosen(("满意度",), Resources, None) == ("满意度",)
    assert resolve_chosen(("satisfaction", "x"), Resources, None) == ("satisfaction", "x")
