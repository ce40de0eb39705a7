"""What the documents of all samples print: yes and no in Chinese, and a figure in one spelling in Word and Excel."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from docgen.pipeline import Options, build_record

SAMPLES = Path(__file__).parents[2] / "samples"
RECORDS = sorted(path.relative_to(SAMPLES).as_posix() for path in SAMPLES.glob("*/*/record.yaml"))
_OF_PROGRAMS = re.compile(r"(?<![A-Za-z])(?:true|false|none|nan|null|undefined)(?![A-Za-z])", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<w:p[ >].*?</w:p>", re.DOTALL)
_RUN = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_CELL = re.compile(r'<c r="([A-Z]+\d+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_INLINE = re.compile(r"<(?:t|v)(?: [^>]*)?>([^<]*)<")
_CODE = re.compile(r'(#,##)?0(?:\.(0+))?(?:"([^"]*)")?')
_BUILT_IN = {"0": "General", "1": "0", "2": "0.00", "4": "#,##0.00"}


@dataclass(frozen=True)
class Cell:
    """A cell of a workbook: its value as it is stored, what a reader sees, whether it is calculated."""

    name: str
    stored: str
    shown: str
    is_number: bool
    is_formula: bool


def read_docx(path: Path) -> Iterator[str]:
    with zipfile.ZipFile(path) as members:
        for name in members.namelist():
            if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
                for paragraph in _PARAGRAPH.findall(members.read(name).decode()):
                    yield html.unescape("".join(_RUN.findall(paragraph)))


def read_xlsx(path: Path) -> Iterator[Cell]:
    with zipfile.ZipFile(path) as members:
        styles = members.read("xl/styles.xml").decode()
        own = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"', styles))
        used = re.findall(r'<xf [^>]*?numFmtId="(\d+)"', styles.partition("<cellXfs")[2].partition("</cellXfs>")[0])
        codes = [html.unescape(own.get(number) or _BUILT_IN.get(number, "")) for number in used]
        for name in members.namelist():
            if not name.startswith("xl/worksheets/sheet"):
                continue
            for ref, attributes, content in _CELL.findall(members.read(name).decode()):
                stored = html.unescape("".join(_INLINE.findall(content)))
                style = re.search(r's="(\d+)"', attributes)
                code = codes[int(style[1])] if style is not None else "General"
                is_number = "t=" not in attributes and bool(stored)
                shown = format_by_code(Decimal(stored), code) if is_number else stored
                yield Cell(ref, stored, shown, is_number, "<f" in content)


def format_by_code(value: Decimal, code: str) -> str:
    """A number as Excel shows it, as far as the samples' formats go."""
    if code == "General":
        return f"{value.normalize():f}"
    form = _CODE.fullmatch(code)
    if form is None:  # a date
        return ""
    rounded = value.quantize(Decimal(1).scaleb(-len(form[2] or "")), ROUND_HALF_UP)
    return (f"{rounded:,f}" if form[1] else f"{rounded:f}") + (form[3] or "")


@pytest.mark.heavy
@pytest.mark.parametrize("name", RECORDS)
def test_no_document_prints_words_of_programs_and_figures_look_alike(name: str, tmp_path: Path) -> None:
    outcome = build_record(SAMPLES / name, tmp_path, Options())
    assert outcome.outputs
    files = sorted(tmp_path.rglob("*.*"))
    texts = {path: list(read_docx(path)) for path in files if path.suffix == ".docx"}
    books = {path: list(read_xlsx(path)) for path in files if path.suffix == ".xlsx"}
    printed = [text for found in texts.values() for text in found]
    printed += [cell.shown for cells in books.values() for cell in cells]
    assert [text for text in printed if _OF_PROGRAMS.search(text)] == []
    for path, cells in books.items():
        typed = [cell for cell in cells if cell.is_number and not cell.is_formula and "." in cell.stored]
        assert [cell for cell in typed if not cell.shown.startswith(cell.stored)] == [], path.name
        beside = texts.get(path.with_suffix(".docx"))
        if beside is not None:
            assert [cell for cell in typed if cell.shown not in beside] == [], path.name


def test_an_answer_typed_as_true_is_said_in_chinese_in_word_and_in_excel(tmp_path: Path) -> None:
    sample = SAMPLES / "db3203-t1023-2023" / "complete"
    text = (sample / "record.yaml").read_text("utf-8")
    line = next(line for line in text.splitlines() if "direction: yes_no" in line)
    answered = re.sub(r"(before|target|after): (有|无)", lambda found: f"{found[1]}: {found[2] == '有'}", line)
    assert answered != line
    (tmp_path / "record.yaml").write_text(text.replace(line, answered), "utf-8")
    only = ("evaluation", "improvement-plan")
    build_record(tmp_path / "record.yaml", tmp_path / "out", Options(only=only, draft=True))
    files = sorted((tmp_path / "out").rglob("*.*"))
    words = [text for path in files if path.suffix == ".docx" for text in read_docx(path)]
    cells = [cell.shown for path in files if path.suffix == ".xlsx" for cell in read_xlsx(path)]
    assert {"是", "否"} <= set(words)
    assert {"是", "否"} <= set(cells)
    assert not [text for text in (*words, *cells) if _OF_PROGRAMS.search(text)]
