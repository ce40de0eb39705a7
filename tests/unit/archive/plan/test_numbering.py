"""Numbers and pages of a package: planned from the settings, given to each document, and checked by the receiver."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from support.archive_samples import make_index

from docgen.archive.plan.filing import find_material
from docgen.archive.plan.model import FiledDocument, PackageIndex, PageCount, Rendition, number_pages
from docgen.archive.plan.numbering import (
    check_document_numbers,
    check_numbering,
    check_sharing,
    format_date8,
    format_item_range,
    format_retention,
    plan_numbering,
    resolve_document,
)
from docgen.archive.plan.plan import PlannedDocument, weigh_pages
from docgen.archive.verify.number_check import check_numbers
from docgen.diagnostics import Location
from docgen.record.archive_settings import ArchiveSettings
from docgen.record.month import Month

COMPLETE = {"rule": "DA/T 22", "fonds": "Z109", "year": "2024", "retention": "30年", "office": "RZC"}


def settings(**more: object) -> ArchiveSettings:
    return ArchiveSettings.model_validate(COMPLETE | more)


def locate(place: tuple[str | int, ...], key: bool) -> Location:
    return Location("yaml", path=".".join(map(str, place)) + ("!" if key else ""))


def find(given: ArchiveSettings | None, count: int = 10, failed: tuple[str, ...] = ()) -> list[tuple[str, str | None]]:
    return [(item.code, item.location.path) for item in check_numbering(given, count, locate, failed)]


def make_document(number: int, pages: int | None = 1, **more: object) -> FiledDocument:
    """A filed document; number 0 makes it a note."""
    kind = "document" if number else "note"
    counted = PageCount(value=pages, source="counted" if pages is not None else "none")
    file = Rendition(
        role="original",
        path=f"data/a/{number}.pdf",
        media_type="application/pdf",
        size=1,
        sha256="0" * 64,
        pages=counted,
    )
    fields: dict[str, Any] = {
        "id": f"d/{number}",
        "item": "a",
        "number": number,
        "title": f"文件{number}",
        "kind": kind,
    }
    return FiledDocument.model_validate({**fields, "renditions": (file,), "material": "text", **more})


def make_numbered(**changes: object) -> PackageIndex:
    """An index whose three documents and note are numbered as docgen numbers them."""
    numbering = plan_numbering(settings(first_item=7))
    assert numbering is not None
    planned = [PlannedDocument(make_document(number, pages), ()) for number, pages in ((1, 2), (0, 1), (2, 5), (3, 1))]
    index = make_index(items=()).complete(item.document for item in numbering.number_documents(planned))
    dossier = numbering.dossier
    archive = index.archive.model_copy(
        update={
            **{name: getattr(dossier, name) for name in ("rule", "fonds", "category", "year", "retention", "office")},
            "archive_number": str(dossier),
            "first_item": 7,
        }
    )
    return index.model_copy(update={"archive": archive, **changes})


def check(index: PackageIndex) -> list[tuple[str, Mapping[str, object]]]:
    return [(item.code, item.params) for item in check_numbers(index, Location("archive", file="x.zip"))]


def change(index: PackageIndex, at: int, **fields: object) -> PackageIndex:
    documents = list(index.documents)
    documents[at] = documents[at].model_copy(update=fields)
    return index.model_copy(update={"documents": tuple(documents)})


# --- planning ---------------------------------------------------------------------------------------------------------


def test_documents_are_numbered_from_the_first_item_and_notes_are_not() -> None:
    assert [document.archive_number for document in make_numbered().documents] == [
        "Z109-WS·2024-D30-RZC-0007",
        "",
        "Z109-WS·2024-D30-RZC-0008",
        "Z109-WS·2024-D30-RZC-0009",
    ]
    assert format_item_range(make_numbered()) == "0007—0009"


def test_without_a_rule_or_with_a_part_unknown_there_is_no_numbering() -> None:
    assert plan_numbering(None) is None
    assert plan_numbering(settings(rule=None)) is None
    for part in ("fonds", "year", "retention", "office"):
        assert plan_numbering(settings(**{part: None})) is None, part
        assert find(settings(**{part: None})) == [("A204", "project.archive")]
        assert find(settings(**{part: None}), failed=(part,)) == []


def test_an_office_that_is_said_to_be_none_is_left_out() -> None:
    numbering = plan_numbering(settings(office="无"))
    assert str(numbering.dossier if numbering else "") == "Z109-WS·2024-D30"
    assert find(settings(office="无")) == []
    assert find(settings(office="无", dossier_number="Z109-WS·2024-D30-RZC")) == [
        ("A203", "project.archive.dossier_number")
    ]


def test_a_number_typed_by_the_rule_stands_for_the_settings_that_nobody_gave() -> None:
    given = ArchiveSettings.model_validate({"rule": "DA/T 13", "dossier_number": "Z109-KJ·2024·Y·办公室-0012"})
    numbering = plan_numbering(given)
    assert numbering is not None
    assert (str(numbering.dossier), numbering.first_item) == ("Z109-KJ·2024·Y·办公室", 12)
    assert find(given) == []


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Z109-WS·2024-D30-RZC", []),
        ("Z109-WS·2024-D30-RZC-0001", []),
        ("Z109-WS.2024-D30-RZC", ["A200"]),
        ("Z109-WS·2024-D30- RZC", ["A207"]),
        ("Z109-WS·2024·D30·RZC", ["A201"]),
        ("Z109-WS·2024-30-RZC", ["A202"]),
        ("Z109-KJ·2023-D10-RZC", ["A203", "A203"]),
        ("Z109-WS•24-D10-RZC", ["A200", "A202", "A203"]),
    ],
)
def test_a_typed_number_is_held_against_rule_and_settings(typed: str, codes: list[str]) -> None:
    assert find(settings(dossier_number=typed)) == [(code, "project.archive.dossier_number") for code in codes]


def test_a_category_that_somebody_chose_counts() -> None:
    typed = "Z109-KJ·2024-D30-RZC"
    assert find(settings(dossier_number=typed, category="KJ")) == []
    assert find(settings(dossier_number=typed, category="WS")) == [("A203", "project.archive.dossier_number")]


def test_a_typed_number_without_office_is_incomplete() -> None:
    given = settings(office=None, dossier_number="Z109-WS·2024-D30")
    assert find(given) == [("A201", "project.archive.dossier_number")]


def test_without_a_rule_a_number_is_printed_and_told_to_be_unchecked() -> None:
    assert find(settings(rule=None, dossier_number="质量-2024-17")) == [("A205", "project.archive.dossier_number")]
    assert find(settings(rule=None, dossier_number="Z109-WS·2024-D30-RZC")) == []


def test_item_numbers_must_have_room() -> None:
    assert find(settings(first_item=9990), 10) == []
    assert find(settings(first_item=9990), 11) == [("A206", "project.archive.first_item")]


def test_records_that_share_their_settings_are_not_numbered() -> None:
    assert [item.code for item in check_sharing(settings(), "徐州甲有限公司", locate)] == ["A209"]
    assert list(check_sharing(settings(), "", locate)) == []
    assert list(check_sharing(settings(rule=None), "徐州甲有限公司", locate)) == []


def test_document_numbers_name_documents_that_are_made() -> None:
    known = ["plan/project", "report/a", "report/b"]
    assert [resolve_document(name, known) for name in ("plan", "plan/project", "report/b", "report", "plans")] == [
        *("plan/project", "plan/project", "report/b"),
        *(None, None),
    ]
    given = settings(document_numbers={"plan": "文〔2024〕1号", "report": "2", "plans": "3"})
    found = list(check_document_numbers(given, known, locate))
    assert [(item.code, item.location.path, item.params["known"]) for item in found] == [
        ("R158", "project.archive.document_numbers.report!", "report/a、report/b"),
        ("R158", "project.archive.document_numbers.plans!", "plan/project、report/a、report/b"),
    ]


# --- pages ------------------------------------------------------------------------------------------------------------


def test_page_ranges_run_until_pages_are_unknown() -> None:
    filed = [make_document(number, pages) for number, pages in ((1, 2), (0, 9), (2, 3), (3, None), (4, 1))]
    ranges = [(document.first_page, document.last_page) for document in number_pages(filed)]
    assert ranges == [(1, 2), (None, None), (3, 5), (None, None), (None, None)]


def test_counted_pages_count_before_stated_ones() -> None:
    stated = make_document(1).renditions[0].model_copy(update={"pages": PageCount(value=4, source="stated")})
    counted = make_document(1, 5).renditions[0]
    both = make_document(1, renditions=(stated, counted))
    assert (both.pages.value, both.pages.source) == (5, "counted")
    assert make_document(1, renditions=(stated,)).pages.value == 4


@pytest.mark.parametrize(
    ("stated", "counted", "value", "source", "codes"),
    [
        (None, None, None, "none", []),
        (3, None, 3, "stated", []),
        (None, 2, 2, "counted", []),
        (2, 2, 2, "counted", []),
        (3, 2, 2, "counted", ["A208"]),
    ],
)
def test_pages_are_weighed(
    stated: int | None, counted: int | None, value: object, source: str, codes: list[str]
) -> None:
    pages, found = weigh_pages(stated, counted, "扫描.pdf", Location())
    assert (pages.value, pages.source, [item.code for item in found]) == (value, source, codes)


def test_materials_are_told_apart() -> None:
    assert find_material("photograph", "image/jpeg") == "photograph"
    assert find_material("training", "image/jpeg") == "photograph"
    assert find_material("sign_in", "image/jpeg") == "text"
    assert find_material("drawing", "application/pdf") == "drawing"
    assert find_material("photograph", "application/pdf") == "text"


# --- spelling ---------------------------------------------------------------------------------------------------------


def test_dates_have_eight_digits() -> None:
    assert format_date8(dt.date(2024, 9, 6)) == "20240906"
    assert format_date8(Month(2024, 9)) == "20240900"


def test_a_month_survives_the_machine_index() -> None:
    document = make_document(1, date=Month(2024, 9))
    again = FiledDocument.model_validate_json(document.model_dump_json())
    assert again.date == Month(2024, 9)
    assert '"date":"2024-09"' in document.model_dump_json()


def test_retention_is_spelled_for_covers() -> None:
    assert [format_retention(code) for code in ("Y", "D30", "", "按约定")] == ["永久", "30年", "", "按约定"]


# --- the receiver -----------------------------------------------------------------------------------------------------


def test_a_numbered_package_holds() -> None:
    assert check(make_numbered()) == []
    assert check(make_index()) == []


def test_a_repeated_number_is_found_with_or_without_a_rule() -> None:
    index = make_numbered()
    twice = change(index, 2, archive_number=index.documents[0].archive_number)
    codes = [code for code, _ in check(twice)]
    assert codes == ["A221", "A222"]
    free = twice.model_copy(update={"archive": twice.archive.model_copy(update={"rule": None})})
    assert check(free)[0][0] == "A221"
    assert check(free)[0][1]["other"] == "文件1"


def test_a_number_that_breaks_the_rule_is_found() -> None:
    broken = change(make_numbered(), 0, archive_number="Z109-WS.2024-D30-RZC-0007")
    ((code, params),) = check(broken)
    assert (code, params["title"]) == ("A220", "文件1")
    index = make_numbered()
    archive = index.archive.model_copy(update={"archive_number": "Z109"})
    assert [code for code, _ in check(index.model_copy(update={"archive": archive}))] == ["A220"]


@pytest.mark.parametrize(
    ("at", "number"), [(0, "Z109-WS·2024-D30-RZC-0008"), (0, ""), (1, "Z109-WS·2024-D30-RZC-0001")]
)
def test_a_number_out_of_order_is_found(at: int, number: str) -> None:
    codes = [code for code, _ in check(change(make_numbered(), at, archive_number=number))]
    assert "A222" in codes


def test_a_wrong_page_range_is_found() -> None:
    ((code, params),) = check(change(make_numbered(), 2, first_page=4))
    assert (code, params["value"], params["wanted"]) == ("A223", "4—7", "3—7")
