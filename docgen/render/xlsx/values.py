"""Writes values into cells: numbers and dates by type, text unchanged, missing values as their mode asks."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from markupsafe import Markup

from docgen.diagnostics import Diagnostic, Location, error, warning
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.record.masking import Masked
from docgen.render.values.sandbox import UnknownName
from docgen.render.values.values import (
    ImageValue,
    LinkedText,
    Missing,
    Quantity,
    ShownNumber,
    UnprintableNumberError,
    format_plain,
)
from docgen.render.xlsx.heights import fits_line
from docgen.render.xlsx.rows import SPLIT_RUNS, TemplateCell

if TYPE_CHECKING:
    from jinja2.runtime import Context

MAX_TEXT = 32_767
"""The most UTF-16 units that Excel allows in a cell."""
_MAX_DIGITS = 15
_EXCERPT = 20
_NEEDS_CARE = re.compile(r"[&<>]|_x|^ | \Z")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE_LIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_FINDINGS_NAME = "_findings"


def replace_illegal(text: str) -> str:
    """Replace each character that a workbook can't hold by a mark."""
    return _ILLEGAL.sub("�", text)


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture of a cell: the cell in the template and in the output, and its tag."""

    sheet: str
    cell: str
    row: int
    column: int
    tag: str
    value: ImageValue


@dataclass(slots=True)
class Findings:
    """Collects the diagnostics of a rendering, and holds the cell that is being rendered.

    ``epoch`` is the workbook's day 0; ``contents`` caches the XML of texts; ``frozen`` says that formulas are written
    as their values. ``pictures`` are placed when all is written; ``shift`` is how far the rows that are being written
    are below their place in the template.
    """

    file: str
    epoch: dt.date
    frozen: bool = False
    sheet: str = ""
    cell: str = ""
    shift: int = 0
    pictures: list[PlacedPicture] = field(default_factory=list)
    contents: dict[str, str] = field(default_factory=dict)
    missing: dict[str, Missing] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def place(self) -> Location:
        """Make the location of the template's cell that is being rendered."""
        return Location("xlsx", file=self.file, sheet=self.sheet, cell=self.cell)

    def report(self, diagnostic: Diagnostic) -> None:
        """Report a diagnostic, once."""
        if diagnostic not in self.diagnostics:
            self.diagnostics.append(diagnostic)

    def format_missing(self, value: Missing) -> str:
        """Format a missing value as '' or its mark; in modes ``error`` and ``by_hand`` it is collected."""
        if value.mode == "blank":
            return ""
        if value.mode in ("error", "by_hand"):
            self.missing.setdefault(value.path, value)
        if value.mode == "by_hand":
            return ""
        return self.format_mark(value.label or value.path)

    def format_mark(self, label: str) -> str:
        """Format the mark of a missing value."""
        return catalogue(DOCUMENT_LANGUAGE).text("render.missing", label=label)

    def report_unknown(self, name: UnknownName) -> str:
        """Report an unknown name; returns its mark."""
        self.report(error("T223" if name.unsafe else "T221", self.place(), name=name.name))
        return self.format_mark(name.name)

    def clean(self, text: str) -> str:
        """Replace and report characters that a workbook can't hold, and make all line ends line feeds."""
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        illegal = _ILLEGAL.search(text)
        if illegal is not None:
            character = f"U+{ord(illegal[0]):04X}"
            text = replace_illegal(text)
            self.report(error("T230", self.place(), character=character, excerpt=text[:_EXCERPT]))
        return text

    def clip(self, text: str) -> str:
        """Clip and report a text that is longer than Excel allows."""
        units = len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
        if units <= MAX_TEXT:
            return text
        self.report(error("T231", self.place(), length=units, limit=MAX_TEXT, excerpt=text[:_EXCERPT]))
        return text.encode("utf-16-le")[: MAX_TEXT * 2].decode("utf-16-le", "ignore")

    def format(self, value: Any) -> str:
        """Format a value inside of a text."""
        if isinstance(value, UnknownName):
            return self.report_unknown(value)
        if isinstance(value, Missing):
            return self.format_missing(value)
        try:
            return self.clean(format_plain(value))
        except UnprintableNumberError as problem:
            self.report(error("T423", self.place(), number=str(problem)))
            return replace_illegal("\0")
        except TypeError:
            kind = type(value).__name__
            self.report(error("T220", self.place(), kind=kind))
            return self.format_mark(kind)


