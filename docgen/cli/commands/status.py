"""``docgen status``: shows the progress of projects step by step, and what to do next."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli import options as shared
from docgen.cli.localized import LocalizedCommand
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.cli.views.status_view import format_project, format_projects
from docgen.diagnostics import Diagnostic, has_errors
from docgen.messages.answer import WrittenFile


@click.command("status", cls=LocalizedCommand)
@click.argument("records", metavar="RECORD|DIR", nargs=-1, required=True, type=shared.path_type)
@shared.profile_option
@shared.mapping_option
@click.option("-o", "--out", metavar="PAGE.html", type=shared.path_type)
@shared.force_option
@click.option("--numbers", is_flag=True)
@click.pass_obj
def status(
    session: Session,
    *,
    records: tuple[Path, ...],
    profile_id: str | None,
    mapping: Path | None,
    out: Path | None,
    force: bool,
    numbers: bool,
) -> int:
    """Show one project step by step, many as a row each."""
    from docgen.batch.records.folders import list_records
    from docgen.pipeline import Options
    from docgen.pipeline.services.attempts import attempt_each
    from docgen.pipeline.services.progress import ProjectProgress, measure_progress
    from docgen.pipeline.services.progress_description import describe_project

    refused: list[Diagnostic] = []
    paths = list_records(records, refused)
    if numbers:
        return _show_numbers(session, paths, refused, profile_id, mapping)
    attempts = attempt_each(
        paths,
        lambda path: measure_progress(path, Options(session.enter_folder(path.parent), profile_id, mapping=mapping)),
        session.console.show_progress if len(paths) > 1 else None,
    )
    projects = [result for _, result in attempts.each if isinstance(result, ProjectProgress)]
    unread = [path for path, result in attempts.each if not isinstance(result, ProjectProgress)]
    if len(paths) == 1:
        lines = format_project(session, projects[0]) if projects else []
    else:
        lines = format_projects(session, projects, unread)
    outputs: tuple[WrittenFile, ...] = ()
    if out is not None and projects:
        from docgen.cli.views.status_page import write_page

        write_page(session, projects, unread, out, force=force)
        outputs = (WrittenFile(out, session.text("status.title")),)
    data = {
        "projects": [describe_project(session.words, project) for project in projects],
        "unusable": [str(path) for path in unread],
    }
    diagnostics = (*refused, *attempts.diagnostics)
    return finish(session, Report(diagnostics, outputs, tuple(lines), data, exit_code=attempts.exit_code))


def _show_numbers(
    session: Session, paths: list[Path], refused: list[Diagnostic], profile_id: str | None, mapping: Path | None
) -> int:
    """Show the numbers that each record should keep, and their places."""
    from docgen.cli.views.numbers_view import describe_numbers, format_numbers
    from docgen.pipeline import Options
    from docgen.pipeline.services.attempts import attempt_each
    from docgen.pipeline.services.numbers import Numbers, find_numbers

    attempts = attempt_each(
        paths,
        lambda path: find_numbers(path, Options(session.enter_folder(path.parent), profile_id, mapping=mapping)),
        session.console.show_progress if len(paths) > 1 else None,
    )
    results = [result for _, result in attempts.each if isinstance(result, Numbers)]
    sound = [numbers for numbers in results if numbers.last or not has_errors(numbers.diagnostics)]
    lines = [line for numbers in sound for line in (*format_numbers(session, numbers), "")][:-1]
    data = {"numbers": [describe_numbers(numbers) for numbers in sound]}
    diagnostics = (*refused, *attempts.diagnostics)
    return finish(session, Report(diagnostics, (), tuple(lines), data, exit_code=attempts.exit_code))
