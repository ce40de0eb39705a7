"""``docgen summarize``: summarizes many packages in one workbook."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import jobs_option, path_type
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.cli.views.record_lines import format_number
from docgen.messages.answer import WrittenFile


@click.command("summarize", cls=LocalizedCommand)
@click.argument("packages", metavar="PACKAGE|DIR", nargs=-1, required=True, type=path_type)
@click.option("-o", "--out", metavar="X.xlsx", required=True, type=path_type)
@jobs_option
@click.option("--force", is_flag=True)
@click.pass_obj
def summarize(session: Session, packages: tuple[Path, ...], out: Path, jobs: int | None, force: bool) -> int:
    """Add up the figures in the packages' indexes."""
    from docgen.batch.overview import summarize_packages

    outcome = summarize_packages(
        packages,
        out,
        session.find_resources(),
        jobs=jobs,
        force=force,
        progress=session.console.show_progress,
    )
    overview = outcome.overview
    counts = {
        "packages": overview.packages,
        "counted": overview.counted,
        "unread": overview.unread,
        "enterprises": overview.all.enterprises,
        "trainings": overview.work.trainings or 0,
        "persons": overview.work.persons or 0,
    }
    days, benefit = overview.work.person_days, overview.work.benefit
    unknown = session.words.text("summary.unknown")
    figures = {
        name: unknown if value is None else format_number(value)
        for name, value in (("days", days), ("benefit", benefit))
    }
    line = session.text("summarize.counts", **counts, **figures)
    exact = {
        name: str(value) if value is not None else None for name, value in (("person_days", days), ("benefit", benefit))
    }
    data = {"summary": {**counts, **exact}}
    written = WrittenFile(out, session.words.text("summary.title"))
    return finish(session, Report(outcome.diagnostics, (written,), (line,), data))