@pass_context
def finalize_value(context: Context, value: Any) -> Any:
    """Format a value in a cell's text, as Jinja's finalize; Markup is text that is escaped already."""
    if isinstance(value, Markup):
        return value
    findings = context.resolve(_FINDINGS_NAME)
    assert isinstance(findings, Findings)
    return findings.format(value)


def escape_cell_text(text: str) -> str:
    """Escape a text for a cell: as XML, and the underscore of ``_x0041_``, which would be read as A."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ESCAPE_LIKE.sub("_x005F_", text) if "_x" in text else text


def write_text(text: str) -> str:
    """Write escaped text as a ``t`` element, with the attribute that keeps white space at its ends.

    Lines without text, which give a blank its room, are counted for the row's height and not written.
    """
    if text.isspace():
        return "<t></t>"
    keep = text[:1].isspace() or text[-1:].isspace()
    return f'<t xml:space="preserve">{text}</t>' if keep else f"<t>{text}</t>"


def write_value(cell: TemplateCell, value: Any, findings: Findings) -> str:
    """Write the rest of a cell that holds exactly one tag, behind its style."""
    kind = type(value)
    if kind is str:
        return findings.contents.get(value) or _write_string(cell, value, findings)
    if kind is Decimal or kind is int or kind is Quantity or kind is ShownNumber:
        return f"><v>{_format_number(cell, value.figure if kind is Quantity else value, findings)}</v></c>"
    findings.cell = cell.name
    if kind is LinkedText:
        return write_formula(cell, 0, escape_cell_text(f'HYPERLINK("{value.address}","{value}")'), str(value), findings)
    if cell.is_box and isinstance(value, bool):
        return f' t="b"><v>{int(value)}</v></c>'
    serial = format_serial(value, findings.epoch) if cell.is_date and isinstance(value, dt.date) else ""
    if serial:
        return f"><v>{serial}</v></c>"
    if isinstance(value, Missing):
        text = findings.format_missing(value)
    elif isinstance(value, ImageValue):
        row = cell.row + findings.shift
        findings.pictures.append(PlacedPicture(findings.sheet, cell.name, row, cell.number, cell.source, value))
        text = ""
    elif isinstance(value, Masked):
        text = _format_masked(cell, value)
    else:
        text = str(value.unescape()) if isinstance(value, Markup) else findings.format(value)
    return _write_string(cell, text, findings)


def _format_masked(cell: TemplateCell, value: Masked) -> str:
    """Format the mark of a masked value; a short one where a narrow cell has no room for it."""
    return str(value) if fits_line(cell, value) else catalogue(DOCUMENT_LANGUAGE).text("redaction.short-mark")


def _write_string(cell: TemplateCell, text: str, findings: Findings) -> str:
    if not text:
        return "/>"
    content = f' t="inlineStr"><is><t>{text}</t></is></c>'
    reported = len(findings.diagnostics)
    if not text.isprintable() or len(text) > MAX_TEXT // 2 or _NEEDS_CARE.search(text) is not None:
        findings.cell = cell.name
        content = f' t="inlineStr"><is>{write_text(escape_cell_text(findings.clip(findings.clean(text))))}</is></c>'
    if len(findings.diagnostics) == reported:
        findings.contents[text] = content
    return content


def write_rendered(cell: TemplateCell, text: str, findings: Findings) -> str:
    """Write the rest of a cell that holds text with tags, behind its style; ``text`` is rendered and escaped."""
    if len(text) > MAX_TEXT:
        findings.cell = cell.name
        raw = Markup(SPLIT_RUNS.sub("", text)).unescape()
        clipped = findings.clip(raw)
        if clipped != raw:
            text = escape_cell_text(clipped)
    if "_x" in text:
        text = _ESCAPE_LIKE.sub("_x005F_", text)
    if not cell.runs:
        # empty lines give a blank its room: they count for the row's height alone
        return f' t="inlineStr"><is>{write_text(text)}</is></c>' if text.strip("\n") else "/>"
    split = SPLIT_RUNS.split(text)
    runs = [(cell.runs[0], split[0])] if split[0] else []
    runs += [(cell.runs[int(split[at])], split[at + 1]) for at in range(1, len(split), 2) if split[at + 1]]
    if not runs:
        return "/>"
    inner = "".join([f"<r>{properties}{write_text(part)}</r>" for properties, part in runs])
    return f' t="inlineStr"><is>{inner}</is></c>'


def write_formula(cell: TemplateCell, row: int, formula: str, value: Any, findings: Findings) -> str:
    """Write the rest of a formula's cell in row ``row``, behind its style.

    The formula is escaped; ``value`` is its result. In a frozen workbook only the value is written.
    """
    if findings.frozen:
        return write_value(cell, value, findings)
    if type(value) is Decimal and not cell.array:
        return f"><f>{formula}</f><v>{_format_number(cell, value, findings)}</v></c>"
    kind, content = _type_result(cell, value, findings)
    array = f' t="array" ref="{cell.column}{row}"' if cell.array else ""
    return f"{kind}><f{array}>{formula}</f>{content}</c>"


def _type_result(cell: TemplateCell, value: Any, findings: Findings) -> tuple[str, str]:
    if isinstance(value, bool):
        return ' t="b"', f"<v>{int(value)}</v>"
    if isinstance(value, (int, Decimal)):
        return "", f"<v>{_format_number(cell, value, findings)}</v>"
    findings.cell = cell.name
    if isinstance(value, dt.date):
        serial = format_serial(value, findings.epoch)
        if serial:
            return "", f"<v>{serial}</v>"
    text = str(value.unescape()) if isinstance(value, Markup) else findings.format(value)
    if not text and isinstance(value, Missing):
        return "", ""
    return ' t="str"', f"<v>{escape_cell_text(findings.clip(text))}</v>"


def _format_number(cell: TemplateCell, value: int | Decimal, findings: Findings) -> str:
    text = str(value)
    if len(text) <= _MAX_DIGITS and text[-1] in "0123456789" and "E" not in text:
        return text
    findings.cell = cell.name
    if isinstance(value, Decimal):
        if not value.is_finite():
            findings.report(error("T423", findings.place(), number=text))
            return "0"
        text = f"{value:f}"
    digits = text.lstrip("-0.").replace(".", "").rstrip("0")
    if len(digits) > _MAX_DIGITS:
        findings.report(warning("T232", findings.place(), number=text, digits=_MAX_DIGITS))
    return text


EPOCH_1900 = dt.date(1899, 12, 30)
EPOCH_1904 = dt.date(1904, 1, 1)
_FIRST_SAFE = dt.date(1900, 3, 1)


def format_serial(value: dt.date, epoch: dt.date) -> str:
    """Format a date or time as a workbook's serial number; '' before the epoch.

    Workbooks that count from 1900 have a 29 February 1900, so earlier dates have no certain number.
    """
    day = value.date() if isinstance(value, dt.datetime) else value
    if day < (epoch if epoch == EPOCH_1904 else _FIRST_SAFE):
        return ""
    days = (day - epoch).days
    if not isinstance(value, dt.datetime):
        return str(days)
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    fraction = (Decimal(seconds) / 86400).quantize(Decimal("1e-10"))
    return f"{(days + fraction).normalize():f}"
