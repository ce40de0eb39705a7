"""Checks the enterprises of a workbook as a batch would, and makes nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from docgen.batch.ledger.fingerprint import digest_data
from docgen.batch.ledger.result import describe_diagnostics, dump_diagnostics, load_diagnostics
from docgen.batch.records.doubts import find_workbook_doubts
from docgen.batch.records.intake import OpenedIntake, list_rows, select_row
from docgen.diagnostics import Diagnostic, has_errors
from docgen.pipeline.stages.documents import downgrade_gaps
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record

_PLAIN = ("key", "name", "is_ready", "fits_pen", "digest")


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """An enterprise and what was found in its rows; ``digest`` is that of everything on which this depends.

    ``is_ready``: its documents can be made. ``fits_pen``: they could, if what lacks were left free for the pen.
    """

    key: str
    name: str
    diagnostics: tuple[Diagnostic, ...]
    is_ready: bool
    fits_pen: bool
    digest: str


def dump_rows(rows: Iterable[CheckedRow]) -> str:
    """Rows as text, for another process to know."""
    return json.dumps(
        [
            {
                **{name: getattr(row, name) for name in _PLAIN},
                "found": describe_diagnostics(row.diagnostics),
                "places": [item.location.place for item in row.diagnostics],
            }
            for row in rows
        ]
    )


def parse_rows(text: str) -> dict[str, CheckedRow]:
    """The rows in a text, by key."""
    return {data["key"]: _load_row(data) for data in json.loads(text)}


def _load_row(data: Mapping[str, Any]) -> CheckedRow:
    diagnostics = tuple(
        item if place is None else item.at(replace(item.location, place=tuple(place)))
        for item, place in zip(load_diagnostics(data["found"]), data["places"], strict=True)
    )
    return CheckedRow(diagnostics=diagnostics, **{name: data[name] for name in _PLAIN})


def check_rows(
    opened: OpenedIntake,
    options: Options,
    by_hand: Collection[str] = (),
    former: Mapping[str, CheckedRow] | None = None,
) -> Iterator[CheckedRow]:
    """Every enterprise of a workbook, one when it is asked for, judged as a batch would judge it.

    Of those in ``by_hand`` what lacks is left free for the pen. A row in ``former``, by its key, isn't checked again
    while nothing on which it depends has changed.
    """
    path = opened.source.path
    doubted = find_workbook_doubts(opened).rows
    for job in list_rows(opened, path, path.parent):
        doubts, is_by_hand = doubted.get(job.row, ()), job.row in by_hand
        digest = digest_data([job.content, job.place, dump_diagnostics(doubts), is_by_hand])
        row = former.get(job.row) if former is not None else None
        if row is not None and row.digest == digest and row.name == job.label:
            yield row
            continue
        prepared = prepare_record(select_row(opened, job.row, doubts), replace(options, label=job.label))
        if not isinstance(prepared, PreparedRecord):
            yield CheckedRow(job.row, job.label, prepared, False, False, digest)
            continue
        filled = downgrade_gaps(prepared.diagnostics)
        diagnostics = tuple(filled if is_by_hand else prepared.diagnostics)
        is_ready = not options.is_faulty(diagnostics)
        yield CheckedRow(job.row, job.label, diagnostics, is_ready, not is_ready and not has_errors(filled), digest)
