"""``docgen new``: starts a project with a commented record or a workbook to fill in, and a folder for evidence."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.completion import complete_profiles
from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import folder_type, format_only, only_option
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.cli.usage import UsageFault
from docgen.diagnostics import error
from docgen.messages.answer import WrittenFile
from docgen.messages.shell import format_command, format_typed_path


@click.command("new", cls=LocalizedCommand)
@click.argument("folder", metavar="DIR", type=folder_type)
@click.option("--profile", "profile_id", metavar="ID", required=True, shell_complete=complete_profiles)
@click.option("--workbook", is_flag=True)
@only_option
@click.pass_obj
def new(session: Session, *, folder: Path, profile_id: str, workbook: bool, only: tuple[str, ...]) -> int:
    """Write the record or the workbook, never over another one."""
    from docgen.pipeline.services.projects import start_project

    if only and not workbook:
        raise UsageFault(error("X132"))
    started = start_project(folder, profile_id, session.enter_folder(folder), workbook=workbook, only=only)
    outputs = tuple(WrittenFile(path, path.name) for path in started.files)
    record = format_typed_path(started.files[0])
    hints = (
        session.text(
            "new.fill" if workbook else "new.edit", record=record, evidence=format_typed_path(started.evidence)
        ),
        session.text("next", command=format_command("docgen", "check", record, *format_only(only))),
    )
    return finish(session, Report(outputs=outputs, data={"profile": profile_id, "folder": str(folder)}, hints=hints))
