"""Telling what was found: as a compiler does on stderr, or as one JSON document on stdout."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.cli.console import is_unicode
from docgen.cli.groups import DiagnosticGroup, gather_kinds, group_diagnostics, list_others, list_ranges
from docgen.cli.layout import clean_line, set_table
from docgen.cli.session import Session
from docgen.diagnostics import (
    UNREAD,
    Diagnostic,
    Location,
    Severity,
    count_by_severity,
    has_errors,
    promote_warnings,
    sort_diagnostics,
)
from docgen.errors import EXIT_FOUND, EXIT_OK
from docgen.messages.answer import Answer, WrittenFile
from docgen.messages.description import identify
from docgen.messages.shell import show_path

if TYPE_CHECKING:
    from docgen.pipeline import Output

_LISTED = 5
_LISTED_RANGES = 15
_LONGEST_WORD = 40
_DOCUMENT_PART = "word/document.xml"
_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


@dataclass(frozen=True, slots=True)
class GapSums:
    """What the records in ``files`` lack, in a few lines for people in place of each by itself."""

    files: frozenset[str]
    lines: tuple[str, ...]

    def covers(self, item: Diagnostic) -> bool:
        """Whether the lines tell of a diagnostic."""
        return item.gap is not None and (item.location.file is None or item.location.file in self.files)


@dataclass(frozen=True)
class Report:
    """What a command has to say when it ends.

    ``lines`` are its data as text, ``data`` the same for JSON, ``hints`` what to do next (for people only).
    ``earlier`` was told while the command worked, and is counted only. ``exit_code`` is at least 1 when there is an
    error. ``sums`` stand for what isn't there yet, where that is much; a program is told each. ``whose`` says of a
    problem (see ``identify``) with which of many records it was found. ``by_kind`` tells people each kind once,
    with its places.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    outputs: tuple[Output | WrittenFile, ...] = ()
    lines: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    exit_code: int = EXIT_OK
    earlier: tuple[Diagnostic, ...] = ()
    whose: Mapping[Hashable, Sequence[str]] = field(default_factory=dict)
    sums: tuple[GapSums, ...] = ()
    by_kind: bool = False


