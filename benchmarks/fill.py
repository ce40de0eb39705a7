"""Three hundred letters from a sheet, the whole process: ``docgen fill`` against docxtpl as its documentation shows it.

    python benchmarks/fill.py [ROWS]

Both are processes of their own, from their start to their end; docxtpl's reads the sheet with openpyxl and checks
nothing. Goal: docgen 10 times as fast.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
ROOT = _FOLDER.parent
# This file's own folder must not be searched: docx.py in it would be taken for the package docx.
sys.path[:] = [str(ROOT), *(entry for entry in sys.path if Path(entry or ".").resolve() != _FOLDER)]

GOAL = 10.0
FIELDS = tuple(f"field_{at}" for at in range(60))
ROWS, COLUMNS = 10, 5
_DOCXTPL = """
import sys, openpyxl
from pathlib import Path
from docxtpl import DocxTemplate
template, sheet, out = map(Path, sys.argv[1:])
out.mkdir()
rows = openpyxl.load_workbook(sheet, read_only=True).active.iter_rows(values_only=True)
names = next(rows)
for number, row in enumerate(rows, 1):
    document = DocxTemplate(template)
    document.render(dict(zip(names, row)), autoescape=True)
    document.save(out / f"{number}.docx")
"""


def write_inputs(folder: Path, rows: int) -> tuple[Path, Path]:
    """A form with 60 tags and a table with as many again, and a sheet with so many rows."""
    import docx
    import xlsxwriter

    document = docx.Document()
    for name in FIELDS:
        document.add_paragraph(f"第 {name[6:]} 项：{{{{ {name} }}}}")
    table = document.add_table(ROWS, COLUMNS)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"{{{{ {FIELDS[number]} }}}}"
    document.save(str(folder / "letter.docx"))
    book = xlsxwriter.Workbook(str(folder / "list.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, FIELDS)
    for number in range(1, rows + 1):
        sheet.write_row(number, 0, [f"某某机械有限公司 A&B {name} {number}" for name in FIELDS])
    book.close()
    return folder / "letter.docx", folder / "list.xlsx"


def run(words: list[str]) -> float:
    """The seconds that a process takes."""
    start = time.perf_counter()
    done = subprocess.run(words, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - start


def main(rows: int) -> None:
    """Measure, in turns, and tell the best of each."""
    times: dict[str, list[float]] = {"docgen fill": [], "docxtpl": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        letter, table = write_inputs(folder, rows)
        for turn in range(3):
            out = str(folder / f"docgen-{turn}")
            docgen = [sys.executable, "-m", "docgen", "fill", str(letter), str(table), "-o", out]
            times["docgen fill"].append(run(docgen))
            others = [sys.executable, "-c", _DOCXTPL, str(letter), str(table), str(folder / f"docxtpl-{turn}")]
            times["docxtpl"].append(run(others))
    best = {engine: min(seconds) for engine, seconds in times.items()}
    for engine, seconds in best.items():
        print(f"{engine:12} {seconds:7.2f} s for {rows} rows, {rows / seconds:7.0f} documents a second")
    ratio = best["docxtpl"] / best["docgen fill"]
    print(f"docgen is {ratio:.1f} times as fast (goal {GOAL:.0f}): {'met' if ratio >= GOAL else 'MISSED'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
