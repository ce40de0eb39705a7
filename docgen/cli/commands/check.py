"""``docgen check``: checks records and writes no documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import (
    format_only,
    mapping_option,
    only_option,
    outside_option,
    path_type,
    profile_option,
    until_option,
)
from docgen.cli.report import GapSummary, Report, apply_strictness, finish
from docgen.cli.session import Session, announce_reading
from docgen.cli.usage import UsageFault
from docgen.cli.views.gap_summary import summarize_gaps
from docgen.cli.views.record_lines import format_summary
from docgen.diagnostics import Diagnostic, error
from docgen.errors import EXIT_OK
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.messages.answer import WrittenFile
from docgen.messages.shell import format_command, format_typed_path

_LARGE = 50_000
"""Reading a workbook of so many bytes takes long enough to announce it."""


@click.command("check", cls=LocalizedCommand)
@click.argument("records", metavar="RECORD", nargs=-1, required=True, type=path_type)
@profile_option
@mapping_option
@only_option
@until_option
@outside_option
@click.option("--all", "every", is_flag=True)
@click.option("--return", "returned", metavar="FILE", type=path_type)
@click.option("--force", is_flag=True)
@click.pass_obj
def check(
    session: Session,
    *,
    records: tuple[Path, ...],
    profile_id: str | None,
    mapping: Path | None,
    only: tuple[str, ...],
    until: str,
    every: bool,
    returned: Path | None,
    force: bool,
) -> int:
    """Check every record; one that can't be read doesn't stop the others."""
    if any(path.suffix.lower() == ".xlsx" and path.is_file() and path.stat().st_size > _LARGE for path in records):
        announce_reading(session, records)
    from docgen.pipeline import Options, Outcome, check_record
    from docgen.pipeline.services.attempts import attempt_each
    from docgen.pipeline.services.checking import describe_summary, place_in_record

    if returned is not None:
        refuse_return(records, returned)
    diagnostics: list[Diagnostic] = []
    lines: list[str] = []
    described: list[dict[str, Any]] = []
    gap_summaries: list[GapSummary] = []
    checked = attempt_each(
        records,
        lambda path: check_record(
            path, Options(session.enter_folder(path.parent), profile_id, only=only, until=until, mapping=mapping)
        ),
    )
    worst = checked.exit_code
    for path, outcome in checked.each:
        placed = place_in_record(outcome.diagnostics, path)
        diagnostics += placed
        summary = outcome.summary if isinstance(outcome, Outcome) else None
        gaps = summarize_gaps(session, path, summary, apply_strictness(session, placed)) if not every else None
        gap_summaries += [gaps] if gaps is not None else []
        if summary is not None:
            lines += [*([""] if lines else []), *format_summary(session, path, summary)]
        described.append(describe_summary(path, summary))
    if not diagnostics:
        lines.append(session.text("record.sound"))
    outputs: tuple[WrittenFile, ...] = ()
    if returned is not None and worst == EXIT_OK:
        from docgen.pipeline.services.intake import write_returned

        write_returned(records[0], apply_strictness(session, diagnostics), session.words, returned, force=force)
        outputs = (WrittenFile(returned, returned.name, label="output.returned"),)
    hints: tuple[str, ...] = ()
    if returned is None and worst == EXIT_OK:
        hints = _suggest_return(session, records, diagnostics, only, mapping)
    data = {"records": described}
    report = Report(tuple(diagnostics), outputs, tuple(lines), data, hints, worst, gap_summaries=tuple(gap_summaries))
    return finish(session, report)


def _suggest_return(
    session: Session,
    records: tuple[Path, ...],
    diagnostics: list[Diagnostic],
    only: tuple[str, ...],
    mapping: Path | None,
) -> tuple[str, ...]:
    """The command that marks the diagnostics in a copy of the workbook, where they are in its cells."""
    from docgen.sources.intake.kinds import is_workbook

    has_cells = any(item.location.cell is not None for item in diagnostics)
    if len(records) != 1 or not is_workbook(records[0]) or not has_cells:
        return ()
    name = records[0].stem + catalogue(DOCUMENT_LANGUAGE).text("batch.returned") + ".xlsx"
    target = format_typed_path(records[0].with_name(name))
    read_with = ("--mapping", format_typed_path(mapping)) if mapping is not None else ()
    command = format_command(
        "docgen", "check", format_typed_path(records[0]), *read_with, *format_only(only), "--return", target
    )
    return (session.text("check.return", command=command),)


def refuse_return(records: tuple[Path, ...], returned: Path) -> None:
    """Refuse ``--return`` for anything but one workbook (X130), or onto the clerk's own file (X131)."""
    from docgen.sources.intake.kinds import is_workbook

    if len(records) != 1 or not is_workbook(records[0]):
        raise UsageFault(error("X130"))
    if returned.resolve() == records[0].resolve():
        raise UsageFault(error("X131", path=str(returned)))
