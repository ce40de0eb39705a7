"""``docgen summarize``: many packages in one workbook."""

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
    """Sum up what the packages tell of themselves."""
    from docgen.batch.summarize import summarize_packages

    outcome = summarize_packages(
        packages,
        out,
        session.find_resources(),
        jobs=jobs,
        force=force,
        progress=session.console.show_progress,
    )
    sums = outcome.overview
    counts = {
        "packages": sums.packages,
        "counted": sums.counted,
        "unread": sums.unread,
        "enterprises": sums.all.enterprises,
        "trainings": sums.work.trainings or 0,
        "persons": sums.work.persons or 0,
    }
    days, benefit = sums.work.person_days, sums.work.benefit
    unknown = session.words.text("summary.unknown")
    told = {
        name: unknown if value is None else format_number(value)
        for name, value in (("days", days), ("benefit", benefit))
    }
    line = session.text("summarize.counts", **counts, **told)
    known = {"person_days": days, "benefit": benefit}
    data = {"summary": {**counts, **{name: str(value) if value is not None else None for name, value in known.items()}}}
    written = WrittenFile(out, session.words.text("summary.title"))
    return finish(session, Report(outcome.diagnostics, (written,), (line,), data))
