"""What the templates in tests/books refer to, and what that must be when their loop has turned some times.

Reads the XML by itself, without docgen's reader. Rows 3 to 5 of the form are the loop (its tags in 3 and 5), row 6
holds its totals, what is below keeps its distance from them.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace as Item
from urllib.parse import unquote

from lxml import etree

FORM = "台账"
FACTS = ((5, "2"), (8, "2.5"), (10, "3"), (4, "5"), (6, "2.5"), (2, "2.5"))
_WORD = re.compile(r"(\[\d+\])?(?:(\w+)!)?([A-Z]{1,3})?(\d+)(?::(?:(\w+)!)?([A-Z]{1,3})?(\d+))?(?![\w(!])")
_FORMULAS = {"f", "formula", "formula1", "formula2", "definedName", "FmlaLink", "FmlaRange"}
_FORMULA_ATTRIBUTES = {"textlink", "fmlaLink", "fmlaRange", "location"}
_AREAS = {
    "ref": {"mergeCell", "autoFilter", "sortState", "sortCondition", "table", "location", "worksheetSource"},
    "sqref": {"conditionalFormatting", "dataValidation", "protectedRange", "ignoredError"},
    "r": {"inputCells", "cellWatch"},
}
_LEFT_OUT = re.compile(r"styles|theme|docProps|sharedStrings|Content_Types|metadata|sheet3")


def make_context(count: int) -> dict[str, object]:
    """A context of so many rows, and what is calculated of them."""
    worths = [n * Decimal(price) for n, price in FACTS[:count]]
    total = sum(worths, Decimal(0))
    rows = [
        Item(name=f"物品{at}", n=n, price=Decimal(price), worth=worth, share=worth / total, done=at % 2 == 0)
        for at, ((n, price), worth) in enumerate(zip(FACTS[:count], worths, strict=True), 1)
    ]
    number = sum(n for n, _ in FACTS[:count])
    groups = [
        Item(name=f"组{at}", limit=5, xs=part, count=sum(row.n for row in part))
        for at, part in enumerate((rows[:2], rows[2:]), 1)
    ]
    most = max(worths, default=Decimal(0))
    return {"xs": rows, "total": total, "count": number, "most": most, "signer": "张三", "groups": groups}


def list_cells(count: int) -> list[list[object]]:
    """The form's rows as they must be, from a calculation of our own."""
    total = sum(n * float(price) for n, price in FACTS[:count])
    rows: list[list[object]] = [["台账", *[None] * 6], ["序号", "名称", "数量", "单价", "金额", "占比", "大批"]]
    for at, (n, price) in enumerate(FACTS[:count], 1):
        worth = n * float(price)
        rows.append([at, f"物品{at}", n, float(price), worth, worth / total, n > 5])
    if not count:
        rows.append([None] * 7)
    rows.append(["合计", None, sum(n for n, _ in FACTS[:count]), None, total, None, None])
    rows.append([None] * 7)
    rows.append(["签字：", "张三", None, total * 2, None, None, True])
    return rows


