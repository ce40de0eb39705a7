"""Values that are allowed and hardly right are told, right ones left alone; one confirmation silences a doubt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from docgen.checks.doubts.base import DoubtFindings, run_doubts
from docgen.diagnostics import Diagnostic, Location, Severity, error
from docgen.messages import LANGUAGES, catalogue
from docgen.profile.load import LoadedProfile, find_profile
from docgen.profile.subject import Subject, derive_facts
from docgen.profile.validate import validate_record
from docgen.resources import Resources
from docgen.trees import RawPath, format_path

CODES = ("91420106MA1000017J", "91420106MA1000025D", "91420106MA10000338", "91420106MA10000413")


@cache
def load(profile_id: str = "db4201-t665-2022") -> LoadedProfile:
    return find_profile(Resources(), profile_id)


@dataclass(frozen=True)
class Typed:
    data: Any

    def locate(self, path: RawPath, key: bool = False) -> Location:
        return Location("yaml", "record.yaml", 1, 1, format_path(path))


def find(
    profile_id: str = "db4201-t665-2022",
    reported: tuple[Diagnostic, ...] = (),
    *,
    known: tuple[Diagnostic, ...] | None = None,
    **parts: Any,
) -> DoubtFindings:
    """What is doubted in a record; every message can be filled in both languages."""
    loaded, typed = load(profile_id), Typed({"profile": profile_id, **parts})
    validation = validate_record(loaded, typed.data, typed.locate)
    assert validation.record is not None
    assert not validation.failed, validation.diagnostics
    subject = Subject(loaded.profile, validation.record, derive_facts(loaded.profile, validation.record))
    diagnostics = run_doubts(subject, validation, typed, reported, known)
    for lang in LANGUAGES:
        for item in diagnostics.diagnostics:
            text = catalogue(lang).message(item) + catalogue(lang).mend(item)
            assert "{" not in text
            assert "checks." not in text
    assert all(item.severity is not Severity.ERROR for item in diagnostics.diagnostics)
    return diagnostics


def show(findings: DoubtFindings) -> list[tuple[str, str | None]]:
    return [(item.code, item.location.path) for item in findings.diagnostics]


def enterprise(key: str = "one", **values: Any) -> dict[str, Any]:
    return {"key": key, "name": f"武汉{key}有限公司", **values}


def indicator(name: str = "一次交验合格率", unit: str = "%", direction: str = "up", **values: str) -> dict[str, Any]:
    return {"key": "k", "family": "质量", "name": name, "unit": unit, "direction": direction, **values}


def visit(day: str, key: str = "v") -> dict[str, str]:
    return {"key": key, "date": day}


VISITS = [visit(f"2023-{month:02d}-11", f"v{month}") for month in range(3, 12)]


def test_a_code_of_another_enterprise_is_told_where_it_stands_again() -> None:
    enterprises = [enterprise("a", uscc=CODES[0]), enterprise("b", uscc=CODES[1]), enterprise("c", uscc=CODES[0])]
    assert show(find(enterprises=enterprises)) == [("C401", "enterprises[2].uscc")]


def test_codes_of_their_own_are_left_alone() -> None:
    enterprises = [enterprise(f"e{at}", uscc=code) for at, code in enumerate(CODES)]
    # the agency may be one of those served, and an enterprise may have none
    parties = [{"key": "p", "role": "agency", "name": "武汉e0有限公司", "uscc": CODES[0]}]
    assert show(find(enterprises=[*enterprises, enterprise("none"), enterprise("more")], parties=parties)) == []


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (indicator(before="0.85", target="90", after="95"), "C402", "before"),
        (indicator(before="85", target="0.9", after="95"), "C402", "target"),
        (indicator(before="85", target="90", after="0.96"), "C402", "after"),
        (indicator("返工率", direction="down", before="0.35", target="20", after="15"), "C402", "before"),
        (indicator(before="85", target="90", after="951"), "C403", "after"),
        (indicator("顾客满意度", before="82", target="880", after="91"), "C403", "target"),
        (indicator("退货率", direction="down", before="3.2", target="1.5", after="-1.2"), "C404", "after"),
        (indicator("质量提升培训覆盖率", before="40", target="100", after="120"), "C403", "after"),
    ],
)
def test_a_share_that_can_hardly_be_is_told(row: dict[str, Any], code: str, field: str) -> None:
    diagnostics = find(enterprises=[enterprise(indicators=[row])])
    assert show(diagnostics) == [(code, f"enterprises[0].indicators[0].{field}")]


def test_a_row_of_fractions_is_told_where_others_are_percentages() -> None:
    rows = [
        {**indicator("交付率", before="85", target="90", after="95"), "key": "a"},
        {**indicator("合格率", before="0.85", target="0.9", after="0.95"), "key": "b"},
    ]
    assert show(find(enterprises=[enterprise(indicators=rows)])) == [
        ("C402", f"enterprises[0].indicators[1].{name}") for name in ("before", "target", "after")
    ]


@pytest.mark.parametrize(
    "row",
    [
        indicator(before="85", target="100", after="100"),
        indicator("质量损失率", direction="down", before="1.2", target="0.8", after="0.9"),
        indicator("逾期率", direction="down", before="8", target="2", after="0.1"),
        indicator("废品率", direction="down", before="0", target="0", after="0"),
        indicator("营业收入增长率", before="-12", target="30", after="150"),
        indicator("产值提升幅度", before="0.5", target="20", after="130"),
        indicator("销售额提高率", before="-3", target="110", after="0.6"),
        indicator("计划完成率", before="96", target="100", after="118"),
        indicator("研发投入占比", before="0.6", target="0.8", after="0.9"),
        indicator("净利润率", before="-4.5", target="2", after="3"),
        indicator("响应时间", unit="天", direction="down", before="120", target="0.5", after="0.8"),
        indicator("合格率", unit="", before="0.85", target="0.9", after="0.95"),
        indicator("投诉", unit="起", direction="down", before="350", target="18", after="0"),
    ],
)
def test_a_figure_that_may_be_is_left_alone(row: dict[str, Any]) -> None:
    beside = {**indicator("交付率", before="85", target="90", after="95"), "key": "beside"}
    assert show(find(enterprises=[enterprise(indicators=[row, beside])])) == []


def test_yuan_for_ten_thousand_yuan_is_told_by_staff_class_and_other_amounts() -> None:
    by_staff = find(enterprises=[enterprise(staff="46", revenue="23864000")])
    by_class = find(enterprises=[enterprise(size_class="小型", industry_code="3484", revenue="23864000")])
    staffed = enterprise(size_class="小型", industry_code="3484", staff="46", revenue="864000")
    by_class_and_staff = find(enterprises=[staffed])
    by_assets = find(enterprises=[enterprise(revenue="5800000", assets="642.75")])
    column = [enterprise(f"e{at}", revenue=str(900 + at * 300)) for at in range(6)]
    by_column = find(enterprises=[*column, enterprise("odd", revenue="14500000")])
    benefit = {"key": "b", "name": "节约", "amount": "358000"}
    by_revenue = find(enterprises=[enterprise(revenue="2386.40", staff="46", benefits=[benefit])])
    for findings, place in [
        (by_staff, "enterprises[0].revenue"),
        (by_class, "enterprises[0].revenue"),
        (by_class_and_staff, "enterprises[0].revenue"),
        (by_assets, "enterprises[0].revenue"),
        (by_column, "enterprises[6].revenue"),
        (by_revenue, "enterprises[0].benefits[0].amount"),
    ]:
        assert show(findings) == [("C405", place)]
    assert by_staff.diagnostics[0].params["real"] == "2386.4"


def test_an_amount_in_an_own_field_is_judged_by_its_unit() -> None:
    parts: dict[str, Any] = {"enterprises": [enterprise(staff="46", revenue="2386.40")]}
    form = {"benefit-enterprise": [{"of": "one", "benefit": "464700"}]}
    assert show(find(**parts, forms=form)) == [("C405", "forms.benefit-enterprise[0].benefit")]
    contract = {"service-contract": [{"amount": "46470000"}], "settlement": [{"contract_amount": "46470000"}]}
    assert show(find("t-hebqia-draft", **parts, forms=contract)) == [], "asked in 元"


@pytest.mark.parametrize(
    "values",
    [
        {"staff": "46", "revenue": "2386.40", "assets": "1642.75"},
        {"staff": "6", "revenue": "18.50"},
        {"staff": "5", "revenue": "98000", "assets": "12000"},  # a trading house
        {"staff": "280", "revenue": "39000", "assets": "60000"},
        {"staff": "12", "revenue": "300", "assets": "88000"},  # land and buildings
        {"revenue": "0", "assets": "0"},
        {"revenue": "500000"},
        {"staff": "900", "revenue": "350000", "size_class": "中型", "industry_code": "3484"},
        {"staff": "0", "revenue": "120.5"},
        {"benefits": [{"key": "b", "name": "节约", "amount": "35.80"}], "revenue": "2386.40"},
        {"benefits": [{"key": "b", "name": "新增销售", "amount": "5200"}], "revenue": "2386.40"},
    ],
)
def test_an_amount_that_may_be_is_left_alone(values: dict[str, Any]) -> None:
    others = [enterprise(f"e{at}", revenue=str(900 + at * 300), staff="40") for at in range(6)]
    doubts = show(find(enterprises=[*others, enterprise("odd", **values)]))
    assert [item for item in doubts if item[0] != "C417"] == []


@pytest.mark.parametrize(
    ("code", "reported"),
    [
        ("999999", "C406"),
        ("32031", "C406"),
        ("4201111", "C406"),
        ("洪山区", "C406"),
        ("420199", "C406"),
        ("320323", "C407"),  # 铜山县, until 2010
        ("330103", "C407"),  # 下城区, until 2021
    ],
)
def test_a_code_that_is_no_division_is_told(code: str, reported: str) -> None:
    assert show(find(project={"region": code}, activities=VISITS)) == [(reported, "project.region")]


@pytest.mark.parametrize(
    "code",
    ["420111", "420100", "420000", "4201", "42", "320312", "320300", "330113", "420171", "460400", "659001", "419001",
     "420111001", "420111001002", "500112"],
)  # fmt: skip
def test_a_code_that_holds_is_left_alone(code: str) -> None:
    assert show(find(enterprises=[enterprise(region=code)], activities=VISITS)) == []


def test_a_code_that_held_in_the_time_of_the_record_is_left_alone() -> None:
    assert show(find(project={"region": "330103"}, activities=[visit("2020-05-06")])) == []


@pytest.mark.parametrize("period", ["D31", "D3", "D300", "D15", "20年", "D1"])
def test_an_unusual_retention_period_is_told(period: str) -> None:
    diagnostics = find(project={"archive": {"retention": period}})
    assert show(diagnostics) == [("C409", "project.archive.retention")]


@pytest.mark.parametrize(
    "period", ["Y", "y", "永久", "D30", "d30", "30年", "定期30年", "D10", "10年", "定期10年", " D30 "]
)
def test_a_usual_retention_period_is_left_alone(period: str) -> None:
    assert show(find(project={"archive": {"retention": period}})) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("founded", "2032-05"), ("founded", "1899-12-31"), ("founded", "1905-07"), ("founded", "2024-03"),
     ("data_year", "1899"), ("data_year", "2032"), ("data_year", "23"), ("data_year", "2003")],
)  # fmt: skip
def test_a_year_outside_reason_is_told(field: str, value: str) -> None:
    diagnostics = find(enterprises=[enterprise(**{field: value})], activities=VISITS)
    assert show(diagnostics) == [("C410", f"enterprises[0].{field}")]


@pytest.mark.parametrize(
    ("field", "value"),
    [("founded", "2012-05"), ("founded", "1956"[:4] + "-01"), ("founded", "1949-10-01"), ("founded", "2023-11"),
     ("founded", "2023-10-31"), ("data_year", "2023"), ("data_year", "2022"), ("data_year", "2023年"),
     ("data_year", "2022年度"), ("data_year", "2021-2023"), ("data_year", "2015")],
)  # fmt: skip
def test_a_year_that_may_be_is_left_alone(field: str, value: str) -> None:
    assert show(find(enterprises=[enterprise(**{field: value})], activities=VISITS)) == []


def test_a_day_years_away_from_all_others_is_told() -> None:
    late, early = visit("2033-05-06", "late"), visit("2003-05-06", "early")
    form = {"service-agreement": [{"date": "2032-04-01"}]}
    diagnostics = find(activities=[*VISITS, late, early], forms=form)
    assert sorted(show(diagnostics)) == [
        ("C411", "activities[10].date"),
        ("C411", "activities[9].date"),
        ("C411", "forms.service-agreement[0].date"),
    ]
    assert diagnostics.diagnostics[0].params["last"] == "2023-11-11"
    assert show(find(activities=[visit("1023-05-06"), *VISITS])) == [("C410", "activities[0].date")]


def test_days_ahead_and_long_ago_are_left_alone_where_they_may_be() -> None:
    forms: dict[str, Any] = {
        "service-agreement": [{"date": "2023-04-01", "start": "2023-04-02", "end": "2030-12-31"}],
        "implementation-plan": [
            {
                "date": "2023-05-01",
                "start": "2023-05-01",
                "end": "2029-01-01",
                "targets": [{"key": "t", "name": "降低", "due": "2031-06-30"}],
                "milestones": [{"node": "验收", "due": "2031-06-30"}],
            }
        ],
        "metrology-ledger": [{"of": "one", "date": "2023-06-01", "instruments": [{"next": "2033-01-01"}]}],
        "guidance-schedule": [{"of": "one", "date": "2023-06-01", "visits": [{"planned": "2028-01-01"}]}],
    }
    known = {document.id: document for document in load().profile.documents}
    rows = {name: {spec.key for spec in known[name].fields} for name in forms}
    for name, entries in forms.items():
        for entry in entries:
            for key in entry.keys() - rows[name] - {"of"}:
                del entry[key]
    evidence = [{"key": "cert", "file": "证书.pdf", "kind": "certificate", "date": "2009-08-01"}]
    followed_up = visit("2025-10-01", "later")
    diagnostics = find(
        activities=[*VISITS, followed_up], forms=forms, evidence=evidence, enterprises=[enterprise(founded="1998-01")]
    )
    assert show(diagnostics) == []


@pytest.mark.parametrize(
    "text",
    [
        *["/", "／", "—", "——", "-", "……", "...", "暂无", "暂无。", "无", "待补充", "N/A", "（无）"],
        *[
            "同上",
            "同 上",
            "同左",
            "不详",
            "未知",
            "略",
            "（略）",
            "从略",
            "待定",
            "待核实",
            "待确认。",
            "待补",
            "（待填）",
        ],
        *[
            "见附件",
            "详见附件",
            "（见附件）",
            "见附表。",
            "附后",
            "另附",
            "后补",
            "未提供",
            "暂不清楚",
            "暂无资料",
            "无数据",
        ],
        *["暂缺……", "请填写", "unknown", "TBD", "xxx"],
    ],
)
def test_a_text_that_says_nothing_is_told_where_something_must_be_said(text: str) -> None:
    form = {"satisfaction": [{"of": "one", "consultants": text, "contents": text}]}
    diagnostics = find(enterprises=[enterprise(address=text)], forms=form)
    assert set(show(diagnostics)) == {
        ("C412", "enterprises[0].address"),
        ("C412", "forms.satisfaction[0].consultants"),
        ("C412", "forms.satisfaction[0].contents"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "王敏",
        "无锡分公司王敏",
        "A-1",
        "3/4",
        "无人机检测",
        "1",
        "无异常",
        "略阳县",
        "暂无法提供，另附说明",
        "空压机",
        "不适用",
        *["见附件3", "详见检验报告", "见附件《方案》", "略高于同行", "待客热情", "待岗培训12人", "同上海分公司签约"],
        *[
            "不详尽处已补",
            "无数据丢失",
            "未知名称商品检测",
            "空白试验",
            "后补焊缝",
            "同左岸公司",
            "暂无异议",
            "待检产品抽查",
        ],
    ],
)
def test_a_text_that_says_something_is_left_alone(text: str) -> None:
    form = {"satisfaction": [{"of": "one", "consultants": text, "contents": text, "suggestions": "无"}]}
    assert show(find(enterprises=[enterprise(address=text)], forms=form)) == []


def test_nothing_is_an_answer_where_the_profile_says_so() -> None:
    form = {"enterprise-survey": [{"of": "one", "certification": "无", "output": "无"}]}
    diagnostics = find(enterprises=[enterprise()], forms=form)
    assert show(diagnostics) == [("C412", "forms.enterprise-survey[0].output")]


def test_what_is_an_error_already_is_not_doubted() -> None:
    place = Location("yaml", "record.yaml", 1, 1, "project.region")
    assert show(find(reported=(error("C222", place),), project={"region": "999999"})) == []


@pytest.mark.parametrize(("staff", "expected"), [("0", [("C417", "enterprises[0].staff")]), ("1", []), ("46", [])])
def test_nobody_in_an_enterprise_is_told(staff: str, expected: list[tuple[str, str]]) -> None:
    assert show(find(enterprises=[enterprise(staff=staff, revenue=None)])) == expected


# confirming


def confirm(path: str, value: str, reason: str = "对照原件核实") -> dict[str, str]:
    return {"path": path, "value": value, "reason": reason}


def test_a_confirmed_value_is_doubted_no_more() -> None:
    parts: dict[str, Any] = {"enterprises": [enterprise(staff="46", revenue="23864000", founded="1905-07")]}
    entries = [confirm("enterprises[0].revenue", "23,864,000"), confirm("enterprises[0].founded", "1905年7月")]
    diagnostics = find(**parts, confirmed=entries)
    assert show(diagnostics) == []
    assert [item.path for item in diagnostics.confirmed] == ["enterprises[0].revenue", "enterprises[0].founded"]


def test_a_confirmation_lapses_when_the_value_changes() -> None:
    diagnostics = find(project={"region": "999998"}, confirmed=[confirm("project.region", "999999")])
    assert show(diagnostics) == [("C413", "confirmed[0].value"), ("C406", "project.region")]
    assert diagnostics.confirmed == ()


def test_a_confirmation_that_matches_nothing_is_told() -> None:
    entries = [confirm("enterprises[3].region", "420111"), confirm("no path", "1"), confirm("project.region", "420111")]
    diagnostics = find(project={"region": "420111"}, confirmed=entries)
    assert show(diagnostics) == [
        ("C414", "confirmed[0].path"),
        ("C414", "confirmed[1].path"),
        ("C415", "confirmed[2].path"),
    ]
    # one enterprise of a workbook lacks what its values are compared with
    alone = find(project={"region": "420111"}, confirmed=entries[1:], known=())
    assert show(alone) == []


@pytest.mark.parametrize("reason", ["/", "无", "……"])
def test_a_reason_must_say_something(reason: str) -> None:
    diagnostics = find(project={"region": "999999"}, confirmed=[confirm("project.region", "999999", reason)])
    assert sorted(show(diagnostics)) == [("C406", "project.region"), ("C412", "confirmed[0].reason")]


def test_a_reason_must_be_given() -> None:
    loaded, typed = load(), Typed({"profile": "db4201-t665-2022", "confirmed": [{"path": "a", "value": "1"}]})
    validation = validate_record(loaded, typed.data, typed.locate)
    assert [item.code for item in validation.diagnostics] == ["R102"]
