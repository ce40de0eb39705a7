"""Splits an intake into enterprises without faults and faulty ones, and selects the data of some enterprises.

source = read_intake(book, loaded)
validation = validate_record(loaded, source.data, source.locate, read_prose, failed=source.failed)
split = split_enterprises(source, loaded, (*source.diagnostics, *validation.diagnostics))
keys = [item.key for item in split.enterprises if item.sound]
sound = select_enterprises(source, loaded, keys)     # a RawSource like any other: prepare, build
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from docgen.diagnostics import Diagnostic, Location, Param, Severity
from docgen.profile.load import LoadedProfile
from docgen.sources.intake.reading.assemble import STRAY
from docgen.sources.intake.reading.owners import (
    ENTERPRISES,
    find_row_owners,
    find_scanned,
    find_table,
    list_reference_fields,
)
from docgen.sources.intake.reading.unnamed import name_unnamed
from docgen.sources.intake.workbook.sheets import build_layout
from docgen.sources.record_file import PlacedTree, RawSource
from docgen.trees import RawPath, RawValue, format_path, parse_path

_MERGED = "W123"
"""Merged cells: a fault of every row that they cover."""


@dataclass(frozen=True, slots=True)
class EnterpriseState:
    """An enterprise of the intake, and the diagnostics of its rows."""

    key: str
    name: str
    diagnostics: tuple[Diagnostic, ...] = ()
    sound: bool = True


@dataclass(frozen=True, slots=True)
class IntakeSplit:
    """The enterprises in the order of their rows; ``common`` are diagnostics of the project, headers and the like."""

    enterprises: tuple[EnterpriseState, ...]
    common: tuple[Diagnostic, ...]


def split_enterprises(
    source: RawSource, loaded: LoadedProfile, diagnostics: Iterable[Diagnostic], *, strict: bool = False
) -> IntakeSplit:
    """Split the enterprises of a workbook by the diagnostics of their rows.

    An error makes an enterprise faulty, with ``strict`` a warning, too. A diagnostic of a row about several enterprises
    (a joint training) counts for each of them.
    """
    table = find_table(source.tree)
    owners, unnamed = find_row_owners(table, loaded), name_unnamed(table)
    data: Any = source.data
    by_key: dict[str, list[Diagnostic]] = {enterprise["key"]: [] for enterprise in data.get("enterprises", ())}
    common: list[Diagnostic] = []
    for diagnostic in diagnostics:
        keys = frozenset(key for place in _list_rows(diagnostic) for key in owners.get(place, ()))
        for key in keys & by_key.keys():
            by_key[key].append(diagnostic)
        if not keys & by_key.keys():
            common.append(diagnostic)
    grave = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    states = (
        EnterpriseState(
            enterprise["key"],
            enterprise.get("name") or unnamed.get(enterprise["key"], enterprise["key"]),
            tuple(by_key[enterprise["key"]]),
            not any(item.severity in grave for item in by_key[enterprise["key"]]),
        )
        for enterprise in data.get("enterprises", ())
    )
    return IntakeSplit(tuple(states), tuple(common))


def _list_rows(item: Diagnostic) -> Iterator[tuple[str, int]]:
    """The rows that a diagnostic is about: its own, and those under the same merged cell."""
    at, covered = item.location, item.params.get("rows") if item.code == _MERGED else 1
    first = at.line or 0
    yield from ((at.sheet or "", row) for row in range(first, first + (covered if isinstance(covered, int) else 1)))


def select_enterprises(source: RawSource, loaded: LoadedProfile, keys: Collection[str]) -> RawSource:
    """The record of some enterprises: their rows, common data, and their share of joint events.

    Paths still lead to cells of the user's file; keys stay the same. Diagnostics of the whole file aren't repeated.
    """
    return Selector(source, loaded).select(keys)


class Selector:
    """Selects enterprises of one workbook, repeatedly; it indexes their rows once."""

    def __init__(self, source: RawSource, loaded: LoadedProfile) -> None:
        self._source = source
        self._fields = list_reference_fields(build_layout(loaded))
        self._per = {document.id: document.per for document in loaded.profile.documents}
        data: Any = source.data
        lists: dict[RawPath, list[Any]] = {("enterprises",): [item["key"] for item in data.get("enterprises", ())]}
        for name, entries in data.get("forms", {}).items():
            if self._per.get(name) == ENTERPRISES:
                lists["forms", name] = [entry.get("of") for entry in entries]
        self._rows: _Rows = {}
        for place, keys in lists.items():
            own = self._rows.setdefault(place, {})
            for at, key in enumerate(keys):
                own.setdefault(key, []).append(at)

    def select(self, keys: Collection[str]) -> RawSource:
        """As ``select_enterprises``."""
        source = self._source
        picked = _Selection(frozenset(keys), self._rows, self._fields, self._per)
        data = picked.pick(source.data)
        tree = SelectedTree(source.tree, data, picked.kept)
        # a row without a known owner was reported with the workbook: here it must not excuse missing data
        mine = (path for path in source.failed if path[-1] != STRAY)
        failed = frozenset(moved for path in mine if (moved := picked.move(path)) is not None)
        return RawSource(source.path, tree, (), failed)


@dataclass(frozen=True, slots=True)
class SelectedTree:
    """A part of a tree's data; ``kept`` holds, for each list that lost items, the indexes of the remaining ones."""

    whole: PlacedTree
    data: RawValue
    kept: Mapping[RawPath, tuple[int, ...]]

    def locate(self, path: RawPath, key: bool = False) -> Location:
        """The location of a value in the user's file; for a list without selected rows its sheet."""
        restored = self._restore(path)
        place = self.whole.locate(restored, key)
        if self.kept.get(restored) == ():
            return replace(place, line=None, column=None, cell=None)
        return place

    def name_place(self, path: RawPath) -> Param:
        """A path in words that the file's user knows."""
        return self.whole.name_place(self._restore(path))

    def _restore(self, path: RawPath) -> RawPath:
        restored: list[str | int] = []
        for at, step in enumerate(path):
            kept = self.kept.get(path[:at])
            if kept is not None and isinstance(step, int) and step < len(kept):
                restored.append(kept[step])
            else:
                restored.append(step)
        return tuple(restored)


