"""A workbook in a batch: each enterprise's rows are a record of their own, and the faulty ones go back to the clerk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from docgen.batch.fingerprint import digest_data
from docgen.batch.jobs import Job, make_key
from docgen.batch.result import drop_repeats, dump_diagnostics
from docgen.diagnostics import Diagnostic, Location, error
from docgen.messages import Catalogue
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import open_source
from docgen.profile.load import LoadedProfile, forget_profiles
from docgen.resources import Resources
from docgen.sources.intake.reading.owners import find_row_owners, find_table
from docgen.sources.intake.reading.split import EnterpriseState, IntakeSplit, Selector, split_enterprises
from docgen.sources.intake.returning.return_copy import return_faulty
from docgen.sources.intake.workbook.grid import SourceBook
from docgen.sources.record_file import RawSource


@dataclass(frozen=True, slots=True)
class OpenedIntake:
    """A workbook that was read: its data, its profile, and which of its enterprises reading found fault with."""

    source: RawSource
    loaded: LoadedProfile
    split: IntakeSplit
    states: dict[str, EnterpriseState]
    selector: Selector

    @property
    def book(self) -> SourceBook:
        """The workbook itself, as it was read."""
        return find_table(self.source.tree).places.book


@dataclass(frozen=True, slots=True)
class IntakeKey:
    """A workbook as it is now, and how it is read: what a process reads once, however many of its rows it works on."""

    path: Path
    stamp: tuple[int, int]
    resources: Resources
    profile_id: str | None
    mapping: Path | None


def make_intake_key(path: Path, options: Options) -> IntakeKey:
    """The key of a workbook as it lies there now."""
    try:
        found = path.stat()
        stamp = (found.st_size, found.st_mtime_ns)
    except OSError:
        stamp = (0, 0)  # opening it says what is wrong
    return IntakeKey(path, stamp, options.resources, options.profile_id, options.mapping)


@lru_cache(maxsize=2)
def open_intake(key: IntakeKey) -> OpenedIntake:
    """The workbook, read once per process; SourceError and ProfileError as reading raises them."""
    options = Options(key.resources, key.profile_id, mapping=key.mapping)
    source, loaded = open_source(key.path, options)
    split = split_enterprises(source, loaded, source.diagnostics)
    return OpenedIntake(source, loaded, split, {item.key: item for item in split.enterprises}, Selector(source, loaded))


def forget_intakes() -> None:
    """Read every workbook and profile anew when it is asked for next: a profile may have changed."""
    open_intake.cache_clear()
    forget_profiles()


def list_rows(opened: OpenedIntake, argument: Path, out: Path) -> Iterator[Job]:
    """A job for each enterprise, in the order of the rows.

    It is known by the project's number and its own key, so that it is the same one in the copy that the clerk gives
    back. Its digest is that of its own rows and of what reading found in them: another row that changes doesn't touch
    it. That of where they stand is beside it.
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
    """By enterprise, the digest of everything by which a place in its data is found in the workbook."""
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
    """What the enterprises of a workbook belong to: the project's number, without one the workbook itself."""
    return _read_project(opened.source.data) or make_key(argument, out)


def make_row_key(owner: str, row: str) -> str:
    """The key of the job that an enterprise is."""
    return f"{owner}#{row}"


def select_row(opened: OpenedIntake, row: str, doubts: tuple[Diagnostic, ...]) -> RawSource:
    """The record of one enterprise, with what reading found in its rows and what is doubted of them."""
    selected = opened.selector.select((row,))
    return replace(selected, diagnostics=opened.states[row].diagnostics, doubts=doubts)


def return_rows(
    opened: OpenedIntake, rows: Iterable[str], diagnostics: Iterable[Diagnostic], words: Catalogue
) -> bytes:
    """The workbook with these rows alone, everything that was found in them marked."""
    found = (*opened.split.common, *diagnostics)
    return return_faulty(opened.source, opened.loaded, tuple(rows), drop_repeats(found), words)


def report_empty(path: Path) -> Diagnostic:
    """B115: a workbook without enterprises."""
    return error("B115", Location("xlsx", file=str(path)), path=str(path))


def _read_project(data: Any) -> str:
    project = data.get("project") if isinstance(data, dict) else None
    number = project.get("number") if isinstance(project, dict) else None
    return number if isinstance(number, str) else ""
