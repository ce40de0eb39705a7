"""Read a workbook in a batch: the rows of each enterprise are a record of their own; faulty rows are returned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from docgen.batch.ledger.fingerprint import digest_data
from docgen.batch.ledger.jobs import Job, make_key
from docgen.batch.ledger.result import drop_repeats, dump_diagnostics
from docgen.diagnostics import Diagnostic, Location, error
from docgen.messages import Catalogue
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import open_source
from docgen.profile.load import LoadedProfile, forget_profiles
from docgen.resources import Resources
from docgen.sources.intake.reading.owners import find_row_owners, find_table
from docgen.sources.intake.reading.source import stamp_file
from docgen.sources.intake.reading.split import EnterpriseState, IntakeSplit, Selector, split_enterprises
from docgen.sources.intake.returning.return_copy import return_faulty
from docgen.sources.intake.workbook.grid import SourceBook
from docgen.sources.record_file import RawSource


@dataclass(frozen=True, slots=True)
class OpenedIntake:
    """A workbook that was read: its data, its profile, and its enterprises with their diagnostics (``states``)."""

    source: RawSource
    loaded: LoadedProfile
    split: IntakeSplit
    states: dict[str, EnterpriseState]
    selector: Selector

    @property
    def book(self) -> SourceBook:
        """The workbook itself."""
        return find_table(self.source.tree).places.book


@dataclass(frozen=True, slots=True)
class IntakeKey:
    """The cache key of a workbook: its present state and how it is read; a process reads it once for all its rows."""

    path: Path
    stamp: tuple[int, int]
    resources: Resources
    profile_id: str | None
    mapping: Path | None


def make_intake_key(path: Path, options: Options) -> IntakeKey:
    """Make the cache key of a workbook in its present state."""
    return IntakeKey(path, stamp_file(path), options.resources, options.profile_id, options.mapping)


@lru_cache(maxsize=2)
def open_intake(key: IntakeKey) -> OpenedIntake:
    """Read a workbook, once per process; raises SourceError and ProfileError."""
    options = Options(key.resources, key.profile_id, mapping=key.mapping)
    source, loaded = open_source(key.path, options)
    split = split_enterprises(source, loaded, source.diagnostics)
    return OpenedIntake(source, loaded, split, {item.key: item for item in split.enterprises}, Selector(source, loaded))


def forget_intakes() -> None:
    """Clear the caches of workbooks and profiles, since a profile may have changed."""
    open_intake.cache_clear()
    forget_profiles()


def list_rows(opened: OpenedIntake, argument: Path, out: Path) -> Iterator[Job]:
    """A job for each enterprise, in the order of the rows.

    Its key is made of the project's number and its own key, so that it is the same in the copy that the clerk gives
    back. ``content`` is the digest of its own rows and their diagnostics, so that a change in other rows leaves it
    alone; ``place`` is the digest of their positions.
    """
    owner = find_owner(opened, argument, out)
    places = _digest_places(opened)
    for state in opened.split.enterprises:
        data = opened.selector.select((state.key,)).data
        digest = digest_data([data, dump_diagnostics(state.diagnostics)])
        key = make_row_key(owner, state.key)
        content, place = digest, places[state.key]
        yield Job(key, argument, argument.parent, state.key, state.name, content, place)


def _digest_places(opened: OpenedIntake) -> dict[str, str]:
    """By enterprise, the digest of all positions of its data in the workbook."""
    table = find_table(opened.source.tree)
    owners = find_row_owners(table, opened.loaded)
    sheets = [sheet for rows in table.places.rows.values() for sheet, _ in rows]
    sheets += [sheet for sheet, _ in table.places.cells.values()]
    columns = {sheet.grid.name: {at: column.path for at, column in sheet.places.items()} for sheet in sheets}
    own: dict[str, list[tuple[str, int]]] = {state.key: [] for state in opened.split.enterprises}
    shared: list[tuple[str, int]] = [(sheet.grid.name, row) for sheet, row in table.places.cells.values()]
    for rows in table.places.rows.values():
        for sheet, row in rows:
            place = (sheet.grid.name, row)
            if place not in owners:
                shared.append(place)
            for key in owners.get(place, frozenset()) & own.keys():
                own[key].append(place)
    common = digest_data([table.places.book.file, columns, shared])
    return {key: digest_data([common, places]) for key, places in own.items()}


def find_owner(opened: OpenedIntake, argument: Path, out: Path) -> str:
    """The owner of a workbook's enterprises: the project's number, without one the workbook itself."""
    return _read_project(opened.source.data) or make_key(argument, out)


def make_row_key(owner: str, row: str) -> str:
    """Make the job key of an enterprise."""
    return f"{owner}#{row}"


def select_row(opened: OpenedIntake, row: str, doubts: tuple[Diagnostic, ...]) -> RawSource:
    """Select the record of one enterprise, with the diagnostics and doubts about its rows."""
    selected = opened.selector.select((row,))
    return replace(selected, diagnostics=opened.states[row].diagnostics, doubts=doubts)


def return_rows(
    opened: OpenedIntake, rows: Iterable[str], diagnostics: Iterable[Diagnostic], words: Catalogue
) -> bytes:
    """Make the workbook with these rows alone, every diagnostic marked in it."""
    all_diagnostics = (*opened.split.common, *diagnostics)
    return return_faulty(opened.source, opened.loaded, tuple(rows), drop_repeats(all_diagnostics), words)


def report_empty(path: Path) -> Diagnostic:
    """B115: a workbook without enterprises."""
    return error("B115", Location("xlsx", file=str(path)), path=str(path))


def _read_project(data: Any) -> str:
    project = data.get("project") if isinstance(data, dict) else None
    number = project.get("number") if isinstance(project, dict) else None
    return number if isinstance(number, str) else ""
