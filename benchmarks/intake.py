"""Reading an intake of 10,000 rows × 40 columns: docgen reads, places and validates it while openpyxl only reads.

Both take the same file in turns; absolute figures move with the machine, the ratio is what counts. Goal: below 1 of the
time that openpyxl's read-only mode takes for the bare values.

    python benchmarks/intake.py
"""

from __future__ import annotations

import datetime as dt
import gc
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import xlsxwriter
import yaml

from docgen.profile.load import LoadedProfile, load_profile
from docgen.profile.validate import validate_record
from docgen.resources import Resources
from docgen.sources.intake.reading.source import open_workbook, read_intake
from docgen.sources.intake.workbook.layout import ABOUT_SHEET
from docgen.sources.intake.workbook.sheets import build_layout

ROWS, COLUMNS, ROUNDS = 10_000, 40, 5
KINDS = ("text", "decimal", "date", "choice", "int", "money", "text", "yes_no")
PROFILE = "bench-t1-2030"


def make_profile(folder: Path) -> LoadedProfile:
    """A made-up standard with one register of 40 columns."""
    fields = []
    for number in range(COLUMNS):
        kind = KINDS[number % len(KINDS)]
        options = {"options": ["小型", "微型", "家庭作坊"]} if kind == "choice" else {}
        fields.append({"key": f"f{number}", "label": f"字段{number}", "type": kind, **options})
    document = {
        "id": "ledger",
        "title": "企业台账",
        "shape": "register",
        "fields": [{"key": "rows", "label": "企业", "type": "rows", "fields": fields}],
        "rows": "forms.ledger[].rows[]",
        "columns": [{"key": "f0", "label": "字段0", "source": "forms.ledger[].rows[].f0"}],
    }
    profile = {
        "id": PROFILE,
        "version": "1.0.0",
        "standard": {"number": "BENCH/T 1—2030", "title": "台账"},
        "documents": [document],
    }
    filing = {"basis": "虚构", "items": [{"key": "a", "label": "台账", "takes": ["ledger"]}]}
    target = folder / PROFILE
    target.mkdir()
    for name, content in (("profile.yaml", profile), ("filing.yaml", filing)):
        (target / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    return load_profile(target, Resources((folder,)))


def make_workbook(loaded: LoadedProfile, path: Path) -> None:
    """The register filled in: texts, numbers, dates, choices."""
    layout = build_layout(loaded)
    sheet = next(item for item in layout.sheets if item.anchor.kind == "form_rows")
    book = xlsxwriter.Workbook(str(path))
    for other in layout.sheets:
        if other is not sheet:
            heads = [column.header for column in other.iterate_columns()] if other.is_table else ("项目", "填写")
            book.add_worksheet(other.name).write_row(0, 0, heads)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    drawn = book.add_worksheet(sheet.name)
    drawn.write_row(0, 0, [column.header for column in sheet.columns])
    draw = random.Random(1)
    for row in range(1, ROWS + 1):
        for at, column in enumerate(sheet.columns):
            if column.kind in ("decimal", "money"):
                drawn.write_number(row, at, draw.randrange(1_000_000) / 100)
            elif column.kind == "int":
                drawn.write_number(row, at, draw.randrange(500))
            elif column.kind == "date":
                drawn.write_datetime(row, at, dt.datetime(2024, 1, 1) + dt.timedelta(days=row % 300), day)
            elif column.words:
                drawn.write_string(row, at, draw.choice(list(column.words)))
            elif column.kind == "yes_no":
                drawn.write_string(row, at, draw.choice("是否"))
            else:
                drawn.write_string(row, at, f"徐州第{row}机械有限公司{at}")
    about = book.add_worksheet(ABOUT_SHEET)
    about.write_row(0, 0, ("profile", loaded.profile.id))
    book.close()


def read_with_openpyxl(path: Path) -> int:
    """Every value of the workbook, as openpyxl's fastest mode gives them."""
    book = openpyxl.load_workbook(path, read_only=True)
    count = sum(value is not None for sheet in book for row in sheet.iter_rows(values_only=True) for value in row)
    book.close()
    return count


def read_with_docgen(path: Path, loaded: LoadedProfile) -> tuple[float, float]:
    """Read, place and validate; the seconds until the raw data were there, and the whole."""
    start = time.perf_counter()
    source = read_intake(open_workbook(path), loaded)
    read = time.perf_counter() - start
    validation = validate_record(loaded, source.data, source.locate, failed=source.failed)
    whole = time.perf_counter() - start
    assert validation.diagnostics == source.diagnostics == ()
    assert validation.record is not None
    assert len(validation.record.forms.ledger[0].rows) == ROWS  # type: ignore[attr-defined]
    place = source.locate(("forms", "ledger", 0, "rows", ROWS - 1, f"f{COLUMNS - 1}"))
    assert place.line == ROWS + 1
    return read, whole


def measure(action: Callable[[], object]) -> float:
    """Seconds that an action takes."""
    gc.collect()
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loaded = make_profile(folder)
        path = folder / "intake.xlsx"
        make_workbook(loaded, path)
        read_with_docgen(path, loaded)
        theirs: list[float] = []
        ours: list[tuple[float, float]] = []
        for _ in range(ROUNDS):
            theirs.append(measure(lambda: read_with_openpyxl(path)))
            gc.collect()
            ours.append(read_with_docgen(path, loaded))
    bare = statistics.median(theirs)
    read, whole = (statistics.median(times) for times in zip(*ours, strict=True))
    print(f"{ROWS} rows x {COLUMNS} columns, medians of {ROUNDS} interleaved runs")
    print(f"openpyxl read-only, values only         {bare:6.2f} s")
    print(f"docgen: read, with places               {read:6.2f} s")
    print(f"docgen: read, with places, validated    {whole:6.2f} s   {whole / bare:.2f} of openpyxl's time")


if __name__ == "__main__":
    main()
