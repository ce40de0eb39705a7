"""Writes a command's report: diagnostics on stderr as a compiler does, or one JSON document on stdout."""

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
from docgen.cli.layout import clean_line, format_table
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
from docgen.errors import EXIT_FAULTS, EXIT_OK
from docgen.messages.answer import Answer, WrittenFile
from docgen.messages.description import identify
from docgen.messages.shell import format_typed_path

if TYPE_CHECKING:
    from docgen.pipeline import Output

_LISTED = 5
_LISTED_RANGES = 15
_LONGEST_WORD = 40
_DOCUMENT_PART = "word/document.xml"
_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


@dataclass(frozen=True, slots=True)
class GapSummary:
    """The missing values of the records in ``files``, in a few lines for people in place of a diagnostic each."""

    files: frozenset[str]
    lines: tuple[str, ...]

    def covers(self, item: Diagnostic) -> bool:
        """Whether the lines stand for a diagnostic."""
        return item.gap is not None and (item.location.file is None or item.location.file in self.files)


@dataclass(frozen=True)
class Report:
    """The report of a command: its diagnostics, the files written, its data.

    ``lines`` are the data as text, ``data`` the same for JSON, ``hints`` what to do next (for people only).
    ``shown_before`` are diagnostics that people saw while the command worked: they are only counted. ``exit_code`` is
    raised to 1 when there is an error. For people, ``gap_summaries`` replace the diagnostics of many missing values,
    which JSON lists one by one. ``records_by_problem`` names the records in which a problem (see ``identify``)
    occurs. ``by_kind`` shows people each kind of diagnostic once, with its places.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    outputs: tuple[Output | WrittenFile, ...] = ()
    lines: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    exit_code: int = EXIT_OK
    shown_before: tuple[Diagnostic, ...] = ()
    records_by_problem: Mapping[Hashable, Sequence[str]] = field(default_factory=dict)
    gap_summaries: tuple[GapSummary, ...] = ()
    by_kind: bool = False


def apply_strictness(session: Session, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics, warnings made errors with ``--strict``."""
    return promote_warnings(diagnostics) if session.strict else tuple(diagnostics)


def finish(session: Session, report: Report) -> int:
    """Write a report in the session's format and return the exit code."""
    diagnostics = apply_strictness(session, report.diagnostics)
    code = max(report.exit_code, EXIT_FAULTS if has_errors(diagnostics) else EXIT_OK)
    report = replace(report, diagnostics=sort_diagnostics(diagnostics), exit_code=code)
    if session.is_json:
        session.console.clear_progress()
        session.console.write_data(dump_json(describe_report(session, report)))
    else:
        _write_text(session, report)
    return code


def describe_report(session: Session, report: Report) -> dict[str, Any]:
    """The JSON document of a report."""
    answer = Answer(
        session.command, report.exit_code, report.diagnostics, report.outputs, report.data, language=session.lang
    )
    return answer.describe()


def dump_json(document: Mapping[str, Any]) -> str:
    """A JSON document, escaped to ASCII where stdout isn't Unicode."""
    import json

    return json.dumps(document, ensure_ascii=not is_unicode(sys.stdout), indent=2)


def _write_text(session: Session, report: Report) -> None:
    _write_diagnostics(session, report)
    session.console.clear_progress()
    for line in report.lines:
        session.console.write_data(line)
    for line in format_outputs(session, report.outputs):
        session.console.write_data(line)
    if report.hints:
        session.console.close()
    for line in report.hints:
        session.console.write_message(line)


def _write_diagnostics(session: Session, report: Report) -> None:
    """Write the diagnostics, grouped or summarized, then how many there are."""
    single = [item for item in report.diagnostics if not any(part.covers(item) for part in report.gap_summaries)]
    groups = gather_kinds(single) if report.by_kind else group_diagnostics(single, session.words)
    for group in groups:
        if report.by_kind and len(group.items) > 1:
            for line in format_kind(session, group):
                session.console.write_message(line)
            continue
        is_single = len(group.items) == 1
        records = report.records_by_problem.get(identify(group.first, session.words), ()) if is_single else ()
        for line in format_group(session, group, records):
            session.console.write_message(line)
    for number, part in enumerate(report.gap_summaries):
        for line in ([""] if groups or number else []) + list(part.lines):
            session.console.write_message(line)
    counted = (*report.shown_before, *report.diagnostics)
    if not counted:
        return
    session.console.write_message()
    if len(groups) < len(single):
        for line in format_kinds(session, (*report.shown_before, *single)):
            session.console.write_message(line)
    session.console.write_message(format_counts(session, counted))


def format_outputs(session: Session, outputs: Sequence[Output | WrittenFile]) -> list[str]:
    """The files written, a line each; many documents are one line with their folder and number."""
    documents = [item.path for item in outputs if item.kind == "document"]
    rows = [
        (
            session.text(item.label if isinstance(item, WrittenFile) else f"output.{item.kind}"),
            format_typed_path(item.path),
        )
        for item in outputs
    ]
    if len(documents) > _LISTED:
        folder = format_typed_path(Path(os.path.commonpath(documents)))
        rows = [row for item, row in zip(outputs, rows, strict=True) if item.kind != "document"]
        rows.insert(
            0, (session.text("output.document"), session.text("output.many", number=len(documents), folder=folder))
        )
    return format_table(rows) if rows else []


