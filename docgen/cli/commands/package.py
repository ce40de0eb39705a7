"""``docgen package``: makes a package of documents that people wrote by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli import options as shared
from docgen.cli.localized import LocalizedCommand
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.cli.usage import UsageFault
from docgen.cli.views.package_view import describe_matching, format_counts, format_matching
from docgen.cli.views.record_lines import format_summary
from docgen.diagnostics import error
from docgen.messages.shell import format_command, format_typed_path

if TYPE_CHECKING:
    from docgen.pipeline import Options


@click.command("package", cls=LocalizedCommand)
@click.argument("record", metavar="RECORD", type=shared.path_type)
@click.option("--from", "folder", metavar="DIR", required=True, type=shared.folder_type)
@click.option("-o", "--out", metavar="OUT", type=shared.path_type)
@shared.profile_option
@click.option("--list", "listing", is_flag=True)
@shared.draft_option
@shared.pdf_option
@shared.bind_option
@shared.sm3_option
@shared.guard_option
@shared.without_record_option
@shared.outside_option
@shared.force_option
@shared.take_options
def package(session: Session, *, record: Path, folder: Path, out: Path | None, options: Options, listing: bool) -> int:
    """Package one record with the documents of a folder, or list how they are matched."""
    from docgen.pipeline.handwritten import package_record
    from docgen.pipeline.services.checking import describe_summary

    ctx = click.get_current_context()
    if out is None and not listing:
        raise UsageFault(error("X105", name="--out", help=f"{ctx.command_path} --help"), ctx)
    options = replace(options, resources=session.enter_folder(record.parent))
    outcome = package_record(record, folder, None if listing else out, options, session.console.show_progress)
    lines: list[str] = []
    if outcome.summary is not None:
        lines += format_summary(session, record, outcome.summary)
        lines += ["", *format_matching(session, outcome)] if listing else [format_counts(session, outcome)]
    packages = [item.path for item in outcome.outputs]
    hints: tuple[str, ...] = ()
    if packages:
        command = format_command("docgen", "verify", *(format_typed_path(path) for path in packages))
        hints = (session.text("next", command=command),)
    elif not listing:
        command = format_command(
            "docgen", "package", format_typed_path(record), "--from", format_typed_path(folder), "--list"
        )
        hints = (session.text("build.nothing"), session.text("next", command=command))
    data = {"record": describe_summary(record, outcome.summary), "matching": describe_matching(outcome)}
    report = Report(outcome.diagnostics, outputs=outcome.outputs, lines=tuple(lines), data=data, hints=hints)
    return finish(session, report)
