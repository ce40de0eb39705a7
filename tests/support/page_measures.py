"""What stands on the pages of a PDF, measured: content of its own, what heads and signatures stand with, margins, rows.

Poppler gives lines with their boxes (``pdftotext -bbox-layout``) and grey pictures (``pdftoppm``). Lengths are points
(1/72 inch), counted from the page's upper left corner.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from lxml import etree
from PIL import Image

MM = 72 / 25.4
DPI = 72  # a pixel of the picture is a point
_XHTML = "{http://www.w3.org/1999/xhtml}"
_SIGNATURE = re.compile(
    r"签[字名章]|盖章|公章|负责人|代表|经办|审[核批]|填[表报]人|日期|年\s*月\s*日|\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
)
_PARTY = re.compile(r"(公司|局|中心|站|室|院|会|所|厅|部|协会)$")
_BASIS = re.compile(r"^依据")
_DARK = 140
_OVERHANG = 4  # a rule is drawn around its line
_HEADING = re.compile(r"([一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|表 ?[A-Z]?\.?\d)[^。；：]*")
_CAPTION = re.compile(r"表 ?[A-Z]?\.?\d")
_TOTAL = re.compile(r"合计|总计|小计|总分")
_NOTE = re.compile(r"注[：:\d]|说明")
_MARGINS = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}pgMar",
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}pageMargins",
)
_RULE_SHARE = 0.12  # of the page's width: a dark run as long as that is a rule of a table


class Margins(NamedTuple):
    """How wide a page's margins are at the left, at the right and below, in points."""

    left: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Line:
    """A line of text and its box."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Finding:
    """What is wrong with a page (from 1) and how: it is empty or torn, ends with a heading, has ink in its margins."""

    file: str
    page: int
    kind: str
    detail: str

    def __str__(self) -> str:
        return f"{self.file} p{self.page}: {self.kind}: {self.detail}"


@dataclass(frozen=True)
class Page:
    """A page: its size, the lines that are its own (no running head or foot), its picture in grey."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    picture: Image.Image

    @cached_property
    def ink(self) -> tuple[int, int, int, int] | None:
        """The box of everything that is printed, None for a blank page."""
        return self.picture.point(lambda grey: 255 if grey < _DARK + 80 else 0).getbbox()

    def holds_ink(self, y: int) -> bool:
        """Whether anything is printed at this height; between two tables nothing is, in a row its sides are."""
        width = self.picture.width
        return min(self.picture.tobytes()[y * width : (y + 1) * width]) < _DARK + 80

    @cached_property
    def ruled(self) -> tuple[int, int]:
        """Where the horizontal rules of a table begin at the left and end at the right."""
        data, width = self.picture.tobytes(), self.picture.width
        runs = [run for y in self.rules for run in self._dark.finditer(data, y * width, (y + 1) * width)]
        return min(run.start() % width for run in runs), max((run.end() - 1) % width + 1 for run in runs)

    @cached_property
    def _dark(self) -> re.Pattern[bytes]:
        """A dark run that is long enough for a table's rule."""
        long = int(self.picture.width * _RULE_SHARE)
        return re.compile(b"[\\x00-" + re.escape(bytes([_DARK])) + b"]{%d,}" % long, re.S)

    @cached_property
    def rules(self) -> list[int]:
        """Where horizontal rules lie that are long enough for a table's, from the top."""
        data, width = self.picture.tobytes(), self.picture.width
        found: list[int] = []
        for y in range(self.picture.height):
            if self._dark.search(data, y * width, (y + 1) * width):
                if not found or y - found[-1] > 2:
                    found.append(y)
                else:
                    found[-1] = y
        return found


def read_pages(pdf: Path) -> list[Page]:
    """Read a PDF's pages; lines that stand at one place on most pages (head, foot, number) are nobody's own."""
    with tempfile.TemporaryDirectory() as folder:
        text = subprocess.run(["pdftotext", "-bbox-layout", pdf, "-"], capture_output=True, check=True).stdout
        subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", pdf, f"{folder}/p"], check=True, capture_output=True)
        pictures = []
        for path in sorted(Path(folder).iterdir()):
            with Image.open(path) as picture:
                pictures.append(picture.convert("L"))
    # pdftotext writes control characters of fonts as they are.
    clean = re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"", text)
    sheets = list(etree.fromstring(clean, etree.XMLParser(recover=True, huge_tree=True)).iter(f"{_XHTML}page"))
    pages = [
        Page(
            number,
            float(sheet.get("width")),
            float(sheet.get("height")),
            tuple(line for line in map(_read_line, sheet.iter(f"{_XHTML}line")) if line.text),
            picture,
        )
        for number, (sheet, picture) in enumerate(zip(sheets, pictures, strict=True), 1)
    ]
    running = _find_running(pages)
    return [replace(page, lines=tuple(line for line in page.lines if _place(line) not in running)) for page in pages]


