"""Arranges a text in its parts: each section gets its part's key, with the certainty and reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from docgen.content.blocks import Block, Heading, Paragraph, Picture
from docgen.content.captions import is_caption_line, take_captions
from docgen.content.flow import Flow, FlowTable, Line, Outside, TextBox, iterate_lines
from docgen.content.heading_text import normalize_heading
from docgen.content.model import DocumentContent, Section
from docgen.content.parts.assign import Assigner, Assignment, Certainty, Reason, is_counted
from docgen.content.parts.forms import open_layout
from docgen.content.parts.front import Front, read_front
from docgen.content.parts.numbers import read_number, read_ordinal
from docgen.content.parts.pieces import Entry, TextLine, cut_pieces, is_contents_line
from docgen.content.parts.scheme import TextScheme
from docgen.content.parts.units import ends_as_unit, list_cell_names, list_line_names, list_unit_names
from docgen.diagnostics import Location

_LONGEST_NAME_LINE = 200
_LONGEST_TITLE = 60
_OTHER = ""


@dataclass(frozen=True, slots=True)
class PartReading:
    """The reading of a part: its heading, the certainty, and the reasons."""

    key: str
    heading: str
    certainty: Certainty
    reasons: tuple[Reason, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class DoubtfulHeading:
    """A doubtful heading, the keys of its best readings, and its section, which belongs to no part."""

    heading: str
    keys: tuple[str, ...]
    location: Location
    section: Section


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A text in its parts.

    ``units`` are who wrote it, by whatever line says so. ``captions`` belong to nothing beside them; ``boxes`` and
    ``outside`` are what stays outside; ``framed`` are lines counted that stand in a table of one cell. ``unknown`` are
    headings that were asked for (``--parts``) and aren't there.
    """

    content: DocumentContent
    readings: tuple[PartReading, ...]
    doubts: tuple[DoubtfulHeading, ...]
    front: Front
    units: tuple[str, ...]
    captions: tuple[str, ...] = ()
    boxes: tuple[TextBox, ...] = ()
    framed: tuple[Line, ...] = ()
    outside: tuple[Outside, ...] = ()
    unknown: tuple[str, ...] = ()

    def find_reading(self, key: str) -> PartReading | None:
        """The reading of a part."""
        return next((reading for reading in self.readings if reading.key == key), None)


def arrange(content: DocumentContent, scheme: TextScheme, asked: Mapping[str, str] | None = None) -> Arrangement | None:
    """Find the parts of a person's text; None for a text made from a record, whose sections have their keys.

    ``asked`` maps headings, by number or words, to parts; it overrules all other reasons.
    """
    if content.flow is None:
        return None
    return _Arranger(content, content.flow, scheme, asked or {}).arrange()


