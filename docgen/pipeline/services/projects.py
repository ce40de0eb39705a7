"""Starting a project: a commented record with its schema, or a workbook to fill in, and a folder for evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from docgen.diagnostics import Location, error
from docgen.errors import OutputError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.profile.draft import draft_record
from docgen.profile.load import LoadedProfile, find_profile
from docgen.profile.schema import dump_schema
from docgen.resources import Resources

RECORD_FILE = "record.yaml"
SCHEMA_FILE = "record.schema.json"


@dataclass(frozen=True, slots=True)
class StartedProject:
    """The files that were written, the one to be filled in first, and the folder for evidence."""

    files: tuple[Path, ...]
    evidence: Path


def start_project(folder: Path, profile_id: str, resources: Resources, *, workbook: bool = False) -> StartedProject:
    """Write the record or the workbook of a profile, never over another one.

    Raises ProfileError for a profile that isn't there or isn't sound, OutputError X117 for a file that stands there,
    X118 when one can't be written.
    """
    loaded = find_profile(resources, profile_id)
    text = catalogue(DOCUMENT_LANGUAGE).text  # the record's own words are Chinese; so is the folder it refers to
    if workbook:
        contents = {folder / text("workbook.file"): _draft_workbook(loaded)}
    else:
        record, schema = draft_record(loaded, SCHEMA_FILE), dump_schema(loaded)
        contents = {folder / RECORD_FILE: record.encode(), folder / SCHEMA_FILE: schema.encode()}
    evidence = folder / text("cli.new.evidence")
    _write_new(contents, evidence)
    return StartedProject(tuple(contents), evidence)


def _draft_workbook(loaded: LoadedProfile) -> bytes:
    from docgen.sources.intake.workbook.sheets import build_layout
    from docgen.sources.intake.workbook.write import write_workbook

    return write_workbook(build_layout(loaded))


def _write_new(contents: Mapping[Path, bytes], evidence: Path) -> None:
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
