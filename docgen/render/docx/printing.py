"""Prints values into a docx: the state of one rendering, and what Jinja calls for each printed value.

A value that can't be printed leaves a mark in the text and a diagnostic; rendering goes on, so that one run tells all.
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
from docgen.render.docx.drawings import draw_inline
from docgen.render.docx.lists import Lists
from docgen.render.docx.narrative import PlacedNarrative, list_lines, write_lines, write_narrative
from docgen.render.docx.runs import OPEN_TEXT, mix_run, split_lines, write_rich_runs
from docgen.render.docx.sites import Site
from docgen.render.docx.tags import locate
from docgen.render.docx.text import BREAK, REPLACEMENT, UNPRINTABLE, Ready, encode_plain, encode_text, escape_text
from docgen.render.values.images import EMU_PER_MM, HeicError, ImageError, PreparedImage, prepare_image
from docgen.render.values.rich import read_rich
from docgen.render.values.sandbox import UnknownName, find_tag
from docgen.render.values.values import ImageValue, Missing, RichRun, RichText, UnprintableNumberError, format_plain

if TYPE_CHECKING:
    from docgen.render.docx.styles import TemplateStyles

PictureSource = Mapping[PurePosixPath, bytes] | Callable[[Picture], bytes | None]
"""Where a narrative's pictures come from: by their path, or asked for one by one (None: there is none)."""

_NO_SITE = Site("")
_RICH_FAULTS = {"settings": "T450", "link": "T451"}
_LIST = re.compile(r'(<w:numId w:val=")(\d+)(")')
_PLAIN_RUNS = (Run(""), RichRun(""))
_UNSAFE_ADDRESS = re.compile(r"(?!(?:https?|ftp|mailto|tel):)[A-Za-z][\w+.-]*:|[\\/]", re.IGNORECASE)
_UNSAFE_IN_ADDRESS = re.compile(r"[\0- \"<>\\^`{|}\x7f]")
_UNSAFE_IN_PART = re.compile(r"[\0- \"#%&+;<=>?\\^`{|}\x7f]")
_current: ContextVar[Printing] = ContextVar("_current")