_Rows = dict[RawPath, dict[str, list[int]]]
"""By list whose rows are each about one enterprise: the indexes of the rows by the enterprise's key."""


class _Selection:
    """Selects the data of some enterprises; ``kept`` as in ``SelectedTree``."""

    def __init__(
        self,
        keys: frozenset[str],
        rows: _Rows,
        fields: Mapping[str, tuple[tuple[str, bool], ...]],
        per: Mapping[str, str],
    ) -> None:
        self.kept: dict[RawPath, tuple[int, ...]] = {}
        self._keys = keys
        self._rows = rows
        self._fields = fields
        self._per = per

    def pick(self, data: Any) -> Any:
        """The selected part of the data: enterprises, the common lists trimmed to them, their forms."""
        picked = dict(data)
        dropped_keys: dict[str, set[str]] = {}
        for name, items in data.items():
            if name == "enterprises":
                picked[name] = self._select_rows((name,), items)
            elif name != "forms" and isinstance(items, list):
                trimmed = [self._trim(name, item) for item in items]
                dropped_keys[name] = {
                    item["key"] for item, part in zip(items, trimmed, strict=True) if part is None and "key" in item
                }
                kept = self._keep((name,), trimmed, [item is not None for item in trimmed])
                picked[name] = kept
        for item in picked.get("evidence", ()):
            # the activity or training of a piece of evidence may not be selected
            for name, target in (("activity", "activities"), ("training", "trainings")):
                if item.get(name) in dropped_keys.get(target, ()):
                    del item[name]
            whose = find_scanned(item, self._per)
            if whose is not None and whose[1] in dropped_keys.get(whose[0].removesuffix("[]"), ()):
                del item["document"]
        if "forms" in data:
            forms = {name: self._pick_form(name, entries, dropped_keys) for name, entries in data["forms"].items()}
            picked["forms"] = {document: entries for document, entries in forms.items() if entries}
        self._pick_confirmed(picked)
        return picked

    def _pick_confirmed(self, picked: dict[str, Any]) -> None:
        """Keep the confirmations of values in the part, with the values' new paths."""
        whole = picked.get("confirmed", ())
        moved = [self.move(parse_path(item["path"])) for item in whole]
        if whole:
            kept = self._keep(("confirmed",), whole, [path is not None for path in moved])
            paths = [format_path(path) for path in moved if path is not None]
            picked["confirmed"] = [{**item, "path": path} for item, path in zip(kept, paths, strict=True)]

    def move(self, path: RawPath) -> RawPath | None:
        """The path in the part of a path in the whole data; None if the part lacks it."""
        moved: list[str | int] = []
        for step in path:
            kept = self.kept.get(tuple(moved))
            if kept is None or not isinstance(step, int):
                moved.append(step)
            elif step in kept:
                moved.append(kept.index(step))
            else:
                return None
        return tuple(moved)

    def _select_rows(self, place: RawPath, items: list[Any]) -> list[Any]:
        """The selected enterprises' rows of a list whose rows are each about one enterprise."""
        rows = self._rows[place]
        wanted = tuple(sorted(at for key in self._keys for at in rows.get(key, ())))
        if len(wanted) < len(items):
            self.kept[place] = wanted
        return [items[at] for at in wanted]

    def _keep(self, place: RawPath, items: list[Any], wanted: list[bool]) -> list[Any]:
        if not all(wanted):
            self.kept[place] = tuple(at for at, keep in enumerate(wanted) if keep)
        return [item for item, keep in zip(items, wanted, strict=True) if keep]

    def _trim(self, base: str, item: Any) -> Any:
        """An item without the enterprises not selected; None if it is about no others."""
        trimmed = dict(item)
        whose = find_scanned(item, self._per)
        if whose is not None and whose[0] == ENTERPRISES and whose[1] not in self._keys:
            return None
        for name, several in self._fields.get(base, ()):
            value = item.get(name)
            if value is None:
                continue
            if not several:
                if value not in self._keys:
                    return None
                continue
            selected = [key for key in value if key in self._keys]
            if value and not selected:
                return None
            trimmed[name] = selected
        attendance = item.get("attendance")
        if isinstance(attendance, dict):
            trimmed["attendance"] = {key: count for key, count in attendance.items() if key in self._keys}
        return trimmed

    def _pick_form(self, document: str, entries: list[Any], dropped_keys: Mapping[str, set[str]]) -> list[Any]:
        """The entries of a form that are about the selected enterprises or about a list's items that are kept."""
        place: RawPath = ("forms", document)
        per = self._per.get(document, "")
        if per == ENTERPRISES:
            return self._select_rows(place, entries)
        unselected = dropped_keys.get(per.removesuffix("[]"), set())
        if unselected:
            return self._keep(place, entries, [entry.get("of") not in unselected for entry in entries])
        picked: list[Any] = []
        for at, entry in enumerate(entries):
            part = dict(entry)
            for name, rows in entry.items():
                base = f"forms.{document}.{name}"
                if base in self._fields and isinstance(rows, list):
                    trimmed = [self._trim(base, row) for row in rows]
                    part[name] = self._keep((*place, at, name), trimmed, [row is not None for row in trimmed])
            picked.append(part)
        return picked
