"""A table that came, as it is worked on: a copy of ours, checked row by row; only what an edit touched is checked anew.

The copy lies in the job's folder. A table that is no ``.xlsx`` becomes one, so that its cells can be changed. The
person's own file is never written to.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from docgen.archive.zip.names import clean_component
from docgen.batch.ledger.result import drop_repeats
from docgen.batch.records.checking import CheckedRow, check_rows, dump_rows, parse_rows
from docgen.batch.records.intake import OpenedIntake, make_intake_key, open_intake, report_empty
from docgen.diagnostics import Location, error
from docgen.errors import DocgenError, SourceError
from docgen.pipeline.services.mapping import TableMatcher
from docgen.pipeline.stages.outcome import Options
from docgen.profile.load import LoadedProfile, find_profile
from docgen.resources import Resources
from docgen.sources.intake.kinds import is_workbook
from docgen.sources.intake.reading.source import find_profile_id, open_workbook
from docgen.sources.intake.returning.plain_copy import write_plain
from docgen.sources.intake.workbook.grid import SourceBook, WatchTable
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.web.jobs.folder import read_order, write_order
from docgen.web.jobs.model import JobOutcome, JobTask, Order, Progress, SourceFile
from docgen.web.work.forms_choice import MAPPING, Choices, describe_standard, list_standards, read_choices
from docgen.web.work.forms_faults import TableCells, describe_rows, gather

_TABLE, _ROWS = "table", "rows.json"
"""The folder of the copy; the file that has the rows as they were found last, so that only what changed is looked at.
"""


def adopt_table(folder: Path, order: Order, watch: WatchTable | None = None) -> Order:
    """The order with a copy of the table as its source; SourceError for what is no table or can't be read."""
    source = order.sources[0]
    if source.path.is_relative_to(folder / _TABLE):
        return order
    adopted = replace(order, sources=(copy_table(folder, source, watch),))
    write_order(folder, adopted)
    return adopted


def copy_table(folder: Path, source: SourceFile, watch: WatchTable | None = None) -> SourceFile:
    """A copy of a table in a folder of its own, whose cells can be changed; SourceError for what is no table."""
    if not is_workbook(source.path):
        raise SourceError(error("W157", Location(file=str(source.path)), path=str(source.path)))
    book = open_workbook(source.path, watch=watch)
    stem = clean_component(Path(source.name).stem, 60)
    target = folder / _TABLE / stem / (source.path.name if book.source == "xlsx" else f"{stem}.xlsx")
    target.parent.mkdir(parents=True, exist_ok=True)
    if book.source == "xlsx":
        shutil.copyfile(source.path, target)
    else:
        target.write_bytes(write_plain(book, watch))
    return SourceFile(target, source.name)


def replace_file(path: Path, data: bytes) -> None:
    """Put another content in a file's place, whole or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(data)
    part.replace(path)


class TableProgress:
    """Shows as a job's progress what share of a table was read, then of its copy written, and read."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._name = name
        self._done = self._total = 0

    def __call__(self, done: int, total: int) -> None:
        """As ``WatchTable``."""
        if total != self._total or done < self._done:
            self._progress.begin(0, total)
            self._done, self._total = 0, total
        self._progress.advance(self._name, done - self._done)
        self._done = done


def check_table(task: JobTask, progress: Progress) -> JobOutcome:
    """The job: what is still to be chosen for a table, or what was found in each of its rows."""
    if len(task.order.sources) != 1:
        raise SourceError(error("N174", count=len(task.order.sources)))
    return look_through(task.folder, task.resources, progress)