def _read_line(line: etree._Element) -> Line:
    words = [word.text or "" for word in line.iter(f"{_XHTML}word")]
    box = [float(line.get(side)) for side in ("xMin", "yMin", "xMax", "yMax")]
    return Line(" ".join(words).strip(), box[0], box[1], box[2], box[3])


def _place(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "0", line.text), round(line.top / 6)


def _find_running(pages: list[Page]) -> set[tuple[str, int]]:
    """Heads and feet: the same words (numbers aside) at the same height, in the outer twelfths of most pages."""
    places: Counter[tuple[str, int]] = Counter()
    for page in pages:
        table = range(page.rules[0], page.rules[-1]) if page.rules else range(0)
        outer = (line for line in page.lines if line.top < page.height / 12 or line.bottom > page.height * 11 / 12)
        places.update({_place(line) for line in outer if round(_middle(line)) not in table})
    half = len(pages) // 2
    return {
        place
        for place, count in places.items()
        if (count >= half and _is_number(place[0])) or (count > half and len(pages) > 1)
    }


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-—– ]*(第 ?)?0( ?页)?( ?[/共] ?(共 ?)?0 ?页?)?[-—– ]*", text) is not None


def find_faults(
    pdf: Path, *, blank: bool = False, room: float = 8 * MM, margins: Margins | None = None
) -> Iterator[Finding]:
    """What is wrong with a PDF's pages; ``blank`` forms must have rows to write in that are ``room`` high.

    Tables must stand between the ``margins`` of the paper that the PDF shows.
    """
    pages = read_pages(pdf)
    for page in pages:
        judged = (
            *_judge_page(page, pages, blank=blank),
            *_judge_foot(page, pages, room if blank else page.height, margins.bottom if margins else 0),
            *_judge_edges(page, pages),
        )
        for kind, detail in judged:
            yield Finding(pdf.name, page.number, kind, detail)
        if margins is not None and page.rules:
            (left, right), least, most = page.ruled, margins.left - _OVERHANG, page.width - margins.right + _OVERHANG
            if left < least or right > most:
                yield Finding(pdf.name, page.number, "table", f"from {left / MM:.0f} to {right / MM:.0f} mm")
        if blank:
            bands = [band for band in pairwise(page.rules) if 9 < band[1] - band[0] < room - 1.5]
            arrows = [_middle(line) for line in page.lines if line.text.startswith("↓")]
            low = [
                lower - upper
                for upper, lower in bands
                if page.holds_ink((upper + lower) // 2) and not any(upper < arrow < lower for arrow in arrows)
            ]
            if low:
                yield Finding(pdf.name, page.number, "row", f"{len(low)} rows, lowest {min(low) / MM:.1f} mm")


def _judge_page(page: Page, pages: list[Page], *, blank: bool) -> Iterator[tuple[str, str]]:
    own = [line for line in page.lines if not _stands_before(line, page, pages)]
    rows = _count_rows(page, own)
    if not own and len(page.rules) < 3:
        yield "empty", "nothing of its own"
    elif rows is not None and rows < 2:
        yield "rows", f"{rows} below the head: {_quote(own)}"
    elif page.number > 1 and own and _NOTE.match(min(own, key=_middle).text) and len(page.rules) < 3:
        yield "notes", _quote(own)
    elif page.number == len(pages) > 1:
        lines = _group_rows(own)
        signatures = [row for row in lines if _is_signature(row)]
        # A table's rows count as well where nothing is written in them yet: a rule above and below each.
        ruled = sum(1 for rule in page.rules if signatures and rule < signatures[0][0].top) - 1
        signed = len(lines) - len(signatures) + (_count_free(lines, signatures) if blank else 0)
        if signatures and max(signed, ruled) < 2:
            yield "signatures", _quote(own)
        elif len(lines) < 2 and len(page.rules) < 4:
            yield "little", _quote(own)


def _judge_foot(page: Page, pages: list[Page], room: float, margin: float) -> Iterator[tuple[str, str]]:
    """A heading, a caption or a table's head that ends a page, without two lines of ``room`` below to write in."""
    below = pages[page.number] if page.number < len(pages) else None
    if below is None or not page.lines:
        return
    last = _group_rows(list(page.lines))[-1]
    lowest = max(page.rules, default=0)
    row = _list_inside(page, *page.rules[-2:])
    head = {line.text for line in _list_inside(below, *below.rules[:2]) if _stands_before(line, below, pages)}
    if row and last[0] in row and head.issuperset(line.text for line in row):
        yield "head", last[0].text
    elif len(last) == 1 and _HEADING.fullmatch(last[0].text) and lowest < last[0].bottom:
        free = page.height - margin - last[0].bottom
        if free < 2 * room or _begins_with_table(below):
            yield "heading", last[0].text


def _list_inside(page: Page, upper: float = 0, lower: float = 0) -> list[Line]:
    """The lines between two rules."""
    return [line for line in page.lines if upper < _middle(line) < lower]


def _begins_with_table(page: Page) -> bool:
    first = min(page.lines, key=_middle, default=None)
    return first is not None and (bool(_CAPTION.match(first.text)) or min(page.rules, default=page.height) < first.top)


def _count_free(rows: list[list[Line]], signatures: list[list[Line]]) -> int:
    """Lines of 8 mm that stay free to write between the last row and the first signature, whose own space aside."""
    before = [row for row in rows if row not in signatures and row[0].top < signatures[0][0].top] if signatures else []
    start = before[-1][0].bottom if before else 37 * MM
    return max(0, int((signatures[0][0].top - start - 12 * MM) / (8 * MM))) if signatures else 0


def _count_rows(page: Page, own: list[Line]) -> int | None:
    """How many rows a table has that goes on on this page, its repeated head and its total aside; None without one."""
    bands = [(upper, lower) for upper, lower in pairwise(page.rules) if page.holds_ink((upper + lower) // 2)]
    heads = rows = 0
    for upper, lower in bands:
        inside = _list_inside(page, upper, lower)
        new = [line for line in inside if line in own]
        heads += bool(inside) and not new
        rows += not inside or bool(new and not _TOTAL.match(new[0].text))
    return rows if heads else None


def _quote(lines: list[Line]) -> str:
    return " / ".join(line.text for line in lines)[:120]


def read_margins(paper: Path) -> Margins:
    """The margins of a Word or Excel file; of several sections or sheets the least."""
    with zipfile.ZipFile(paper) as archive:
        names = [
            name for name in archive.namelist() if re.fullmatch(r"word/document\.xml|xl/worksheets/[^/]+\.xml", name)
        ]
        found = [element for name in names for element in etree.fromstring(archive.read(name)).iter(*_MARGINS)]
    sides = [{key.rpartition("}")[2]: value for key, value in element.attrib.items()} for element in found]
    unit = 20 if paper.suffix == ".docx" else 1 / 72  # twips, inches
    left, right, bottom = (min(float(side[name]) for side in sides) / unit for name in ("left", "right", "bottom"))
    return Margins(left, right, bottom)


def _judge_edges(page: Page, pages: list[Page]) -> Iterator[tuple[str, str]]:
    """Ink in the margins; a note that begins on the page before and goes on here."""
    before = pages[page.number - 2] if page.number > 1 else None
    if before is not None and before.lines and page.lines:
        last, first = max(before.lines, key=_middle), min(page.lines, key=_middle)
        notes = [
            line for line in before.lines if line.text.startswith("注") and _middle(line) > max(before.rules, default=0)
        ]
        widest = max(line.right for line in before.lines)
        if notes and last.right > widest - 12 and abs(first.bottom - first.top - (last.bottom - last.top)) < 1:
            yield "torn", f"{last.text[-20:]} | {first.text[:20]}"
    if page.ink is not None:
        left, top, right, bottom = page.ink
        edge = 14 * MM
        if left < edge or right > page.width - edge or top < 5 * MM or bottom > page.height - 5 * MM:
            yield "margin", f"ink from {left / MM:.0f} to {(page.width - right) / MM:.0f} mm of the sides"


def _stands_before(line: Line, page: Page, pages: list[Page]) -> bool:
    """Whether a line repeats one of the page before: a table's head that is printed again."""
    if page.number == 1:
        return False
    return (
        any(other.text == line.text and abs(other.left - line.left) < 2 for other in pages[page.number - 2].lines)
        and line.top < page.height / 3
    )


def _group_rows(lines: list[Line]) -> list[list[Line]]:
    """The lines that stand beside each other, from the top."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=_middle):
        if rows and _middle(line) - _middle(rows[-1][0]) < 6:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _middle(line: Line) -> float:
    return (line.top + line.bottom) / 2


def _is_signature(row: list[Line]) -> bool:
    """Whether a row signs: who signs, a party's name above the date, the date; the line that names the clause, too."""
    text = "".join(line.text for line in row).replace(" ", "")
    if re.match("[一二三四五六七八九十]+、", text) or text.endswith("。"):
        return False
    return bool(_SIGNATURE.search(text) or _PARTY.search(text) or _BASIS.match(text) or re.fullmatch("[年月日]+", text))
