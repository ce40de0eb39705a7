"""``docgen build``: the documents of a record and its package."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli import options as shared
from docgen.cli.localized import LocalizedCommand
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.cli.views.gap_summary import summarize_gaps
from docgen.cli.views.packing_bar import PackingBar
from docgen.cli.views.record_lines import format_summary
from docgen.messages.shell import format_command, format_typed_path

if TYPE_CHECKING:
    from docgen.pipeline import Options, Outcome


@click.command("build", cls=LocalizedCommand)
@click.argument("record", metavar="RECORD", type=shared.path_type)
@shared.out_option
@shared.profile_option
@shared.mapping_option
@shared.only_option
@shared.until_option
@shared.draft_option
@click.option("--blank", is_flag=True)
@click.option("--no-package", is_flag=True)
@shared.pdf_option
@shared.bind_option
@shared.sm3_option
@shared.guard_option
@shared.without_record_option
@shared.outside_option
@shared.redact_option
@click.option("--supplement", metavar="PACKAGE.zip", multiple=True, type=shared.path_type)
@shared.force_option
@click.option("--watch", is_flag=True)
@shared.take_options
def build(session: Session, *, record: Path, out: Path, options: Options, watch: bool) -> int:
    """Build one record; report what was written and what to do next."""
    from docgen.pipeline import build_record
    from docgen.pipeline.services.checking import describe_summary

    options = replace(options, resources=session.enter_folder(record.parent))
    if watch:
        from docgen.cli.views.watching import watch_build

        return watch_build(session, record, out, options)
    outcome = build_record(record, out, options, session.console.show_progress, watch=PackingBar(session))
    summary = outcome.summary
    gaps = summarize_gaps(session, record, summary, outcome.diagnostics)
    return finish(
        session,
        Report(
            outcome.diagnostics,
            outputs=outcome.outputs,
            lines=format_summary(session, record, summary) if summary is not None else (),
            data={"record": describe_summary(record, summary)},
            hints=_advise(session, record, options, outcome),
            gap_summaries=(gaps,) if gaps is not None else (),
        ),
    )


def _advise(session: Session, record: Path, options: Options, outcome: Outcome) -> tuple[str, ...]:
    """The next command: to verify the package, or to check the record."""
    packages = [item.path for item in outcome.outputs if item.kind == "package"]
    if packages:
        command = format_command("docgen", "verify", *(format_typed_path(path) for path in packages))
        return (session.text("next", command=command),)
    if not outcome.outputs:
        chosen = (*shared.format_only(options.only), *shared.format_until(options.until))
        command = format_command("docgen", "check", format_typed_path(record), *chosen)
        return (session.text("build.nothing"), session.text("next", command=command))
    return ()
