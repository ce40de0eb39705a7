"""``docgen map``: suggests a mapping from a foreign table to the intake workbook."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.completion import complete_profiles
from docgen.cli.localized import LocalizedCommand, LocalizedGroup
from docgen.cli.options import path_type
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.messages.answer import WrittenFile
from docgen.messages.shell import format_command, format_typed_path


@click.group("map", cls=LocalizedGroup)
def map() -> None:
    """Its help is in the catalogue."""


@map.command("suggest", cls=LocalizedCommand, help_key="map.suggest")
@click.argument("file", metavar="FILE", type=path_type)
@click.option("--profile", "profile_id", metavar="ID", shell_complete=complete_profiles)
@click.option("-o", "--out", metavar="MAPPING.yaml", type=path_type)
@click.option("--force", is_flag=True)
@click.pass_obj
def suggest(session: Session, *, file: Path, profile_id: str | None, out: Path | None, force: bool) -> int:
    """Suggest a mapping; write it to ``--out``, else to stdout."""
    from docgen.archive.writing.target import write_target
    from docgen.pipeline.services.intake import suggest_table_mapping

    suggested = suggest_table_mapping(file, session.enter_folder(file.parent), profile_id)
    text, diagnostics = suggested.text, suggested.diagnostics
    data = {"file": str(file), "mapping": text}
    if text is None:
        return finish(session, Report(diagnostics, data=data))
    if out is None:
        return finish(session, Report(diagnostics, lines=(text.rstrip("\n"),), data=data))
    write_target(text.encode(), out, force=force)
    command = format_command("docgen", "check", format_typed_path(file), "--mapping", format_typed_path(out))
    hints = (session.text("map.review", path=format_typed_path(out)), session.text("next", command=command))
    return finish(session, Report(diagnostics, outputs=(WrittenFile(out, out.name),), data=data, hints=hints))
