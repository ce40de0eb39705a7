"""Prints values into a docx: the state of one rendering, and the functions that Jinja calls for each printed value.

A value that can't be printed leaves a mark in the text and a diagnostic; rendering goes on, to report every fault.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from jinja2.runtime import Undefined

from docgen.content.blocks import Picture, Run, Table
from docgen.content.model import Narrative
from docgen.diagnostics import Diagnostic, Param, Severity
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.ooxml.names import OFFICE_RELATIONS
from docgen.ooxml.package import PartRelation
from docgen.render.docx.elements.drawings import write_inline_drawing
from docgen.render.docx.elements.lists import LIST_ID, ListNumbers
from docgen.render.docx.output.narrative import PlacedNarrative, list_lines, write_lines, write_narrative
from docgen.render.docx.output.runs import OPEN_TEXT, split_lines, write_rich_runs, write_run_format
from docgen.render.docx.tree.sites import Site, locate_site
from docgen.render.docx.wordml.text import (
    BREAK,
    REPLACEMENT,
    UNPRINTABLE,
    EscapedXml,
    encode_plain,
    encode_text,
    escape_xml,
)
from docgen.render.values.images import EMU_PER_MM, HeicError, ImageError, PreparedImage, prepare_image
from docgen.render.values.rich import parse_rich_text
from docgen.render.values.sandbox import UnknownName, find_tag
from docgen.render.values.values import ImageValue, Missing, RichRun, RichText, UnprintableNumberError, format_plain

if TYPE_CHECKING:
    from docgen.render.docx.wordml.styles import TemplateStyles

PictureSource = Mapping[PurePosixPath, bytes] | Callable[[Picture], bytes | None]
"""The source of a narrative's pictures: bytes by path, or a function that reads one (None: there is none)."""

_NO_SITE = Site("")
_RICH_FAULTS = {"settings": "T450", "link": "T451"}

_PLAIN_RUNS = (Run(""), RichRun(""))
_UNSAFE_ADDRESS = re.compile(r"(?!(?:https?|ftp|mailto|tel):)[A-Za-z][\w+.-]*:|[\\/]", re.IGNORECASE)
_UNSAFE_IN_ADDRESS = re.compile(r"[\0- \"<>\\^`{|}\x7f]")
_UNSAFE_IN_PART = re.compile(r"[\0- \"#%&+;<=>?\\^`{|}\x7f]")
_current: ContextVar[Printing] = ContextVar("_current")


