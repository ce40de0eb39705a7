"""Somebody's own template and their table, as ``docgen fill`` does: columns are matched, rows checked, documents made.

The table is worked on as that of the forms is: a copy of ours in which cells can be changed.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from docgen.archive.zip.names import clean_component
from docgen.batch.fill.copies import Wishes
from docgen.batch.fill.documents import Plan
from docgen.batch.fill.matching import choose_matches, offer_match
from docgen.batch.fill.rewriting import DAY
from docgen.batch.fill.runner import FillRequest, Talk, TriedCopy, fill_template, plan_filling
from docgen.batch.fill.sheet import TREE_SUFFIXES
from docgen.batch.fill.values import PICTURE_SUFFIXES
from docgen.batch.ledger.result import drop_repeats
from docgen.batch.records.checking import CheckedRow
from docgen.diagnostics import Diagnostic, Location, Severity, error, has_errors
from docgen.errors import SourceError
from docgen.messages import catalogue
from docgen.render.pdf import find_office
from docgen.render.scan.template import is_workbook
from docgen.resources import Resources
from docgen.sources.intake.reading.source import open_workbook
from docgen.web.jobs.folder import read_order, write_order, write_outcome
from docgen.web.jobs.model import JobOutcome, JobTask, Order, Progress, ResultFile
from docgen.web.work.forms import list_outputs
from docgen.web.work.forms_edit import Cell, write_cells
from docgen.web.work.forms_faults import describe_cell, describe_rows, gather
from docgen.web.work.forms_table import TableProgress, copy_table
from docgen.web.work.looks import look_at

_MATCH = "match."
_TAGS, _HEADERS, _SHEETS = "offer.tags", "offer.headers", "offer.sheets"
"""Options of the order: what could be chosen from."""


def check_table(task: JobTask, progress: Progress) -> JobOutcome:
    """The job: what the tags may mean, or, when that was chosen, what is wrong with each row."""
    order = _adopt(task.folder, read_order(task.folder), progress)
    if "matched" not in order.options:
        return _offer(task.folder, order)
    return _check(task.folder, order, progress)


def _adopt(folder: Path, order: Order, progress: Progress) -> Order:
    """The order with a copy of the table, beside which its pictures lie; the template first, the table then."""
    template, *others = order.sources
    table = next((item for item in others if item.path.suffix.lower() not in (".docx", *PICTURE_SUFFIXES)), None)
    if table is None or template.path.suffix.lower() not in (".docx", ".xlsx"):
        raise SourceError(error("N234", Location(file=str(template.path)), path=str(template.path)))
    if table.path.is_relative_to(folder / "table"):
        return order
    watch = TableProgress(progress, table.name)
    adopted = table if table.path.suffix.lower() in TREE_SUFFIXES else copy_table(folder, table, watch)
    for item in others:
        if item.path.suffix.lower() in PICTURE_SUFFIXES:
            shutil.copyfile(item.path, adopted.path.parent / clean_component(item.name, 150))
    kept = replace(order, sources=(template, adopted))
    write_order(folder, kept)
    return kept


def _offer(folder: Path, order: Order, diagnostics: tuple[Diagnostic, ...] = ()) -> JobOutcome:
    """What the tags may mean, with what was chosen before; what there is to choose from is kept with the order."""
    offer = offer_match(order.sources[0].path, order.sources[1].path)
    kept = {
        _TAGS: [tag.name for tag in offer.tags],
        _HEADERS: [header for sheet in offer.sheets for header in sheet.headers],
        _SHEETS: [sheet.name for sheet in offer.sheets],
    }
    write_order(folder, replace(order, options={**order.options, **kept}))
    chosen = _read_chosen(order)
    tags = [
        {**asdict(tag), "key": f"tag.{at}", "chosen": chosen.get(f"tag.{at}", tag.header)}
        for at, tag in enumerate(offer.tags)
    ]
    data = {
        "step": "fill_match",
        "tags": tags,
        "sheets": [asdict(sheet) for sheet in offer.sheets],
        "sheet": chosen.get("sheet", offer.sheet),
        "chosen": chosen,
        "is_word": not is_workbook(order.sources[0].name),
        "has_office": find_office() is not None,
    }
    return JobOutcome(data, diagnostics)


def _read_chosen(order: Order) -> dict[str, str]:
    """What was chosen on the page of the columns, by the names of its fields."""
    return {
        name.removeprefix(_MATCH): str(next(iter(values), ""))
        for name, values in order.options.items()
        if name.startswith(_MATCH)
    }


def _make_request(order: Order, out: Path | None) -> FillRequest:
    """What was chosen, as the command's options."""
    template, table = order.sources[0].path, order.sources[1].path
    chosen, options = _read_chosen(order), order.options
    tags, headers, sheets = (options.get(name, ()) for name in (_TAGS, _HEADERS, _SHEETS))
    matches = {tag: chosen.get(f"tag.{at}", "") for at, tag in enumerate(tags)}
    group, sheet = chosen.get("group"), chosen.get("sheet")
    wishes = Wishes(
        name=chosen.get("name") or None,
        group_by=group if group in headers else None,
        sheet=sheet if sheet in sheets else None,
        mode="by_hand" if chosen.get("by_hand") else "error",
        match=choose_matches(matches, (*headers, *sheets)),
    )
    is_word = not is_workbook(template.name)
    return FillRequest(
        template,
        table,
        out,
        wishes,
        combine=bool(chosen.get("combine")) and is_word,
        pdf=bool(chosen.get("pdf")),
        jobs=1,
    )