@dataclass(slots=True)
class Printing:
    """What one rendering gathers. ``sites`` are the tags by part and line."""

    template: str
    sites: Mapping[str, Mapping[int, Site]]
    blocks: Mapping[str, tuple[Site, ...]]
    styles: TemplateStyles
    pictures: PictureSource
    part: str = ""
    lists: Lists = field(default_factory=Lists)
    next_drawing: int = 1
    next_mark: int = 1
    missing: dict[str, Missing] = field(default_factory=dict)
    diagnostics: dict[tuple[object, ...], Diagnostic] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    related: dict[str, dict[str, PartRelation]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)  # of relationships, by what they lead to
    values: list[str] | None = None
    tables: int = 0
    figures: int = 0

    def find_site(self) -> Site:
        """Find where the tag that is being printed stands. Slow: for reports and pictures."""
        part, line = find_tag()
        return self.sites.get(part or "", {}).get(line, _NO_SITE)

    def report(self, code: str, site: Site, **params: Param) -> None:
        """Note an error at a tag, once for each thing that is said."""
        place = locate(site, self.template, self.part)
        key = (code, self.part, site.paragraph, repr(params))
        found = Diagnostic(
            code, Severity.ERROR, {"template": self.template, "tag": _show_tag(site.expression), **params}, place
        )
        self.diagnostics.setdefault(key, found)

    def encode(self, text: str) -> str:
        """Encode text for a ``w:t``; a character that XML can't hold is reported and shows as U+FFFD."""
        return encode_text(self.replace_unprintable(text))

    def replace_unprintable(self, text: str) -> str:
        """Report the characters that XML can't hold, and put U+FFFD in their place; all text passes here."""
        if self.values is not None:
            self.values.append(UNPRINTABLE.sub(REPLACEMENT, text))
        found = None if text.isprintable() else UNPRINTABLE.search(text)
        if found is None:
            return text
        around = UNPRINTABLE.sub(REPLACEMENT, text[max(0, found.start() - 12) : found.end() + 12])
        self.report("T123", self.find_site(), character=f"U+{ord(found[0]):04X}", text=around)
        return UNPRINTABLE.sub(REPLACEMENT, text)

    def next_table(self) -> int:
        """Count a table that has a caption."""
        self.tables += 1
        return self.tables

    def next_picture(self) -> int:
        """Count a picture that has a caption."""
        self.figures += 1
        return self.figures

    def draw_picture(self, picture: Picture, width: int, height: int) -> str:
        """Draw a narrative's picture, no larger than this (EMU)."""
        if not _stays_inside(picture.path):
            self.report("T131", self.find_site(), path=str(picture.path))
            return self.mark(str(picture.path))
        source = self.pictures
        data = source(picture) if callable(source) else source.get(picture.path)
        if data is None:
            self.report("T126", self.find_site(), path=str(picture.path))
            return self.mark(str(picture.path))
        return self.draw(data, (width, height), picture.caption or "", str(picture.path))

    def draw(self, data: bytes, box: tuple[int, int], description: str, path: str) -> str:
        """Draw a picture as the content of a run; a broken one is reported and leaves a mark."""
        image = self.prepare(data, box, path)
        if image is None:
            return self.mark(path)
        described = self.replace_unprintable(description)
        return draw_inline(self.count_drawing(), self.keep(image), (image.width, image.height), described)

    def prepare(self, data: bytes, box: tuple[int, int], path: str) -> PreparedImage | None:
        """Fit a picture into a box (EMU); None, and reported, where it is a broken one."""
        try:
            return prepare_image(data, *box)
        except ImageError as problem:
            site = self.find_site()
            self.report("T130" if isinstance(problem, HeicError) else "T125", site, path=path or site.expression)
            return None

    def keep(self, image: PreparedImage) -> str:
        """Put a picture into the package; the id by which the part shows it."""
        media = f"word/media/docgen_{image.digest[:16]}.{image.extension}"
        self.media[media] = image.data
        return self.relate("image", media)

    def relate(self, kind: str, target: str, *, is_external: bool = False) -> str:
        """Relate the part that is being printed to another, or to an address; the id of the relationship."""
        rid = self.ids.setdefault(target, f"rIdDocgen{len(self.ids) + 1}")
        relation = PartRelation(rid, f"{OFFICE_RELATIONS}/{kind}", target, is_external)
        return self.related.setdefault(self.part, {}).setdefault(rid, relation).id

    def count_mark(self) -> int:
        """Give the next id of a bookmark, a revision, a shape: unique in the document."""
        self.next_mark += 1
        return self.next_mark - 1

    def count_drawing(self) -> int:
        """Give the next id of a drawing: unique in the document."""
        number = self.next_drawing
        self.next_drawing += 1
        return number

    def mark(self, label: str) -> str:
        """Write the mark of something absent, as the content of a run."""
        return f'<w:t xml:space="preserve">{encode_text(_mark(self.replace_unprintable(label)))}</w:t>'

    def read_missing(self, value: Missing) -> str:
        """Read a missing value: nothing, or its mark; in modes ``error`` and ``by_hand`` it is noted."""
        if value.mode == "blank":
            return ""
        if value.mode in ("error", "by_hand"):
            self.missing.setdefault(value.path, value)
        if value.mode == "by_hand":
            return ""
        return _mark(value.label or value.path)

    def read(self, value: Any) -> str:
        """Read any value as plain text; one that has no spelling is reported."""
        if isinstance(value, Missing):
            return self.read_missing(value)
        if isinstance(value, UnknownName):
            value.report()
            return _mark(value.name)
        if isinstance(value, Undefined):
            return ""  # "x if y" without an else
        if isinstance(value, Narrative | PlacedNarrative):
            return "".join(run.text for run in self.list_runs(value))
        try:
            return format_plain(value)
        except TypeError as problem:
            return self.report_unspelled(value, problem)

    def report_unspelled(self, value: Any, problem: TypeError) -> str:
        """Report a value that has no spelling, and mark it."""
        if isinstance(problem, UnprintableNumberError):
            self.report("T422", self.find_site(), number=str(problem))
            return REPLACEMENT
        self.report("T124", self.find_site(), kind=type(value).__name__)
        return _mark(type(value).__name__)

    def list_runs(self, value: RichText | Narrative | PlacedNarrative) -> Sequence[Run | RichRun]:
        """List the runs of a value, a newline between its lines; what a line can't hold is reported."""
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
    """Make it the state of what is rendered from now on; returns the token for ``stop_printing``."""
    return _current.set(printing)