def format_diagnostic(session: Session, item: Diagnostic) -> Sequence[str]:
    """A diagnostic as lines of text: place, severity, message; then the remedy."""
    return format_group(session, DiagnosticGroup((item,)))


def format_group(session: Session, group: DiagnosticGroup, records: Sequence[str] = ()) -> Sequence[str]:
    """A problem as lines of text: place, severity, message; other values or ``records`` that have it; the remedy."""
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
    if records:
        shown = session.text("group.joint").join(records[:_LISTED]) + ("…" if len(records) > _LISTED else "")
        lines.append("    " + clean_line(session.text("group.whose", number=len(records), names=shown)))
    lines.append("    " + clean_line(session.text("mend", mend=words.mend(item))))
    return (*lines, "    " + session.text("unread")) if UNREAD in item.params else tuple(lines)


def format_kind(session: Session, group: DiagnosticGroup) -> Sequence[str]:
    """A kind of problem as lines of text: the number; each error with its place, others with all places."""
    item, words = group.first, session.words
    title = words.diagnostics[item.code].title + session.text("group.count", number=len(group.items))
    severity = session.console.paint(
        session.text(f"severity.{item.severity.value}"), fg=_COLORS[item.severity], bold=True
    )
    file = session.console.paint(format_place(session, Location(file=item.location.file)), bold=True)
    if item.severity is Severity.ERROR:
        details = [f"{_format_inside(session, one.location)}  {words.message(one)}" for one in group.items]
        mends = list(dict.fromkeys(words.mend(one) for one in group.items))
    else:
        places = _list_places(session, group)
        others = list_others(group, words)
        more = [session.text("group.others", others=session.text("group.joint").join(others))] if others else []
        details = [words.message(item), *more, session.text("group.joint").join(places)]
        mends = [words.mend(item)]
    details += [session.text("mend", mend=mend) for mend in mends]
    return [
        f"{file}  {severity} {item.code}  {title}",
        *("    " + clean_line(line.strip()) for line in details if line),
    ]


def _list_places(session: Session, group: DiagnosticGroup) -> list[str]:
    """The places of a group without their file; paragraphs of the document, and cells of a sheet, are joined."""
    joint = session.text("group.joint")
    paragraphs = [one.location for one in group.items if one.location.part == _DOCUMENT_PART and one.location.paragraph]
    numbers = joint.join(str(number) for number in dict.fromkeys(at.paragraph for at in paragraphs))
    places = [session.text("paragraph", number=numbers)] if numbers else []
    sheets = dict.fromkeys(one.location.sheet for one in group.items if one.location.sheet is not None)
    for sheet in sheets:
        cells = list_ranges(one.location.cell or "" for one in group.items if one.location.sheet == sheet)
        places.append(f"{sheet} {joint.join(cells)}".strip())
    rest = [one.location for one in group.items if one.location not in paragraphs and one.location.sheet is None]
    return [*places, *filter(None, dict.fromkeys(_format_inside(session, replace(at, excerpt=None)) for at in rest))]


def _format_inside(session: Session, at: Location) -> str:
    """A place without its file."""
    return format_place(session, at).removeprefix(format_typed_path(Path(at.file or ""))).strip()


def _format_places(session: Session, group: DiagnosticGroup) -> str:
    """The places of a problem: the cells of a sheet as ranges, and their number."""
    at = group.first.location
    if len(group.items) == 1 or at.file is None:
        return format_place(session, at)
    sheets = dict.fromkeys(item.location.sheet for item in group.items)
    if len(sheets) > 1:
        named = session.text("group.joint").join(str(sheet) for sheet in list(sheets)[:_LISTED])
        more = "…" if len(sheets) > _LISTED else ""
        return f"{format_typed_path(Path(at.file))} {named}{more}" + session.text(
            "group.count", number=len(group.items)
        )
    ranges = list_ranges(item.location.cell for item in group.items if item.location.cell is not None)
    cells = session.text("group.joint").join(ranges[:_LISTED_RANGES]) + ("…" if len(ranges) > _LISTED_RANGES else "")
    place = format_place(session, replace(at, cell=cells or None))
    return place + session.text("group.count", number=len(group.items))


def format_kinds(session: Session, diagnostics: Iterable[Diagnostic]) -> list[str]:
    """The number of each kind, a line each: the more severe first, then the more frequent."""
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
    return [session.text("group.kinds"), *format_table(rows, indent=2)]


def format_place(session: Session, at: Location) -> str:
    """A place in the user's files as text; empty where the location names no file."""
    if at.file is None:
        return ""
    file = format_typed_path(Path(at.file))
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
    """The number of each severity, in a sentence."""
    items = list(diagnostics)
    counts = [
        session.text(f"count.{severity.value}" + (".one" if number == 1 else ""), number=number)
        for severity, number in count_by_severity(items).items()
        if number
    ]
    codes = next((item.code for item in items if item.severity is Severity.ERROR), items[0].code)
    return session.text("count", counts=session.text("count.joint").join(counts), code=codes)
