"""``docgen build``: the documents of a record and its package."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.layout import spell_command
from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import mapping_option, only_option, path_type, profile_option
from docgen.cli.report import Report, finish, show_path
from docgen.cli.session import Session
from docgen.cli.views.packing_bar import PackingBar
from docgen.cli.views.record_lines import describe_summary, spell_summary


@click.command("build", cls=LocalizedCommand)
@click.argument("record", metavar="RECORD", type=path_type)
@click.option("-o", "--out", metavar="OUT", required=True, type=path_type)
@profile_option
@mapping_option
@only_option
@click.option("--draft", is_flag=True)
@click.option("--blank", is_flag=True)
@click.option("--no-package", is_flag=True)
@click.option("--pdf", is_flag=True)
@click.option("--guard", is_flag=True)
@click.option("--without-record", is_flag=True)
@click.option("--redact", is_flag=True)
@click.option("--supplement", metavar="PACKAGE.zip", multiple=True, type=path_type)
@click.option("--force", is_flag=True)
@click.option("--watch", is_flag=True)
@click.pass_obj
def build(
    session: Session,
    *,
    record: Path,
    out: Path,
    profile_id: str | None,
    mapping: Path | None,
    only: tuple[str, ...],
    draft: bool,
    blank: bool,
    no_package: bool,
    pdf: bool,
    guard: bool,
    without_record: bool,
    redact: bool,
    supplement: tuple[Path, ...],
    force: bool,
    watch: bool,
) -> int:
    """Build one record; ends with what was written and what to try next."""
    from docgen.pipeline import Options, build_record

    options = Options(
        resources=session.enter_folder(record.parent),
        profile_id=profile_id,
        mapping=mapping,
        draft=draft,
        strict=session.strict,
        blank=blank,
        only=only,
        package=not no_package,
        pdf=pdf,
        guard=guard,
        with_record=not without_record,
        redact=redact,
        supplement=supplement,
        force=force,
    )
    if watch:
        from docgen.cli.views.watching import watch_build

        return watch_build(session, record, out, options)
    outcome = build_record(record, out, options, session.console.show_progress, watch=PackingBar(session))
    summary = outcome.summary
    return finish(
        session,
        Report(
            outcome.diagnostics,
            outputs=outcome.outputs,
            lines=spell_summary(session, record, summary) if summary is not None else (),
            data={"record": describe_summary(record, summary)},
            hints=_advise(session, record, [item.path for item in outcome.outputs if item.kind == "package"], outcome),
        ),
    )


def _advise(session: Session, record: Path, packages: list[Path], outcome: object) -> tuple[str, ...]:
    """What to do next: verify the package, or mend the record."""
    from docgen.pipeline import Outcome

    assert isinstance(outcome, Outcome)
    if packages:
        command = spell_command("docgen", "verify", *(show_path(path) for path in packages))
        return (session.text("next", command=command),)
    if not outcome.outputs:
        return (
            session.text("build.nothing"),
            session.text("next", command=spell_command("docgen", "check", show_path(record))),
        )
    return ()
