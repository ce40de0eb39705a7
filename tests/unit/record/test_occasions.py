"""docgen.record.occasions: the day of a piece of evidence, and the activity that it shows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from docgen.record.occasions import StatedDay, date_evidence, find_day, find_stated, match_occasions
from docgen.record.parts import Evidence
from docgen.record.record import Record

DAY = dt.date(2023, 10, 12)
RECORD = Record.model_validate(
    {
        "profile": "x",
        "enterprises": [
            {"key": "a", "name": "徐州澄砺消防器材有限公司", "short_name": "澄砺消防"},
            {"key": "b", "name": "丰县棠沙里食品有限公司", "short_name": "棠沙里食品"},
        ],
        "activities": [
            {"key": "s-a", "kind": "现场调研", "title": "澄砺消防调研", "date": "2023-10-12", "enterprises": ["a"]},
            {"key": "s-b", "kind": "现场调研", "title": "棠沙里食品调研", "date": "2023-10-12", "enterprises": ["b"]},
            {"key": "open", "kind": "动员部署", "title": "启动会", "date": "2023-09-27"},
            {"key": "audit", "kind": "内部审核", "title": "内部审核", "date": "2024-05-21", "enterprises": ["a"]},
        ],
        "trainings": [
            {"key": "t-1", "title": "质量意识培训", "date": "2023-12-06", "enterprises": ["a", "b"]},
            {"key": "t-2", "title": "班前点检", "date": "2024-05-21", "enterprises": ["a"]},
        ],
    }
)


def evidence(kind: str = "photograph", **fields: Any) -> Evidence:
    return Evidence.model_validate({"key": "e", "file": "x.jpg", "kind": kind, **fields})


def match(item: Evidence, day: dt.date | None, stem: str = "IMG_0012") -> list[str]:
    return [occasion.key for occasion in match_occasions(RECORD, item, day, stem)]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "IMG_20231012_094100",
            "微信图片_20231012094100",
            "20231012",
            "调研2023-10-12",
            "2023_10_12 灌装",
            "2023.10.12",
        ),
        *(
            "2023年10月12日调研",
            "2023年10月12日",
            "２０２３年１０月１２日",
            "PXL_20231012094100123",
            "20231012 与 2023-10-12",
        ),
    ],
)
def test_a_day_in_a_name(text: str) -> None:
    assert find_day(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "mmexport1697075412345",
        "GB19001-2016",
        "20231312",
        "202310",
        "120231012",
        "2023-10-12至2023-10-13",
        "第20231012001号",
    ],
)
def test_what_is_no_day(text: str) -> None:
    assert find_day(text) is None


def test_whose_day_counts() -> None:
    taken = dt.date(2023, 10, 13)
    assert date_evidence(evidence(date="2023-10-12"), taken, "20231014") == StatedDay(DAY, "stated")
    assert date_evidence(evidence(), taken, "20231014") == StatedDay(taken, "camera")
    assert date_evidence(evidence(), None, "20231012") == StatedDay(DAY, "named")
    assert date_evidence(evidence("scan"), taken, "合同_20231012") == StatedDay(DAY, "named")
    assert date_evidence(evidence("scan"), taken, "合同") is None


def test_the_only_activity_of_the_day() -> None:
    assert match(evidence(), dt.date(2023, 9, 27)) == ["open"]
    assert match(evidence("sign_in"), dt.date(2023, 12, 6)) == ["t-1"]
    assert match(evidence(), dt.date(2023, 9, 28)) == []


def test_two_on_one_day_are_told_apart_by_the_enterprise() -> None:
    assert match(evidence(), DAY) == ["s-a", "s-b"]
    assert match(evidence(enterprises=["b"]), DAY) == ["s-b"]
    assert match(evidence(), DAY, "棠沙里食品_内包装间") == ["s-b"]
    assert match(evidence(title="澄砺消防灌装工位"), DAY) == ["s-a"]


def test_two_on_one_day_are_told_apart_by_title_kind_and_sort() -> None:
    day = dt.date(2024, 5, 21)
    assert match(evidence(), day) == ["audit", "t-2"]
    assert match(evidence(title="内部审核首次会议"), day) == ["audit"]
    assert match(evidence(title="班前点检现场"), day) == ["t-2"]
    assert match(evidence("sign_in"), day) == ["t-2"]


def test_without_a_day_the_name_must_tell() -> None:
    assert match(evidence(), None) == []
    assert match(evidence(), None, "启动会_会场") == ["open"]
    assert match(evidence(), None, "现场调研_澄砺消防_压力表") == ["s-a"]
    assert match(evidence(), None, "现场调研_压力表") == []


def test_a_contract_of_that_day_is_not_of_the_activity() -> None:
    day = dt.date(2023, 9, 27)
    assert match(evidence("contract"), day, "技术服务合同") == []
    assert match(evidence("contract"), day, "启动会场地合同") == ["open"]


def test_what_the_entry_says_itself() -> None:
    assert getattr(find_stated(RECORD, evidence(activity="audit")), "key", None) == "audit"
    assert getattr(find_stated(RECORD, evidence(training="t-2")), "key", None) == "t-2"
    assert find_stated(RECORD, evidence()) is None