def _check(folder: Path, order: Order, progress: Progress | None = None) -> JobOutcome:
    """What is wrong with each row; where something is wrong with the whole, the columns are to be matched once more."""
    request = _make_request(order, None)
    filling = plan_filling(request)
    if has_errors(filling.whole):
        return _offer(folder, order, tuple(drop_repeats(filling.whole)))
    if progress is not None:
        progress.begin(len(filling.plan.sheet.rows))
    rows: list[CheckedRow] = []
    for made in filling.try_copies():
        rows.append(_describe_copy(made))
        if progress is not None:
            progress.advance(made.copy.title)
            if progress.should_stop():
                break
    faults = gather((*filling.whole, *filling.strays), rows)
    data = {
        "step": "checked",
        "standard": order.sources[0].name,
        "documents": [order.sources[1].name],
        "is_own": True,
        **describe_rows(rows, ()),
    }
    return JobOutcome(data | faults.describe(_FillCells(filling.plan), None), faults.diagnostics)


def _describe_copy(made: TriedCopy) -> CheckedRow:
    key = str(made.copy.rows[0].number)
    return CheckedRow(key, made.copy.title, made.diagnostics, not made.is_refused, False, "")


@dataclass(frozen=True, slots=True)
class _FillCells:
    """Leads from a fault's place to the cell in which it is mended."""

    plan: Plan

    def describe(self, at: Location) -> dict[str, Any] | None:
        """The cell, what it is called and what stands in it; None where what is wrong isn't one cell's."""
        data = self.plan.data
        sheet = next((sheet for sheet in data.sheets if sheet.name == at.sheet), None)
        if at.kind != "xlsx" or at.file != data.book.file or sheet is None or not at.column or not at.line:
            return None
        name = next((name for name, column in sheet.columns.items() if column == at.column), None)
        if name is None or at.line <= sheet.heading or data.tree is not None:
            return None
        options = sorted(self.plan.template.asked.get(name, set()) - {DAY})
        return describe_cell(data.book, at, sheet.headers[name], options if len(options) > 1 else ())


def change_cells(folder: Path, resources: Resources, texts: Mapping[Cell, str]) -> None:
    """Write texts into cells of the copy, and look through the table again."""
    del resources
    order = read_order(folder)
    path = order.sources[1].path
    if path.suffix.lower() not in TREE_SUFFIXES and write_cells(open_workbook(path), texts):
        write_outcome(folder, _check(folder, order))


def offer_again(folder: Path, resources: Resources) -> None:
    """Show again what the tags may mean, with what was chosen."""
    del resources
    write_outcome(folder, _offer(folder, read_order(folder)))


def make_documents(task: JobTask, progress: Progress) -> JobOutcome:
    """The job: a document of every row that can be made, all in one Word file, and the table that goes back."""
    request = replace(_make_request(task.order, task.results), converting=task.resources.converting)
    outcome = fill_template(request, catalogue(task.lang), _pass_on(progress))
    outputs = tuple(item for item in list_outputs(outcome, task.results) if item.kind != "data")
    data = {"batch": outcome.counts, "sent_back": outcome.sent_back}
    # what is wrong with rows stands on the page of the table; here stands what hindered the making
    failed = [item for item in outcome.diagnostics if item.severity is Severity.ERROR and item.code in ("A211", "B113")]
    grave = [item for item in outcome.diagnostics if outcome.summary is None and item.severity is Severity.ERROR]
    return JobOutcome(data, drop_repeats((*grave, *failed)), outputs)


def _pass_on(progress: Progress) -> Talk:
    """Who passes on to a job how many are done."""
    passed = 0

    def advance(done: int, total: int) -> None:
        nonlocal passed
        if not passed:
            progress.begin(total)
        for _ in range(done - passed):
            progress.advance("")
        passed = done

    return Talk(advance, progress.should_stop)


def look_at_first(task: JobTask, progress: Progress) -> JobOutcome:
    """The job: the first document that can be made, to look at."""
    progress.begin(1)
    shutil.rmtree(task.results, ignore_errors=True)
    task.results.mkdir()
    filling = plan_filling(_make_request(task.order, None))
    made = next((item for item in filling.try_copies() if not item.is_refused), None)
    if made is None:
        raise SourceError(*filling.whole, error("N235"))
    name = made.copy.name
    (task.results / name).write_bytes(made.data)
    progress.advance(made.copy.title)
    outputs = (ResultFile(name, name, "document"),)
    data = {"from": next(iter(task.order.options.get("from", ())), ""), "title": made.copy.title}
    return JobOutcome(data | look_at(task.results, outputs), (), outputs)
