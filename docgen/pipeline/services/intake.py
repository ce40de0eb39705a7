"""Write the marked copy of a clerk's workbook, and suggest a first mapping for a foreign table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.archive.writing.target import write_target
from docgen.diagnostics import Diagnostic, Location, Term, error, warning
from docgen.errors import SourceError
from docgen.profile.load import find_profile
from docgen.resources import Resources
from docgen.sources.intake.kinds import is_workbook
from docgen.sources.intake.reading.mapping_text import format_mapping
from docgen.sources.intake.reading.source import find_profile_id, open_workbook
from docgen.sources.intake.reading.suggest import recognise
from docgen.sources.intake.reading.tables import is_secret
from docgen.sources.intake.returning.return_copy import return_workbook
from docgen.sources.intake.workbook.sheets import build_layout

if TYPE_CHECKING:
    from docgen.messages import Catalogue

_SHOWN = 12


def write_returned(
    path: Path, diagnostics: Iterable[Diagnostic], words: Catalogue, target: Path, *, force: bool
) -> None:
    """Write the marked copy of a workbook; OutputError when it can't be written or exists and ``force`` is off."""
    write_target(return_workbook(path, diagnostics, words), target, force=force)


@dataclass(frozen=True, slots=True)
class SuggestedMapping:
    """A first mapping as text (None where nothing was recognised), and the diagnostics of the file."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...] = ()


def suggest_table_mapping(path: Path, resources: Resources, profile_id: str | None) -> SuggestedMapping:
    """Suggest a first mapping for a table; without ``profile_id`` for the only profile, SourceError W106 for several.

    SourceError W157 for a file that is no table, others when it can't be read.
    """
    if not is_workbook(path):
        raise SourceError(error("W157", Location(file=str(path)), path=str(path)))
    book = open_workbook(path)
    profile_ids = sorted({folder.name for folder in resources.profile_folders()})
    chosen = profile_id or find_profile_id(book) or (profile_ids[0] if len(profile_ids) == 1 else None)
    if chosen is None:
        raise SourceError(error("W106", Location(file=str(path)), path=str(path), known="、".join(profile_ids)))
    loaded = find_profile(resources, chosen)
    suggestion = recognise(book, build_layout(loaded))
    make = warning if suggestion.sheets else error
    diagnostics = [make("W161", book.locate(name), sheet=name) for name in suggestion.forms]
    diagnostics += [
        make("W167", book.locate(name), sheet=name, names="、".join(into)) for name, into in suggestion.torn
    ]
    if suggestion.sheets:
        return SuggestedMapping(format_mapping(book, loaded, suggestion), tuple(diagnostics))
    headers = [header for _, names in suggestion.unknown for header in names if not is_secret(header)]
    if headers or not diagnostics:
        shown = "、".join(headers[:_SHOWN]) or Term("workbook.no_headers")
        place = Location(file=str(path))
        diagnostics.append(error("W160", place, path=str(path), headers=shown, standard=loaded.profile.id))
    return SuggestedMapping(None, tuple(diagnostics))