@dataclass(slots=True)
class Printing:
    """The state of one rendering: counters, diagnostics, added pictures. ``sites`` are the tags by part and line."""

    template: str
    sites: Mapping[str, Mapping[int, Site]]
    blocks: Mapping[str, tuple[Site, ...]]
    styles: TemplateStyles
    pictures: PictureSource
    part: str = ""
    lists: ListNumbers = field(default_factory=ListNumbers)
    next_drawing: int = 1
    next_mark: int = 1
    missing: dict[str, Missing] = field(default_factory=dict)
    diagnostics: dict[tuple[object, ...], Diagnostic] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    related: dict[str, dict[str, PartRelation]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)  # ids of relationships by their targets
    values: list[str] | None = None
    tables: int = 0
    figures: int = 0

    def find_site(self) -> Site:
        """Find the site of the tag that is being printed. Slow: for reports and pictures."""
        part, line = find_tag()
        return self.sites.get(part or "", {}).get(line, _NO_SITE)

    def report(self, code: str, site: Site, **params: Param) -> None:
        """Report an error at a tag; the same message about the same paragraph once."""
        place = locate_site(site, self.template, self.part)
        key = (code, self.part, site.paragraph, repr(params))
        diagnostic = Diagnostic(
            code, Severity.ERROR, {"template": self.template, "tag": _format_tag(site.expression), **params}, place
        )
        self.diagnostics.setdefault(key, diagnostic)

    def encode(self, text: str) -> str:
        """Encode text for a ``w:t``; a character that XML can't hold is reported and shows as U+FFFD."""
        return encode_text(self.replace_unprintable(text))

    def replace_unprintable(self, text: str) -> str:
        """Replace the characters that XML can't hold by U+FFFD and report them; all text passes here."""
        if self.values is not None:
            self.values.append(UNPRINTABLE.sub(REPLACEMENT, text))
        match = None if text.isprintable() else UNPRINTABLE.search(text)
        if match is None:
            return text
        excerpt = UNPRINTABLE.sub(REPLACEMENT, text[max(0, match.start() - 12) : match.end() + 12])
        self.report("T123", self.find_site(), character=f"U+{ord(match[0]):04X}", text=excerpt)
        return UNPRINTABLE.sub(REPLACEMENT, text)

    def count_table(self) -> int:
        """Count a table that has a caption."""
        self.tables += 1
        return self.tables

    def count_picture(self) -> int:
        """Count a picture that has a caption."""
        self.figures += 1
        return self.figures

    def draw_picture(self, picture: Picture, width: int, height: int) -> str:
        """Write a narrative's picture as the content of a run, no larger than this (EMU)."""
        if not _stays_inside(picture.path):
            self.report("T131", self.find_site(), path=str(picture.path))
            return self.write_mark(str(picture.path))
        source = self.pictures
        data = source(picture) if callable(source) else source.get(picture.path)
        if data is None:
            self.report("T126", self.find_site(), path=str(picture.path))
            return self.write_mark(str(picture.path))
        return self.draw_image(data, (width, height), picture.caption or "", str(picture.path))

    def draw_image(self, data: bytes, box: tuple[int, int], description: str, path: str) -> str:
        """Write a picture as the content of a run; a broken one is reported and leaves a mark."""
        image = self.fit_image(data, box, path)
        if image is None:
            return self.write_mark(path)
        text = self.replace_unprintable(description)
        return write_inline_drawing(self.count_drawing(), self.add_image(image), (image.width, image.height), text)

    def fit_image(self, data: bytes, box: tuple[int, int], path: str) -> PreparedImage | None:
        """Fit a picture into a box (EMU); a broken one is reported and gives None."""
        try:
            return prepare_image(data, *box)
        except ImageError as problem:
            site = self.find_site()
            self.report("T130" if isinstance(problem, HeicError) else "T125", site, path=path or site.expression)
            return None

    def add_image(self, image: PreparedImage) -> str:
        """Add a picture to the package; returns the id of the part's relationship to it."""
        media = f"word/media/docgen_{image.digest[:16]}.{image.extension}"
        self.media[media] = image.data
        return self.add_relation("image", media)

    def add_relation(self, kind: str, target: str, *, is_external: bool = False) -> str:
        """Add a relationship of the part that is being printed to another part or an address; returns its id."""
        rid = self.ids.setdefault(target, f"rIdDocgen{len(self.ids) + 1}")
        relation = PartRelation(rid, f"{OFFICE_RELATIONS}/{kind}", target, is_external)
        return self.related.setdefault(self.part, {}).setdefault(rid, relation).id

    def count_mark(self) -> int:
        """Give the next free id of a bookmark, a revision or a shape."""
        self.next_mark += 1
        return self.next_mark - 1

    def count_drawing(self) -> int:
        """Give the next free id of a drawing."""
        number = self.next_drawing
        self.next_drawing += 1
        return number

    def write_mark(self, label: str) -> str:
        """Write the mark of a missing value or picture as the content of a run."""
        return f'<w:t xml:space="preserve">{encode_text(_format_mark(self.replace_unprintable(label)))}</w:t>'

    def format_missing(self, value: Missing) -> str:
        """Format a missing value as nothing or as its mark; modes ``error`` and ``by_hand`` also record it."""
        if value.mode == "blank":
            return ""
        if value.mode in ("error", "by_hand"):
            self.missing.setdefault(value.path, value)
        if value.mode == "by_hand":
            return ""
        return _format_mark(value.label or value.path)

    def format(self, value: Any) -> str:
        """Format any value as plain text; one that has no text is reported."""
        if isinstance(value, Missing):
            return self.format_missing(value)
        if isinstance(value, UnknownName):
            value.report()
            return _format_mark(value.name)
        if isinstance(value, Undefined):
            return ""  # "x if y" without an else
        if isinstance(value, Narrative | PlacedNarrative):
            return "".join(run.text for run in self.list_runs(value))
        try:
            return format_plain(value)
        except TypeError as problem:
            return self.replace_unformattable(value, problem)

    def replace_unformattable(self, value: Any, problem: TypeError) -> str:
        """Report a value that can't be formatted; returns the mark in its place."""
        if isinstance(problem, UnprintableNumberError):
            self.report("T422", self.find_site(), number=str(problem))
            return REPLACEMENT
        self.report("T124", self.find_site(), kind=type(value).__name__)
        return _format_mark(type(value).__name__)

    def list_runs(self, value: RichText | Narrative | PlacedNarrative) -> Sequence[Run | RichRun]:
        """List the runs of a value, with newlines between its lines; tables and pictures are left out and reported."""
        if isinstance(value, RichText):
            return value.runs
        blocks = (value.narrative if isinstance(value, PlacedNarrative) else value).blocks
        if any(isinstance(block, Table | Picture) for block in blocks):
            self.report("T127", self.find_site())
        runs: list[Run] = []
        for line in list_lines(blocks):
            runs += (Run("\n"), *line) if runs else line
        return runs


