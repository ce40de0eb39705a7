"""Rows that were judged: kept as text and known again, each judged anew when it has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.form_tables import FORM, make_table, plant

from docgen.batch.records.checking import check_rows, dump_rows, parse_rows
from docgen.batch.records.intake import OpenedIntake, make_intake_key, open_intake
from docgen.pipeline.stages.outcome import Options
from docgen.resources import Resources
from docgen.sources.intake.reading.split import select_enterprises

OPTIONS = Options(Resources(), only=(FORM,))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return plant(make_table(tmp_path / "企业.xlsx", 6), (2, "日期", "去年底"), (3, "主要服务成果", None))


def open_table(path: Path) -> OpenedIntake:
    return open_intake(make_intake_key(path, OPTIONS))


def test_rows_are_the_same_after_they_were_kept_as_text(table: Path) -> None:
    rows = list(check_rows(open_table(table), OPTIONS))
    kept = parse_rows(dump_rows(rows))
    assert [row.is_ready for row in rows] == [True, False, False, True, True, True]
    assert list(kept.values()) == rows
    placed = [item.location.place for row in rows for item in row.diagnostics]
    assert [item.location.place for row in kept.values() for item in row.diagnostics] == placed
    assert any(placed)


def test_only_a_row_that_changed_is_judged_anew(table: Path) -> None:
    former = parse_rows(dump_rows(check_rows(open_table(table), OPTIONS)))
    plant(table, (2, "日期", "2024-11-20"))
    again = list(check_rows(open_table(table), OPTIONS, former=former))
    assert [row.is_ready for row in again] == [True, True, False, True, True, True]
    assert [row.key for row in again if former[row.key] is not row] == [again[1].key]


def test_enterprises_are_selected_alike_one_by_one_and_together(table: Path) -> None:
    opened = open_table(table)
    keys = [state.key for state in opened.split.enterprises]
    for chosen in (keys[4:5], keys[1:4], keys[::-1], keys):
        alone = select_enterprises(opened.source, opened.loaded, chosen)
        assert alone.data == opened.selector.select(chosen).data
        assert [item["key"] for item in alone.data["enterprises"]] == [key for key in keys if key in chosen]
        entries = alone.data["forms"][FORM]
        assert [entry["of"] for entry in entries] == [key for key in keys if key in chosen]
        last = alone.locate(("forms", FORM, len(entries) - 1, "of"))
        assert last == opened.source.locate(("forms", FORM, keys.index(entries[-1]["of"]), "of"))