class Rows:
    """Where the template's rows come to stand when the loop has turned ``count`` times (once at least)."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.total = 3 + count

    def start(self, row: int) -> int:
        """The first row that comes from this one or a later one."""
        return row if row <= 2 else 3 if row <= 4 else row - 6 + self.total

    def end(self, row: int) -> int:
        """The last row that comes from this one or an earlier one."""
        return row if row <= 2 else 2 if row == 3 else self.total - 1 if row <= 5 else row - 6 + self.total

    def place(self, text: str, *, home: bool, area: bool, turn: int | None = None) -> str:
        """The text with its references as they must be; in a turn, the loop's row is the turn's own."""

        def put(found: re.Match[str]) -> str:
            external, sheet, col1, row1, _, col2, row2 = found.groups()
            if external or (sheet or (FORM if home else "")) != FORM or not (col1 or row2):
                return found[0]
            first, last = int(row1), int(row2 or row1)
            if turn is not None and first == last == 4:
                start, end = turn, turn
            else:
                start = self.start(first)
                end = self.end(last) if row2 or area else start
            prefix = f"{sheet}!" if sheet else ""
            return f"{prefix}{col1 or ''}{start}:{col2 or col1 or ''}{end}"

        return tidy(_WORD.sub(put, _unmark(text)))


def tidy(text: str) -> str:
    """A reference without its ``$``, quotes and repetitions."""
    return re.sub(r"\b([A-Z]{1,3}\d+):\1\b", r"\1", _unmark(text))


def _unmark(text: str) -> str:
    text = re.sub(r"\s+", " ", text.replace("$", "").replace("'", "").strip().lstrip("#="))
    return re.sub(r"(\w+!)([A-Z]+\d+):\1", r"\1\2:", text)


def list_references(data: bytes, rows: Rows | None = None) -> set[tuple[str, str, str]]:
    """Every reference as part, kind and text; with ``rows`` as a rendering must have it."""
    found: set[tuple[str, str, str]] = set()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = [name for name in package.namelist() if name.endswith("sheet2.xml.rels")]
        other = "".join(package.read(name).decode() for name in names)
        for name in package.namelist():
            if name.endswith((".xml", ".vml", ".rels")) and not _LEFT_OUT.search(name):
                root = etree.fromstring(package.read(name), etree.XMLParser(recover=True))
                home = "sheet2" not in name and not (
                    name.startswith("xl/drawings/") and name.rpartition("/")[2] in other
                )
                found.update((name, *item) for item in _list_part(root, home, rows))
    return found


def _list_part(root: etree._Element, home: bool, rows: Rows | None) -> Iterator[tuple[str, str]]:
    for element in root.iter():
        name, parent = _local(element), element.getparent()
        if name == "hyperlink":
            yield from _pair(name, element.get("ref"), element.get("location", ""), home, rows)
        elif name == "sparkline":
            cell, text = (next(item.text for item in element if _local(item) == key) for key in ("sqref", "f"))
            yield from _pair(name, cell, text, home, rows)
        elif name in ("comment", "threadedComment"):
            if "{{" not in "".join(element.itertext()):
                yield name, _position_text(element.get("ref"), rows)
        elif name == "sqref" and parent is not None and _local(parent) != "sparkline":
            yield name, _areas(element.text, home, rows)
        elif name in _FORMULAS and not len(element) and parent is not None and _local(parent) not in ("c", "sparkline"):
            # A chart names a series of one cell as that cell.
            series = "drawingml/2006/chart}" in element.tag and _local(parent.getparent()) != "tx"
            yield name, _areas(element.text or "", home, rows) if series else _formula(element.text or "", home, rows)
        elif name == "cfvo" and element.get("val"):
            yield name, _formula(element.get("val"), home, rows)
        elif name == "row" and _local(parent) in ("from", "to") and _local(root) != "comments":
            yield name, str(rows.start(int(element.text) + 1) - 1 if rows and home else int(element.text))
        elif name == "brk" and _local(parent) == "rowBreaks":
            yield name, str(rows.start(int(element.get("id")) + 1) - 1 if rows else element.get("id"))
        elif name == "Anchor" and parent.get("ObjectType") != "Note":
            numbers = [int(part) for part in element.text.split(",")]
            yield name, str([rows.start(numbers[at] + 1) - 1 if rows else numbers[at] for at in (2, 6)])
        elif name == "pane" and element.get("ySplit"):
            split, top = int(float(element.get("ySplit"))), element.get("topLeftCell")
            yield name, f"{rows.start(split + 1) - 1 if rows else split} {_position_text(top, rows)}"
        elif name == "Relationship" and element.get("Target").startswith("#"):
            yield name, _formula(unquote(element.get("Target")), home, rows)
        for key, owners in _AREAS.items():
            if name in owners and element.get(key):
                yield f"{name}@{key}", _areas(element.get(key), home, rows)
        if name != "hyperlink":
            for key in sorted(_FORMULA_ATTRIBUTES & set(element.attrib)):
                yield key, _formula(element.get(key), home, rows)


def _pair(name: str, cell: str, text: str, home: bool, rows: Rows | None) -> Iterator[tuple[str, str]]:
    if rows is not None and home and tidy(cell).endswith("4") and re.search(r"[A-Z]4\b", text):
        for turn in range(3, rows.total):
            places = (rows.place(item, home=home, area=False, turn=turn) for item in (cell, text))
            yield name, " ".join(places)
    else:
        yield name, f"{_areas(cell, home, rows)} {_formula(text, home, rows)}"


def _formula(text: str, home: bool, rows: Rows | None) -> str:
    return tidy(text) if rows is None else rows.place(text, home=home, area=False)


def _areas(text: str, home: bool, rows: Rows | None) -> str:
    return tidy(text) if rows is None or not home else rows.place(text, home=home, area=True)


def _position_text(cell: str, rows: Rows | None) -> str:
    return cell if rows is None else re.sub(r"\d+", lambda found: str(rows.start(int(found[0]))), cell)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
