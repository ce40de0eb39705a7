"""``docgen new``: a commented record with its schema, or a workbook to fill in, and a folder for evidence."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.completion import complete_profiles
from docgen.cli.layout import spell_command
from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import folder_type
from docgen.cli.report import Report, WrittenFile, finish, show_path
from docgen.cli.session import Session
from docgen.diagnostics import Location, error
from docgen.errors import OutputError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue

RECORD_FILE = "record.yaml"
SCHEMA_FILE = "record.schema.json"


@click.command("new", cls=LocalizedCommand)
@click.argument("folder", metavar="DIR", type=folder_type)
@click.option("--profile", "profile_id", metavar="ID", required=True, shell_complete=complete_profiles)
@click.option("--workbook", is_flag=True)
@click.pass_obj
def new(session: Session, folder: Path, profile_id: str, workbook: bool) -> int:
    """Write the record or the workbook, never over another one."""
    from docgen.pipeline import draft_record, draft_workbook, dump_schema
    from docgen.profile.load import find_profile

    loaded = find_profile(session.enter_folder(folder), profile_id)
    if workbook:
        name = catalogue(DOCUMENT_LANGUAGE).text("workbook.file")
        contents = {folder / name: draft_workbook(loaded)}
    else:
        name = RECORD_FILE
        contents = {
            folder / RECORD_FILE: draft_record(loaded, SCHEMA_FILE).encode(),
            folder / SCHEMA_FILE: dump_schema(loaded).encode(),
        }
    # The record's own words are Chinese, whatever the language of the command line; so is the folder it refers to.
    evidence = folder / catalogue(DOCUMENT_LANGUAGE).text("cli.new.evidence")
    write_new(contents, evidence)
    outputs = tuple(WrittenFile(path, path.name) for path in contents)
    record = show_path(folder / name)
    hints = (
        session.text("new.fill" if workbook else "new.edit", record=record, evidence=show_path(evidence)),
        session.text("next", command=spell_command("docgen", "check", record)),
    )
    return finish(session, Report(outputs=outputs, data={"profile": profile_id, "folder": str(folder)}, hints=hints))


def write_new(contents: dict[Path, bytes], evidence: Path) -> None:
    """Write files that aren't there yet; OutputError X117 when one is, X118 when it can't be written."""
    standing = [error("X117", Location(file=str(path)), path=str(path)) for path in contents if path.exists()]
    if standing:
        raise OutputError(*standing)
    written: list[Path] = []
    try:
        evidence.mkdir(parents=True, exist_ok=True)
        for path, content in contents.items():
            with path.open("xb") as file:
                written.append(path)
                file.write(content)
    except OSError as fault:
        for path in written:
            path.unlink(missing_ok=True)
        reason = fault.strerror or str(fault)
        place = Path(str(fault.filename)) if fault.filename else evidence
        raise OutputError(error("X118", Location(file=str(place)), path=str(place), reason=reason)) from None