def start_printing(printing: Printing) -> Any:
    """Make this the current state of rendering; returns the token for ``stop_printing``."""
    return _current.set(printing)


def find_printing() -> Printing:
    """Find the current state of rendering."""
    return _current.get()


def stop_printing(token: Any) -> None:
    """Restore the state before ``start_printing``."""
    _current.reset(token)


def _format_mark(label: str) -> str:
    return catalogue(DOCUMENT_LANGUAGE).text("render.missing", label=label)


def _stays_inside(path: PurePosixPath) -> bool:
    """Whether a picture's path stays in the record's folder: no root, drive, server, address or parent folder."""
    text = str(path).replace("\\", "/")
    rooted = text.startswith("/") or re.match(r"[A-Za-z][\w+.-]*:", text) is not None
    return not rooted and posixpath.normpath(text).split("/")[0] != ".."


def _format_tag(expression: str) -> str:
    return re.sub(r"\s+", " ", expression).strip()


def print_value(value: Any) -> str:
    """Print a value inside a ``w:t``; EscapedXml comes from another filter and is printed as it is."""
    printing = _current.get()
    if type(value) is str and value.isprintable() and printing.values is None:
        return escape_xml(value)
    if isinstance(value, EscapedXml):
        return str(value)
    if isinstance(value, ImageValue):
        return _print_image(printing, value)
    if isinstance(value, (RichText, Narrative, PlacedNarrative)):
        return _print_runs(printing, printing.list_runs(value))
    encoded = printing.encode(value if isinstance(value, str) else printing.format(value))
    if BREAK not in encoded:
        return encoded
    site = printing.find_site()
    return split_lines(encoded, site, write_run_format(site.run_format, True))


def _print_runs(printing: Printing, runs: Sequence[Run | RichRun]) -> str:
    """Print runs with their formats where the tag stands in a run; else their text only."""
    site = printing.find_site()
    base = write_run_format(site.run_format, True)
    if not site.in_run or all(replace(run, text="") in _PLAIN_RUNS for run in runs):
        return split_lines(printing.encode("".join(run.text for run in runs)), site, base)

    def encode(text: str, properties: str) -> str:
        return split_lines(printing.encode(text), site, properties)

    def relate(address: str) -> str:
        return printing.add_relation("hyperlink", address, is_external=True)

    markup = write_rich_runs(runs, site.run_format, encode, None if site.in_link else relate)
    return f"</w:t></w:r>{markup}<w:r>{base}{OPEN_TEXT}"


def _print_image(printing: Printing, value: ImageValue) -> str:
    site = printing.find_site()
    width = min(site.width, round((value.max_width_mm or 10_000) * EMU_PER_MM))
    height = min(site.height, round((value.max_height_mm or 10_000) * EMU_PER_MM))
    drawing = printing.draw_image(value.data, (width, height), value.description, value.description)
    return f'</w:t>{drawing}<w:t xml:space="preserve">'