def find_printing() -> Printing:
    """Find the state of the rendering that is going on."""
    return _current.get()


def stop_printing(token: Any) -> None:
    """Go back to the state before."""
    _current.reset(token)


def _mark(label: str) -> str:
    return catalogue(DOCUMENT_LANGUAGE).text("render.missing", label=label)


def _stays_inside(path: PurePosixPath) -> bool:
    """Whether a picture's path stays in the folder of the record: no root, drive, server, address, nor a way up."""
    text = str(path).replace("\\", "/")
    rooted = text.startswith("/") or re.match(r"[A-Za-z][\w+.-]*:", text) is not None
    return not rooted and posixpath.normpath(text).split("/")[0] != ".."


def _show_tag(expression: str) -> str:
    return re.sub(r"\s+", " ", expression).strip()


def print_value(value: Any) -> str:
    """Print a value inside a ``w:t``; Ready is what another filter has made ready."""
    printing = _current.get()
    if type(value) is str and value.isprintable() and printing.values is None:
        return escape_text(value)
    if isinstance(value, Ready):
        return str(value)
    if isinstance(value, ImageValue):
        return _print_image(printing, value)
    if isinstance(value, (RichText, Narrative, PlacedNarrative)):
        return _print_runs(printing, printing.list_runs(value))
    encoded = printing.encode(value if isinstance(value, str) else printing.read(value))
    if BREAK not in encoded:
        return encoded
    site = printing.find_site()
    return split_lines(encoded, site, mix_run(site.run_format, True))


def _print_runs(printing: Printing, runs: Sequence[Run | RichRun]) -> str:
    """Print runs in formats of their own, where the tag stands in a run; else their text."""
    site = printing.find_site()
    base = mix_run(site.run_format, True)
    if not site.in_run or all(replace(run, text="") in _PLAIN_RUNS for run in runs):
        return split_lines(printing.encode("".join(run.text for run in runs)), site, base)

    def encode(text: str, properties: str) -> str:
        return split_lines(printing.encode(text), site, properties)

    def relate(address: str) -> str:
        return printing.relate("hyperlink", address, is_external=True)

    written = write_rich_runs(runs, site.run_format, encode, None if site.in_link else relate)
    return f"</w:t></w:r>{written}<w:r>{base}{OPEN_TEXT}"


def _print_image(printing: Printing, value: ImageValue) -> str:
    site = printing.find_site()
    width = min(site.width, round((value.max_width_mm or 10_000) * EMU_PER_MM))
    height = min(site.height, round((value.max_height_mm or 10_000) * EMU_PER_MM))
    drawn = printing.draw(value.data, (width, height), value.description, value.description)
    return f'</w:t>{drawn}<w:t xml:space="preserve">'


def read_marks(value: Any) -> Any:
    """Read the marks of a text that ``{{r }}`` prints; any other value is as it was."""
    if not isinstance(value, str) or isinstance(value, Ready):
        return value
    printing = _current.get()
    rich, faults = read_rich(value)
    for fault in faults:
        printing.report(_RICH_FAULTS[fault.kind], printing.find_site(), text=fault.text[:80])
    return rich


