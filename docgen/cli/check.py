"""``docgen check``: load, validate, derive, plan, check; writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import path_type, profile_option
from docgen.cli.record_lines import describe_summary, spell_summary
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.diagnostics import Diagnostic
from docgen.errors import EXIT_OK, DocgenError


@click.command("check", cls=LocalizedCommand)
@click.argument("records", metavar="RECORD", nargs=-1, required=True, type=path_type)
@profile_option
@click.pass_obj
def check(session: Session, records: tuple[Path, ...], profile_id: str | None) -> int:
    """Check every record; one that can't be read doesn't keep the others from it."""
    from docgen.pipeline import Options, check_record

    found: list[Diagnostic] = []
    lines: list[str] = []
    described: list[dict[str, Any]] = []
    worst = EXIT_OK
    for path in records:
        summary = None
        try:
            outcome = check_record(path, Options(session.enter_folder(path.parent), profile_id))
        except DocgenError as fault:
            found += fault.diagnostics
            worst = max(worst, fault.exit_code)
        else:
            found += outcome.diagnostics
            summary = outcome.summary
        if summary is not None:
            lines += [*([""] if lines else []), *spell_summary(session, path, summary)]
        described.append(describe_summary(path, summary))
    if not found:
        lines.append(session.text("record.sound"))
    return finish(session, Report(tuple(found), lines=tuple(lines), data={"records": described}, exit_code=worst))