def parse_marks(value: Any) -> Any:
    """Parse the marks in a text that ``{{r }}`` prints; any other value is returned unchanged."""
    if not isinstance(value, str) or isinstance(value, EscapedXml):
        return value
    printing = _current.get()
    rich, faults = parse_rich_text(value)
    for fault in faults:
        printing.report(_RICH_FAULTS[fault.kind], printing.find_site(), text=fault.text[:80])
    return rich


def replace_picture(value: Any, width: int, height: int, original: str) -> EscapedXml:
    """Print the relationship id of a drawing's picture: of the value, or the ``original`` where it is no picture."""
    printing = _current.get()
    image = None
    if isinstance(value, ImageValue):
        image = printing.fit_image(value.data, (width, height), value.description)
    return EscapedXml(encode_plain(original) if image is None else printing.add_image(image))


def scale_picture(value: Any, width: int, height: int, *, down: bool) -> EscapedXml:
    """Print the width (or height) of a picture that fills a drawing as far as its proportions allow."""
    size = (width, height)
    image = _current.get().fit_image(value.data, size, value.description) if isinstance(value, ImageValue) else None
    if image is not None:
        scale = min(width / image.width, height / image.height)
        size = (round(image.width * scale), round(image.height * scale))
    return EscapedXml(f"{size[down]:d}")


def format_joined(value: Any) -> str:
    """Format a value that ``~`` joins to others; the joined text is escaped when it is printed."""
    return value if isinstance(value, str) else _current.get().format(value)


def print_plain(value: Any) -> EscapedXml:
    """Print a value into an attribute, a property or a field code."""
    if isinstance(value, EscapedXml):
        return value
    printing = _current.get()
    if isinstance(value, ImageValue):
        value = value.description
    text = value if isinstance(value, str) else printing.format(value)
    return EscapedXml(encode_plain(printing.replace_unprintable(text)))


def _replace_list_number(number: re.Match[str]) -> str:
    return f"{number[1]}{_current.get().lists.find(number[2])}{number[3]}"


def print_address(value: Any, begins: bool) -> EscapedXml:
    """Print a value into the address of a link; one that ``begins`` it and opens a file or a program is reported."""
    printing = _current.get()
    text = printing.replace_unprintable(value if isinstance(value, str) else printing.format(value)).strip()
    if begins and _UNSAFE_ADDRESS.match(text):
        printing.report("T424", printing.find_site(), address=text)
        return EscapedXml("about:blank")
    unsafe = _UNSAFE_IN_ADDRESS if begins else _UNSAFE_IN_PART
    return EscapedXml(escape_xml(unsafe.sub(lambda mark: f"%{ord(mark[0]):02X}", text)))


def print_block(value: Any, number: int) -> EscapedXml:
    """Print a value in place of a paragraph: a narrative, a picture, or text with a paragraph for each line."""
    printing = _current.get()
    site = printing.blocks[printing.part][number]
    if printing.lists.waiting or printing.lists.current:
        site = replace(site, paragraph_format=LIST_ID.sub(_replace_list_number, site.paragraph_format))
    if isinstance(value, Narrative):
        value = PlacedNarrative(value)
    if isinstance(value, PlacedNarrative) and value.narrative.blocks:
        return EscapedXml(write_narrative(value, site, printing.styles, printing))
    if isinstance(value, ImageValue):
        return EscapedXml(write_lines([_print_image(printing, value)], site))
    text = "" if isinstance(value, PlacedNarrative) else printing.format(value)
    if not text and not site.in_cell:
        return EscapedXml("")
    return EscapedXml(write_lines([printing.encode(line) for line in re.split(r"\r\n|\r|\n", text)], site))


def place_narrative(value: Any, level: int) -> Any:
    """Place a narrative below a heading of this level (1 is 一、): its top headings are one level lower."""
    placed = PlacedNarrative(value) if isinstance(value, Narrative) else value
    return replace(placed, level=level + 1) if isinstance(placed, PlacedNarrative) else value


def keep_narrative(value: Any, wanted: object = True) -> Any:
    """Keep the end of a narrative on one page with what follows it, if ``wanted``."""
    placed = PlacedNarrative(value) if isinstance(value, Narrative) else value
    return replace(placed, keep=bool(wanted)) if isinstance(placed, PlacedNarrative) else value