def look_through(folder: Path, resources: Resources, progress: Progress | None = None) -> JobOutcome:
    """How far a table can be used: what is still to be chosen, or what was found in each row.

    ``progress`` is told what share of it was read, then of each row. Raises DocgenError for what can't be read.
    """
    uploaded = read_order(folder)
    watch = TableProgress(progress, uploaded.sources[0].name) if progress is not None else None
    order = adopt_table(folder, uploaded, watch)
    choices, path = read_choices(order), order.sources[0].path
    book = open_workbook(path, watch=watch)
    own = find_profile_id(book)
    standard = own or choices.standard
    if not standard:
        return JobOutcome({"step": "choose", "standards": list_standards(resources)})
    loaded = find_profile(resources, standard)
    document_ids = {document.id for document in loaded.profile.documents}
    only = tuple(name for name in choices.only if name in document_ids)
    if not only:
        chosen = {"standard": standard, "suggested": _suggest_documents(book, loaded) if own else []}
        return JobOutcome({"step": "choose", "standards": [describe_standard(loaded)]} | chosen)
    choices = replace(choices, standard=standard, only=only, match=None if own else choices.match)
    write_order(folder, choices.put(order))
    options = choices.make_options(folder, resources)
    if own:
        return _check(folder, path, options, choices, progress=progress)
    matcher = match_table(path, choices, resources)
    if choices.match is None:
        return JobOutcome({"step": "match", **describe_offer(matcher, {})})
    (folder / MAPPING).write_text(matcher.format(choices.match), "utf-8")
    try:
        return _check(folder, path, options, choices, progress=progress)
    except DocgenError as fault:  # the choices don't fit together
        return JobOutcome({"step": "match", **describe_offer(matcher, choices.match)}, tuple(fault.diagnostics))


def match_table(path: Path, choices: Choices, resources: Resources) -> TableMatcher:
    """What the columns of a table may be, for the documents that were chosen."""
    return TableMatcher(open_workbook(path), find_profile(resources, choices.standard), choices.only, resources)


def describe_offer(matcher: TableMatcher, chosen: Mapping[str, str]) -> dict[str, Any]:
    """What can be chosen for the columns of a table, what was chosen before filled in."""
    offer = asdict(matcher.offer())
    for item in (*(column for table in offer["tables"] for column in table["columns"]), *offer["words"]):
        item["chosen"] = chosen.get(item["key"], item["chosen"])
    for item in (*offer["defaults"], *offer["asks"]):
        item["chosen"] = chosen.get(item["key"], item["chosen"])
    return {"offer": offer}


def open_table(folder: Path, resources: Resources) -> OpenedIntake:
    """A table that was checked, as it is now."""
    order = read_order(folder)
    return open_intake(make_intake_key(order.sources[0].path, read_choices(order).make_options(folder, resources)))


def check_again(folder: Path, resources: Resources) -> JobOutcome:
    """What is found in a table that was checked, now that a cell or a choice for its rows is another."""
    order = read_order(folder)
    choices = read_choices(order)
    options = choices.make_options(folder, resources)
    return _check(folder, order.sources[0].path, options, choices, former=_read_rows(folder))


def _check(
    folder: Path,
    path: Path,
    options: Options,
    choices: Choices,
    *,
    progress: Progress | None = None,
    former: Mapping[str, CheckedRow] | None = None,
) -> JobOutcome:
    opened = open_intake(make_intake_key(path, options))
    if not opened.split.enterprises:
        raise SourceError(*drop_repeats(opened.split.common), report_empty(path))
    if progress is not None:
        progress.begin(len(opened.split.enterprises))
    rows: list[CheckedRow] = []
    for row in check_rows(opened, options, choices.by_hand, former):
        rows.append(row)
        if progress is not None:
            progress.advance(row.name)
    replace_file(folder / _ROWS, dump_rows(rows).encode())
    documents = [item.title for item in opened.loaded.profile.documents if item.id in choices.only]
    profile = opened.loaded.profile.standard
    data = {
        "step": "checked",
        "standard": f"{profile.number} {profile.title}",
        "documents": documents,
        "is_own": options.mapping is None,
        **describe_rows(rows, choices.by_hand),
    }
    faults = gather(opened.split.common, rows)
    return JobOutcome(data | faults.describe(TableCells(opened), options.mapping), faults.diagnostics)


def _read_rows(folder: Path) -> dict[str, CheckedRow]:
    try:
        return parse_rows((folder / _ROWS).read_text("utf-8"))
    except FileNotFoundError:
        return {}


def _suggest_documents(book: SourceBook, loaded: LoadedProfile) -> list[str]:
    """The documents whose own sheets a workbook has: those that it was made for."""
    sheets = [sheet for sheet in build_layout(loaded).sheets if sheet.name in book.by_name and sheet.is_table]
    named = {column.document for sheet in sheets for column in sheet.columns}
    named |= {sheet.anchor.document for sheet in sheets}
    suggested = [document.id for document in loaded.profile.documents if document.id in named]
    return suggested if len(suggested) < len(loaded.profile.documents) else []
