"""Faults in workbooks, each at its sheet and cell."""

from __future__ import annotations

import pytest
from openpyxl import Workbook
from support.render_xlsx_support import make_book, save
from support.scan_support import check, list_found, read_message

from docgen.diagnostics import Diagnostic
from docgen.render.scan.template import TemplateScan, list_uses

NAME = "样表.xlsx"


def look(book: Workbook) -> TemplateScan:
    return check(save(book), name=NAME)


def list_cells(scan: TemplateScan) -> list[tuple[str, str | None, str | None]]:
    said: list[Diagnostic] = [item for item in scan.diagnostics if item.code != "T318"]
    return [(item.code, item.location.sheet, item.location.cell) for item in said]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("T301", "{{ enterprse.name }}"),
        ("T302", "{{ qqqq }}"),
        ("T303", "{{ form.visits.on }}"),
        ("T304", "{{ project.name.x }}"),
        ("T305", "{{ enterprise }}"),
        ("T306", "名单：{{ form.visits }}"),
        ("T308", "{{ form.story }}"),
        ("T309", "{{ form.alive }}"),
        ("T310", "{{ form.species|date }}"),
        ("T311", "{{ form.nickname }}"),
        ("T312", "{{ activity.title }}"),
        ("T313", "{% if form.alive %}☑"),
        ("T314", "{{ dated }}{% endif %}"),
        ("T105", "{{ project name }}"),
        ("T106", "{{ dated|datum }}"),
        ("T107", "{% include 'x' %}"),
        ("T317", "{% for c in project.name %}{{ c }}{% endfor %}"),
    ],
)
def test_each_fault_is_found_at_its_cell(code: str, text: str) -> None:
    scan = look(make_book(["表头", "{{ project.name }}"], [None, text]))
    assert list_cells(scan) == [(code, "表", "B2")]


def test_bands_are_followed() -> None:
    book = make_book(
        ["{%tr for row in form.visits %}"],
        ["{{ row.on }}", "{{ row.fond }}", "{{ row.found }}"],
        ["{%tr endfor %}"],
        ["{%tr if form.nickname %}"],
        ["{{ form.nickname }}"],
        ["{%tr else %}"],
        ["{{ form.nickname }}"],
        ["{%tr endif %}"],
        ["{{ row.on }}"],
    )
    scan = look(book)
    assert list_cells(scan) == [
        ("T301", "表", "B2"),
        ("T311", "表", "C2"),
        ("T311", "表", "A7"),
        ("T302", "表", "A9"),
    ]
    assert "row.found" in read_message(scan.diagnostics[0])


def test_notes_of_formulas_are_followed() -> None:
    book = make_book([1, 2, ("=A1+B1", "form.heigt")])
    assert list_cells(look(book)) == [("T301", "表", "C1")]


def test_faults_of_rows_come_with_the_others() -> None:
    book = make_book(["{%tr for row in form.visits %}"], ["{{ qqqq }}"])
    assert list_cells(look(book)) == [("T209", "表", "A1"), ("T302", "表", "A2")]


def test_every_sheet_is_looked_at() -> None:
    book = make_book(["{{ form.species }}"])
    book.create_sheet("附表")["C3"] = "{{ qqqq }}"
    assert list_cells(look(book)) == [("T302", "附表", "C3")]


def test_unprinted_fields_are_named() -> None:
    scan = look(make_book(["{{ form.species }}"]))
    assert {item.params["label"] for item in scan.diagnostics} == {
        *("俗名", "树高", "栽种日期", "栽种人", "成活", "来历", "日期", "所见")
    }
    assert {item.location.file for item in scan.diagnostics} == {NAME}
    assert list_found(scan) == []


def test_listing_names() -> None:
    book = make_book(["{%tr for row in form.visits %}"], ["{{ row.on }}"], ["{%tr endfor %}"])
    scan = list_uses(save(book), NAME)
    assert [(use.name, use.use, use.location.cell) for use in scan.uses] == [
        ("form.visits", "looped", "A1"),
        ("form.visits[].on", "printed", "A2"),
    ]