def weigh(session: Session, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics as grave as the session wants them."""
    return promote_warnings(diagnostics) if session.strict else tuple(diagnostics)


def finish(session: Session, report: Report) -> int:
    """Tell all of a report and give the exit code."""
    diagnostics = weigh(session, report.diagnostics)
    code = max(report.exit_code, EXIT_FOUND if has_errors(diagnostics) else EXIT_OK)
    report = replace(report, diagnostics=sort_diagnostics(diagnostics), exit_code=code)
    if session.is_json:
        session.console.clear_progress()
        session.console.give(dump_json(describe_report(session, report)))
    else:
        _tell(session, report)
    return code


def describe_report(session: Session, report: Report) -> dict[str, Any]:
    """The JSON document of a report."""
    answer = Answer(
        session.command, report.exit_code, report.diagnostics, report.outputs, report.data, language=session.lang
    )
    return answer.describe()


def dump_json(document: Mapping[str, Any]) -> str:
    """A JSON document that stdout can hold, whatever its encoding."""
    import json

    return json.dumps(document, ensure_ascii=not is_unicode(sys.stdout), indent=2)


def _tell(session: Session, report: Report) -> None:
    _report_diagnostics(session, report)
    session.console.clear_progress()
    for line in report.lines:
        session.console.give(line)
    for line in format_outputs(session, report.outputs):
        session.console.give(line)
    if report.hints:
        session.console.close()
    for line in report.hints:
        session.console.say(line)


def _report_diagnostics(session: Session, report: Report) -> None:
    """What was found, each by itself or summed up, then how many there are."""
    single = [item for item in report.diagnostics if not any(part.covers(item) for part in report.sums)]
    groups = gather_kinds(single) if report.by_kind else group_diagnostics(single, session.words)
    for group in groups:
        if report.by_kind and len(group.items) > 1:
            for line in format_kind(session, group):
                session.console.say(line)
            continue
        whose = report.whose.get(identify(group.first, session.words), ()) if len(group.items) == 1 else ()
        for line in format_group(session, group, whose):
            session.console.say(line)
    for number, part in enumerate(report.sums):
        for line in ([""] if groups or number else []) + list(part.lines):
            session.console.say(line)
    told = (*report.earlier, *report.diagnostics)
    if not told:
        return
    session.console.say()
    if len(groups) < len(single):
        for line in format_kinds(session, (*report.earlier, *single)):
            session.console.say(line)
    session.console.say(format_counts(session, told))


def format_outputs(session: Session, outputs: Sequence[Output | WrittenFile]) -> list[str]:
    """What was written, a line each; many documents are told by their folder and their number."""
    documents = [item.path for item in outputs if item.kind == "document"]
    rows = [
        (session.text(item.label if isinstance(item, WrittenFile) else f"output.{item.kind}"), show_path(item.path))
        for item in outputs
    ]
    if len(documents) > _LISTED:
        folder = show_path(Path(os.path.commonpath(documents)))
        rows = [row for item, row in zip(outputs, rows, strict=True) if item.kind != "document"]
        rows.insert(
            0, (session.text("output.document"), session.text("output.many", number=len(documents), folder=folder))
        )
    return set_table(rows) if rows else []


def format_diagnostic(session: Session, item: Diagnostic) -> Sequence[str]:
    """A diagnostic as lines of text: where, how grave, what; then how to mend it."""
    return format_group(session, DiagnosticGroup((item,)))


def format_group(session: Session, group: DiagnosticGroup, whose: Sequence[str] = ()) -> Sequence[str]:
    """A problem as lines of text: where, how grave, what; what else, or which records, it is about; how to mend it."""
    words, paint, item = session.words, session.console.paint, group.first
    place = _format_places(session, group)
    severity = paint(session.text(f"severity.{item.severity.value}"), fg=_COLORS[item.severity], bold=True)
    clause = session.text("clause", clause=item.clause) if item.clause else ""
    head = f"{severity} {item.code}  {clean_line(words.message(item))}{clean_line(clause)}"
    where = paint(clean_line(place), bold=True) + "  " if place else ""
    lines = [where + head]
    others = [text if len(text) <= _LONGEST_WORD else text[:_LONGEST_WORD] + "…" for text in list_others(group, words)]
    if others:
        shown = session.text("group.joint").join(others[:_LISTED]) + ("…" if len(others) > _LISTED else "")
        lines.append("    " + clean_line(session.text("group.others", others=shown)))
    if whose:
        shown = session.text("group.joint").join(whose[:_LISTED]) + ("…" if len(whose) > _LISTED else "")
        lines.append("    " + clean_line(session.text("group.whose", number=len(whose), names=shown)))
    lines.append("    " + clean_line(session.text("mend", mend=words.mend(item))))
    return (*lines, "    " + session.text("unread")) if UNREAD in item.params else tuple(lines)


def format_kind(session: Session, group: DiagnosticGroup) -> Sequence[str]:
    """A kind of problem as lines of text: how many; of errors each with its place, of others one and the places."""
    item, words = group.first, session.words
    title = words.diagnostics[item.code].title + session.text("group.count", number=len(group.items))
    severity = session.console.paint(
        session.text(f"severity.{item.severity.value}"), fg=_COLORS[item.severity], bold=True
    )
    file = session.console.paint(format_place(session, Location(file=item.location.file)), bold=True)
    if item.severity is Severity.ERROR:
        said = [f"{_format_inside(session, one.location)}  {words.message(one)}" for one in group.items]
        mends = list(dict.fromkeys(words.mend(one) for one in group.items))
    else:
        places = _list_places(session, group)
        others = list_others(group, words)
        more = [session.text("group.others", others=session.text("group.joint").join(others))] if others else []
        said = [words.message(item), *more, session.text("group.joint").join(places)]
        mends = [words.mend(item)]
    said += [session.text("mend", mend=mend) for mend in mends]
    return [f"{file}  {severity} {item.code}  {title}", *("    " + clean_line(line.strip()) for line in said if line)]


def _list_places(session: Session, group: DiagnosticGroup) -> list[str]:
    """The places of a group without their file; paragraphs of the document, and cells of a sheet, in one."""
    joint = session.text("group.joint")
    paragraphs = [one.location for one in group.items if one.location.part == _DOCUMENT_PART and one.location.paragraph]
    numbers = joint.join(str(number) for number in dict.fromkeys(at.paragraph for at in paragraphs))
    found = [session.text("paragraph", number=numbers)] if numbers else []
    sheets = dict.fromkeys(one.location.sheet for one in group.items if one.location.sheet is not None)
    for sheet in sheets:
        cells = list_ranges(one.location.cell or "" for one in group.items if one.location.sheet == sheet)
        found.append(f"{sheet} {joint.join(cells)}".strip())
    rest = [one.location for one in group.items if one.location not in paragraphs and one.location.sheet is None]
    return [*found, *filter(None, dict.fromkeys(_format_inside(session, replace(at, excerpt=None)) for at in rest))]


def _format_inside(session: Session, at: Location) -> str:
    """A place without its file."""
    return format_place(session, at).removeprefix(show_path(Path(at.file or ""))).strip()


def _format_places(session: Session, group: DiagnosticGroup) -> str:
    """The places of a problem: the cells of a sheet as ranges, and how many there are."""
    at = group.first.location
    if len(group.items) == 1 or at.file is None:
        return format_place(session, at)
    sheets = dict.fromkeys(item.location.sheet for item in group.items)
    if len(sheets) > 1:
        named = session.text("group.joint").join(str(sheet) for sheet in list(sheets)[:_LISTED])
        more = "…" if len(sheets) > _LISTED else ""
        return f"{show_path(Path(at.file))} {named}{more}" + session.text("group.count", number=len(group.items))
    ranges = list_ranges(item.location.cell for item in group.items if item.location.cell is not None)
    cells = session.text("group.joint").join(ranges[:_LISTED_RANGES]) + ("…" if len(ranges) > _LISTED_RANGES else "")
    place = format_place(session, replace(at, cell=cells or None))
    return place + session.text("group.count", number=len(group.items))


def format_kinds(session: Session, diagnostics: Iterable[Diagnostic]) -> list[str]:
    """How many there are of each kind, a line each: the graver first, then the more frequent."""
    counts = Counter((item.severity, item.code) for item in diagnostics)
    order = list(Severity)
    ranked = sorted(counts.items(), key=lambda pair: (order.index(pair[0][0]), -pair[1], pair[0][1]))
    rows = [
        (
            session.text(f"count.{severity.value}" + (".one" if number == 1 else ""), number=number),
            code,
            session.words.diagnostics[code].title,
        )
        for (severity, code), number in ranked
    ]
    return [session.text("group.kinds"), *set_table(rows, indent=2)]


def format_place(session: Session, at: Location) -> str:
    """A place in the user's files as text; empty when there is none."""
    if at.file is None:
        return ""
    file = show_path(Path(at.file))
    if at.kind == "xlsx" and at.sheet is not None:
        return f"{file} {at.sheet}" + (f"!{at.cell}" if at.cell else "")
    if at.kind == "docx":
        paragraph = " " + session.text("paragraph", number=at.paragraph) if at.paragraph is not None else ""
        part = f" {at.part}" if at.part and not (paragraph and at.part == _DOCUMENT_PART) else ""
        excerpt = f" {session.text('quoted', text=at.excerpt)}" if at.excerpt else ""
        return file + part + paragraph + excerpt
    if at.kind == "archive" and at.member is not None:
        return f"{file} › {at.member}"
    return ":".join(str(part) for part in (file, at.line, at.column) if part is not None)


def format_counts(session: Session, diagnostics: Iterable[Diagnostic]) -> str:
    """How many there are of each severity, in a sentence."""
    items = list(diagnostics)
    counts = [
        session.text(f"count.{severity.value}" + (".one" if number == 1 else ""), number=number)
        for severity, number in count_by_severity(items).items()
        if number
    ]
    codes = next((item.code for item in items if item.severity is Severity.ERROR), items[0].code)
    return session.text("count", counts=session.text("count.joint").join(counts), code=codes)