@dataclass(slots=True)
class _SectionDraft:
    """A section under construction."""

    at: int
    key: str | None
    title: str
    location: Location
    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class _Arranger:
    """Arranges one text.

    ``heads`` has the key of each section by its first entry; ``removed`` are the entries that are neither headings nor
    text; ``names`` are those of the units. ``held_headings`` has, by part, another heading of its rank inside it.
    """

    content: DocumentContent
    flow: Flow
    scheme: TextScheme
    asked: Mapping[str, str]
    entries: list[Entry] = field(default_factory=list)
    front: Front = field(default_factory=Front)
    heads: dict[int, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    removed: set[int] = field(default_factory=set)
    captions: list[str] = field(default_factory=list)
    held_headings: dict[str, str] = field(default_factory=dict)

    def arrange(self) -> Arrangement:
        self.entries = list(open_layout(list(cut_pieces(self.flow.items, self.scheme)), self.scheme))
        self.front = read_front(self.entries, self.scheme)
        self._take_boxed_title()
        self.removed = self.front.entries | self.front.signing
        self._take_tail()
        pieces = {
            at: entry
            for at, entry in enumerate(self.entries)
            if isinstance(entry, TextLine) and entry.sign is not None and at not in self.removed
        }
        asked, unknown = self._resolve_asked(pieces)
        assignment = Assigner(pieces, self.scheme, self.measure, asked).assign()
        self._mark_heads(assignment, pieces)
        return self._finish(assignment, self._divide(), unknown)

    def measure(self, at: int, end: int | None) -> str:
        """The text below a heading, up to the next one, without its authors."""
        piece = self.entries[at]
        texts = [piece.rest.text] if isinstance(piece, TextLine) and piece.rest is not None else []
        for number in range(at + 1, min(len(self.entries) if end is None else end, len(self.entries))):
            entry = self.entries[number]
            if isinstance(entry, TextLine) and number not in self.removed:
                if self.scheme.units is not None and entry.named == self.scheme.units.key:
                    break
                texts.append(entry.line.text if entry.rest is not None or not entry.line.is_heading else "")
        return "\n".join(text for text in texts if text)

    def _take_tail(self) -> None:
        """Take the authors from the last lines, if these hold only names of units and no other line names them."""
        units = self.scheme.units
        if units is None:
            return
        names_below: list[str] = []
        for at in range(len(self.entries) - 1, 0, -1):
            entry = self.entries[at]
            if at in self.removed:
                continue
            names = (
                list_unit_names(entry.line.text, units) if isinstance(entry, TextLine) and entry.named is None else ()
            )
            if not names:
                break
            names_below = [*names, *names_below]
            above = self.entries[at - 1]
            if isinstance(above, TextLine) and above.named == units.key:
                return
        if not names_below:
            return
        for at in [at for at in range(len(self.entries)) if at not in self.removed][-len(names_below) :]:
            entry = self.entries[at]
            if isinstance(entry, TextLine) and list_unit_names(entry.line.text, units):
                self.removed.add(at)
        self.front.byline = (*self.front.byline, *names_below)

    def _take_boxed_title(self) -> None:
        """Take the title from a text box above the text, if no line is a title."""
        if self.front.title is not None:
            return
        for at, entry in enumerate(self.entries):
            if isinstance(entry, TextLine):
                return
            if isinstance(entry, TextBox):
                text = "".join(line.text for line in iterate_lines(entry.items))
                if text and len(text) <= _LONGEST_TITLE and not text.endswith("。"):
                    self.front.title = text
                    self.front.entries.add(at)
                return

    def _resolve_asked(self, pieces: Mapping[int, TextLine]) -> tuple[dict[int, str], tuple[str, ...]]:
        """The keys of the headings that ``asked`` names, and the names that no heading has."""
        keys: dict[int, str] = {}
        unknown: list[str] = []
        for heading, key in self.asked.items():
            at = _find_asked(heading, pieces)
            if at is None:
                unknown.append(heading)
            else:
                keys[at] = key
        return keys, tuple(unknown)

    def _mark_heads(self, assignment: Assignment, pieces: Mapping[int, TextLine]) -> None:
        """Mark the beginnings of sections: parts, units, doubtful headings, and others of their rank."""
        self.heads = {reading.at: reading.key for reading in assignment.readings.values()}
        units = self.scheme.units
        if units is not None:
            self.heads |= {at: units.key for at, piece in pieces.items() if piece.named == units.key}
        self.heads |= {doubt.at: _OTHER for doubt in assignment.doubts}
        parts = sorted(reading.at for reading in assignment.readings.values())
        if not parts:
            return
        owners: set[int] = set()
        for at, piece in pieces.items():
            if at in self.heads or at < parts[0]:
                continue
            owner = max(part for part in parts if part < at)
            if at > parts[-1] and self._ends_last(piece, pieces[parts[-1]], at, parts[-1], at in assignment.peers):
                self.heads[at] = _OTHER
            elif at in assignment.peers:
                if piece.named == self.heads[owner]:
                    continue
                if is_counted(str(piece.sign)) and piece.rest is None:
                    self.heads[at] = _OTHER
                elif piece.sign != "bare" and owner not in owners and self.measure(owner, at).strip():
                    self.held_headings[self.heads[owner]] = piece.shown
                owners.add(owner)

    def _ends_last(self, piece: TextLine, last: TextLine, at: int, start: int, is_peer: bool) -> bool:
        """Whether a heading after the last part's text begins another section."""
        bare = normalize_heading(piece.text)
        if any(bare.endswith(normalize_heading(word)) for word in self.scheme.afterwards):
            return True
        is_set_off = piece.line.is_heading and str(piece.sign).split()[0] in ("bold", "style")
        begins = (is_peer and piece.sign != "bare") or (is_set_off and piece.sign != last.sign)
        return begins and piece.rest is None and bool(self.measure(start, at).strip())

    def _divide(self) -> tuple[list[Block], list[_SectionDraft]]:
        """The blocks before the first section, and the sections."""
        preamble: list[Block] = []
        drafts: list[_SectionDraft] = []
        inside = preamble
        units = self.scheme.units.key if self.scheme.units is not None else None
        listing = False
        for at, entry in enumerate(self.entries):
            if at in self.removed:
                continue
            if isinstance(entry, TextLine) and at in self.heads:
                key = self.heads[at]
                listing = key == units
                drafts.append(_SectionDraft(at, key or None, entry.shown, entry.line.paragraph.location))
                lines = () if entry.rest is None else (entry.rest,)
                if listing:
                    self.names += self._list_names(lines)
                inside = drafts[-1].blocks
                inside += (line.paragraph for line in lines)
                continue
            if listing and self._takes_name(entry, drafts[-1]):
                inside += _show(entry)
                continue
            if listing and isinstance(entry, TextLine):
                listing = False
                drafts.append(_SectionDraft(at, None, "", entry.line.paragraph.location))
                inside = drafts[-1].blocks
            inside += self._show_entry(entry, not drafts)
        return preamble, drafts

    def _list_names(self, lines: Sequence[Line]) -> tuple[str, ...]:
        assert self.scheme.units is not None
        return list_line_names(lines, self.scheme.units)

    def _takes_name(self, entry: Entry, section: _SectionDraft) -> bool:
        """Whether an entry below the units' title holds names of units.

        After a line with both title and names, only lines of names alone count.
        """
        units = self.scheme.units
        assert units is not None
        if isinstance(entry, FlowTable):
            names = list_cell_names(entry, units)
            self.names += names
            return bool(names)
        if not isinstance(entry, TextLine):
            return False
        text = entry.line.text
        if entry.line.is_label and not ends_as_unit(text, units):
            return False
        first = self.entries[section.at]
        is_alone = isinstance(first, TextLine) and first.rest is None
        if len(text) > _LONGEST_NAME_LINE or not (is_alone or list_unit_names(text, units)):
            return False
        self.names += list_line_names((entry.line,), units)
        return True

    def _show_entry(self, entry: Entry, is_before: bool) -> list[Block]:
        """The blocks of an entry in its section: a heading of no part remains a heading, if its format shows one.

        Before the first part every line that is set off from the text is a heading, too.
        """
        if isinstance(entry, TextLine) and entry.rest is None:
            line = entry.line
            is_heading = entry.sign in ("cell", "field") or (
                line.is_heading and (entry.sign is not None or line.level is not None)
            )
            is_set_off = entry.sign is not None and (entry.sign != "bare" or line.is_centred)
            if is_heading or (is_before and (is_set_off or is_contents_line(line.text))):
                return [Heading(1, entry.shown, line.paragraph.location)]
        return _show(entry)

    def _finish(
        self, assignment: Assignment, divided: tuple[list[Block], list[_SectionDraft]], unknown: tuple[str, ...]
    ) -> Arrangement:
        preamble, drafts = divided
        sections = [
            Section(draft.title, 1, self._leave_captions(draft.blocks), draft.key, draft.location) for draft in drafts
        ]
        by_place = {draft.at: section for draft, section in zip(drafts, sections, strict=True)}
        readings, doubts = self._list_readings(assignment, by_place), self._list_doubts(assignment, by_place)
        title = self.front.title
        content = DocumentContent(title, self._leave_captions(preamble), tuple(sections), self.content.location)
        boxes = tuple(
            entry for at, entry in enumerate(self.entries) if isinstance(entry, TextBox) and at not in self.removed
        )
        framed = tuple(
            entry.line
            for entry in self.entries
            if isinstance(entry, TextLine) and entry.line.is_framed and entry.sign is None
        )
        units = tuple(dict.fromkeys(self.names or self.front.byline))
        return Arrangement(
            content,
            readings,
            doubts,
            self.front,
            units,
            tuple(self.captions),
            boxes,
            framed,
            self.flow.outside,
            unknown,
        )

    def _list_readings(self, assignment: Assignment, by_place: Mapping[int, Section]) -> tuple[PartReading, ...]:
        return tuple(
            PartReading(
                key,
                by_place[reading.at].title,
                *self._weigh(key, reading.certainty, reading.reasons),
                by_place[reading.at].location,
            )
            for key, reading in assignment.readings.items()
            if reading.at in by_place
        )

    def _list_doubts(self, assignment: Assignment, by_place: Mapping[int, Section]) -> tuple[DoubtfulHeading, ...]:
        sections = [(doubt.keys, by_place[doubt.at]) for doubt in assignment.doubts if doubt.at in by_place]
        return tuple(DoubtfulHeading(section.title, keys, section.location, section) for keys, section in sections)

    def _weigh(
        self, key: str, certainty: Certainty, reasons: tuple[Reason, ...]
    ) -> tuple[Certainty, tuple[Reason, ...]]:
        """Lower the certainty of a part that holds other headings of its rank."""
        heading = self.held_headings.get(key)
        if heading is None or reasons == (Reason("asked"),):
            return certainty, reasons
        return "likely", (*reasons, Reason("holds", heading))

    def _leave_captions(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        """Attach captions to their table or picture, and collect the others."""
        kept: list[Block] = []
        for block in take_captions(blocks):
            if isinstance(block, Paragraph) and is_caption_line(block.text):
                self.captions.append(block.text)
            else:
                kept.append(block)
        return tuple(kept)


def _show(entry: Entry) -> list[Block]:
    if isinstance(entry, TextLine):
        return [entry.line.paragraph]
    if isinstance(entry, FlowTable):
        return [entry.table]
    return [entry] if isinstance(entry, Picture) else []


def _find_asked(heading: str, pieces: Mapping[int, TextLine]) -> int | None:
    """The heading that a user means by its number (as typed, or of equal value) or by its words."""
    wanted = normalize_heading(heading)
    for at, piece in pieces.items():
        if normalize_heading(piece.text) == wanted and not heading.isdigit():
            return at
    value = read_ordinal(heading)
    if value is None:
        return None
    number = read_number(f"{heading}、") or read_number(f"{heading} ")
    kind = number.kind if number is not None else ""
    numbered = [at for at, piece in pieces.items() if piece.value == value]
    alike = [at for at in numbered if str(pieces[at].sign).split()[-1] == kind]
    return next(iter([*alike, *numbered]), None)


def count_lines(boxes: Sequence[TextBox]) -> list[str]:
    """The texts of text boxes, each as one."""
    return ["\n".join(line.text for line in iterate_lines(box.items)) for box in boxes]