def replace_picture(value: Any, width: int, height: int, shown: str) -> Ready:
    """The picture that a drawing of the template shows: the value, or the template's own where it is none."""
    printing = _current.get()
    image = None
    if isinstance(value, ImageValue):
        image = printing.prepare(value.data, (width, height), value.description)
    return Ready(encode_plain(shown) if image is None else printing.keep(image))


def scale_picture(value: Any, width: int, height: int, *, down: bool) -> Ready:
    """How wide (or high) a picture is that fills a drawing as far as its proportions allow."""
    size = (width, height)
    image = _current.get().prepare(value.data, size, value.description) if isinstance(value, ImageValue) else None
    if image is not None:
        scale = min(width / image.width, height / image.height)
        size = (round(image.width * scale), round(image.height * scale))
    return Ready(f"{size[down]:d}")


def format_part(value: Any) -> str:
    """Spell a value that ``~`` joins to others; what they make is escaped when it is printed."""
    return value if isinstance(value, str) else _current.get().read(value)


def print_plain(value: Any) -> Ready:
    """Print a value into an attribute, a property or a field code."""
    if isinstance(value, Ready):
        return value
    printing = _current.get()
    if isinstance(value, ImageValue):
        value = value.description
    return Ready(encode_plain(printing.replace_unprintable(value if isinstance(value, str) else printing.read(value))))


def _find_list(number: re.Match[str]) -> str:
    return f"{number[1]}{_current.get().lists.find(number[2])}{number[3]}"


def print_address(value: Any, begins: bool) -> Ready:
    """Print a value into the address of a link; one that ``begins`` it and opens a file or a program is reported."""
    printing = _current.get()
    text = printing.replace_unprintable(value if isinstance(value, str) else printing.read(value)).strip()
    if begins and _UNSAFE_ADDRESS.match(text):
        printing.report("T424", printing.find_site(), address=text)
        return Ready("about:blank")
    unsafe = _UNSAFE_IN_ADDRESS if begins else _UNSAFE_IN_PART
    return Ready(escape_text(unsafe.sub(lambda mark: f"%{ord(mark[0]):02X}", text)))


def print_block(value: Any, number: int) -> Ready:
    """Print a value in place of a paragraph: a narrative, a picture, or text with a paragraph for each line."""
    printing = _current.get()
    site = printing.blocks[printing.part][number]
    if printing.lists.fresh or printing.lists.current:
        site = replace(site, paragraph_format=_LIST.sub(_find_list, site.paragraph_format))
    if isinstance(value, Narrative):
        value = PlacedNarrative(value)
    if isinstance(value, PlacedNarrative) and value.narrative.blocks:
        return Ready(write_narrative(value, site, printing.styles, printing))
    if isinstance(value, ImageValue):
        return Ready(write_lines([_print_image(printing, value)], site))
    text = "" if isinstance(value, PlacedNarrative) else printing.read(value)
    if not text and not site.in_cell:
        return Ready("")
    return Ready(write_lines([printing.encode(line) for line in re.split(r"\r\n|\r|\n", text)], site))


def place_narrative(value: Any, level: int) -> Any:
    """Put a narrative under a heading of this level (1 is 一、): its own first headings are one below."""
    placed = PlacedNarrative(value) if isinstance(value, Narrative) else value
    return replace(placed, level=level + 1) if isinstance(placed, PlacedNarrative) else value


def keep_narrative(value: Any, wanted: object = True) -> Any:
    """Keep the end of a narrative on one page with what follows it, where that is ``wanted``."""
    placed = PlacedNarrative(value) if isinstance(value, Narrative) else value
    return replace(placed, keep=bool(wanted)) if isinstance(placed, PlacedNarrative) else value
