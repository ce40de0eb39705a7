"""Start a project: write a commented record with its schema, or a workbook to fill in, and a folder for evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from docgen.diagnostics import Location, error
from docgen.errors import OutputError
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.stages.chosen import resolve_documents
from docgen.profile.draft import draft_record
from docgen.profile.load import LoadedProfile, find_profile
from docgen.profile.schema import dump_schema
from docgen.resources import Resources

RECORD_FILE = "record.yaml"
SCHEMA_FILE = "record.schema.json"


@dataclass(frozen=True, slots=True)
class StartedProject:
    """A started project: its files, first the one to fill in, and the folder for evidence."""

    files: tuple[Path, ...]
    evidence: Path


def start_project(
    folder: Path, profile_id: str, resources: Resources, *, workbook: bool = False, only: tuple[str, ...] = ()
) -> StartedProject:
    """Write the record or the workbook of a profile; an existing file is never replaced.

    With ``only`` the workbook has the sheets that these document types need. Raises ProfileError for a profile that
    isn't there or isn't sound or has no such document type, OutputError X117 for a file that exists, X118 when one
    can't be written.
    """
    loaded = find_profile(resources, profile_id)
    only = resolve_documents(only, loaded)
    text = catalogue(DOCUMENT_LANGUAGE).text  # the record's own words are Chinese; so is the folder it refers to
    if workbook:
        contents = {folder / text("workbook.file"): _write_workbook(loaded, resources, only)}
    else:
        record, schema = draft_record(loaded, SCHEMA_FILE), dump_schema(loaded)
        contents = {folder / RECORD_FILE: record.encode(), folder / SCHEMA_FILE: schema.encode()}
    evidence = folder / text("evidence.folder")
    _write_new(contents, evidence)
    return StartedProject(tuple(contents), evidence)


def draft_workbook(profile_id: str, resources: Resources, only: tuple[str, ...] = ()) -> bytes:
    """The intake workbook of a profile, of its documents ``only``. Raises ProfileError as ``start_project`` does."""
    loaded = find_profile(resources, profile_id)
    return _write_workbook(loaded, resources, resolve_documents(only, loaded))


def _write_workbook(loaded: LoadedProfile, resources: Resources, only: tuple[str, ...]) -> bytes:
    from docgen.pipeline.stages.chosen import find_chosen_reads
    from docgen.sources.intake.workbook.sheets import build_layout, reduce_layout
    from docgen.sources.intake.workbook.write import write_workbook

    layout = build_layout(loaded)
    return write_workbook(reduce_layout(layout, find_chosen_reads(loaded, only, resources).holds) if only else layout)


def _write_new(contents: Mapping[Path, bytes], evidence: Path) -> None:
    faults = [error("X117", Location(file=str(path)), path=str(path)) for path in contents if path.exists()]
    if faults:
        raise OutputError(*faults)
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
