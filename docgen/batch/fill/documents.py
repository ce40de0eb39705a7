"""One document of a template and its rows: what a worker is given, and what it does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from docgen.batch.fill.names import number_name, split_name
from docgen.batch.fill.sheet import DataFile, DataRow, DataSheet
from docgen.batch.fill.template import FillTemplate, compile_template
from docgen.batch.fill.values import Printer, format_merge_field, format_value
from docgen.batch.fill.word import RECORD_NUMBER
from docgen.batch.ledger.disk import report_disk
from docgen.batch.ledger.fingerprint import mark_file, mark_output
from docgen.batch.ledger.result import JobResult, ProducedOutput, RecordFacts
from docgen.diagnostics import Diagnostic, error, has_errors, info, warning
from docgen.errors import EXIT_CANNOT_RUN, EXIT_FAULTS, EXIT_OK
from docgen.render.values.values import Missing, MissingMode
from docgen.resources import Converting


@dataclass(frozen=True, slots=True)
class Copy:
    """A document to be made: its rows (several of a group, or of a page of labels), those of its lists, its name.

    ``faults`` are those of its rows, known before it is made.
    """

    number: int
    rows: tuple[DataRow, ...]
    lists: Mapping[str, tuple[DataRow, ...]]
    name: str
    title: str
    faults: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What all copies share: the template, the data, the sheet whose rows they are, how they are to be."""

    template: FillTemplate
    data: DataFile
    sheet: DataSheet
    others: Mapping[str, DataSheet]
    mode: MissingMode
    pictures: frozenset[str]
    is_grouped: bool = False

    def lighten(self) -> Plan:
        """The same without the data's rows, for another process: a copy brings its own."""
        book = replace(self.data.book, sheets=(), diagnostics=())
        others = {name: replace(sheet, rows=()) for name, sheet in self.others.items()}
        light = replace(self.data, book=book, sheets=(), diagnostics=())
        return replace(self, data=light, sheet=replace(self.sheet, rows=()), others=others)

    def render(self, copy: Copy) -> tuple[bytes, tuple[Diagnostic, ...], tuple[Path, ...]]:
        """A document's bytes, what is wrong with its rows, and the pictures that it shows."""
        printer = Printer(self.data, self.mode, self.pictures, self.template.asked)
        rendered = compile_template(self.template.data, self.template.file).render(self._make_context(copy, printer))
        diagnostics = [
            *copy.faults,
            *printer.diagnostics,
            *(_place_picture(self.template.restore_fault(item), printer) for item in rendered.diagnostics),
            *self._report_missing(printer.missing | {item.path: item for item in rendered.missing}),
        ]
        return rendered.data, tuple(diagnostics), tuple(printer.used)

    def _make_context(self, copy: Copy, printer: Printer) -> dict[str, Any]:
        context: dict[str, Any] = {RECORD_NUMBER: str(copy.number)}
        for at in range(self.template.records):
            absent = {name: "" for name in self.sheet.headers}  # the last page of labels has free places
            row = copy.rows[at] if at < len(copy.rows) else None
            values = absent if row is None else printer.make_values(self.sheet, row)
            context |= {number_name(name, at): value for name, value in values.items()}
        if self.is_grouped:
            rows = [printer.make_values(self.sheet, row) for row in copy.rows]
            context[self.template.namer.find(self.sheet.name) or self.sheet.name] = context["rows"] = rows
        for name, listed in copy.lists.items():
            context[name] = [printer.make_values(self.others[name], row) for row in listed]
        return context | dict(self._print_fields(copy, context, printer))

    def _print_fields(self, copy: Copy, context: Mapping[str, Any], printer: Printer) -> Iterator[tuple[str, Any]]:
        for field, merged in self.template.fields.items():
            value, switch = format_merge_field(merged, context.get(merged.name, ""))
            name, record = split_name(merged.name)
            if switch and record < len(copy.rows):
                place, label = self.data.locate(self.sheet, copy.rows[record].number, name), self.template.show(name)
                printer.diagnostics.append(
                    warning("T481", place, label=label, value=format_value(value), switch=switch)
                )
            yield field, value

    def _report_missing(self, missing: Mapping[str, Missing]) -> Iterator[Diagnostic]:
        sheets = {sheet.name: sheet for sheet in (self.sheet, *self.others.values())}
        for item in missing.values():
            if item.mode not in ("error", "by_hand"):
                continue
            sheet, row, name = item.path.split("\0")
            place = self.data.locate(sheets[sheet], int(row), name)
            path = f"{sheet}!{place.cell}" if place.cell else place.path or ""
            by_hand = item.mode == "by_hand"
            yield (
                info("R207", place, label=item.label, path=path) if by_hand else error("W208", place, label=item.label)
            )


def _place_picture(item: Diagnostic, printer: Printer) -> Diagnostic:
    """What is wrong with a picture, at the cell that names it."""
    named = item.params.get("path")
    return item.at(next((place for path, place in printer.used.items() if path.name == named), item.location))


@dataclass(frozen=True, slots=True, eq=False)
class FillTask:
    """Some documents as a worker gets them; ``folder`` is where they wait to be moved.

    With ``converting`` a PDF of each is made, too, by ``instances`` of LibreOffice (0: one for each core).
    """

    plan: Plan
    copies: tuple[Copy, ...]
    folder: Path
    is_draft: bool = False
    converting: Converting | None = None
    instances: int = 1


def make_documents(task: FillTask) -> list[JobResult]:
    """Make the documents of a task, and their PDFs where they are wanted."""
    folder = Path(tempfile.mkdtemp(dir=task.folder))  # of this attempt
    results = [_make_document(task, copy, folder) for copy in task.copies]
    if task.converting is None:
        return results
    from docgen.batch.fill.pdfs import add_pdfs, open_converter
    from docgen.pipeline.stages.pdf import require_office

    converter = open_converter(require_office(), task.converting, task.instances)
    return list(add_pdfs(results, converter, str(task.plan.data.path)))


def _make_document(task: FillTask, copy: Copy, folder: Path) -> JobResult:
    """Make a document; errors in its rows refuse it, unless a draft is wanted."""
    data, diagnostics, used = task.plan.render(copy)
    faulty = has_errors(diagnostics)
    about = RecordFacts(str(copy.number), copy.title, 0, 1)
    marks = tuple(mark_file(path) for path in used)
    if not data or (faulty and not task.is_draft):
        return JobResult("faulty", EXIT_FAULTS, diagnostics, about=about, inputs=marks)
    staged = folder / copy.name
    try:
        staged.write_bytes(data)
    except OSError as fault:
        full = report_disk(fault, task.folder.parent.parent)
        if full is None:
            raise
        return JobResult("failed", EXIT_CANNOT_RUN, (full,), about=about, inputs=marks)
    mark = replace(mark_output(staged, data), path=copy.name)
    produced = ProducedOutput("document", copy.name, Path(task.plan.template.file).stem, mark, str(staged))
    return JobResult("made", EXIT_FAULTS if faulty else EXIT_OK, diagnostics, (produced,), about, inputs=marks)
