"""Plans the documents of a fill: one per row, per group or per page of labels; with their lists and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from docgen.archive.zip.names import clean_component, fold_name
from docgen.batch.fill.documents import Copy, Plan
from docgen.batch.fill.names import format_name
from docgen.batch.fill.sheet import LINK, DataFile, DataRow, DataSheet
from docgen.batch.fill.template import FillTemplate
from docgen.batch.fill.values import Printer, find_pictures, format_value
from docgen.diagnostics import Diagnostic, Location, Severity, error, has_errors, warning
from docgen.render.values.values import Missing, MissingMode
from docgen.sources.intake.workbook.layout import MARK_HEADER

_PLACE = re.compile(r"\{([^{}]+)\}")
_NAMING = re.compile("名称|姓名|企业|单位|公司")
_LONGEST_STEM = 70


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody wants of the documents: their names, what groups rows, what tells rows apart, which sheet.

    ``match`` has the column that a tag means where its header says something else.
    """

    name: str | None = None
    group_by: str | None = None
    key: str | None = None
    sheet: str | None = None
    mode: MissingMode = "error"
    draft: bool = False
    match: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Planner:
    """Plans the documents.

    ``faults`` is what is wrong with the whole; ``strays`` are rows of nobody.
    """

    template: FillTemplate
    data: DataFile
    sheet: DataSheet
    wishes: Wishes
    faults: list[Diagnostic] = field(default_factory=list)
    strays: list[Diagnostic] = field(default_factory=list)
    _row_faults: dict[int, list[Diagnostic]] = field(default_factory=dict)

    def plan(self) -> tuple[Plan, list[Copy]]:
        """What all documents share, and each of them in the order of the rows."""
        group, key = self._find(self.wishes.group_by), self._find(self.wishes.key)
        everywhere = {name for sheet in self.data.sheets for name in (*sheet.headers, format_name(sheet.name))}
        self.faults += [
            self._report_absent(header)
            for header in self.wishes.match.values()
            if format_name(header) not in everywhere
        ]
        looped = self.template.list_lists()
        own = format_name(self.sheet.name)
        others = {name: sheet for sheet in self.data.sheets if (name := format_name(sheet.name)) in looped}
        others.pop(own, None) if group else None
        lists = {name: sheet.headers for name, sheet in others.items()}
        if group:
            lists |= {own: self.sheet.headers, "rows": self.sheet.headers}
        self.faults += self.template.check_names({*self.sheet.headers, *lists}, lists)
        self.faults += self._find_unprinted(looped)
        self._take_told({self.sheet.name, *(sheet.name for sheet in others.values())})
        plan = Plan(
            self.template, self.data, self.sheet, others, self.wishes.mode, find_pictures(self.sheet), bool(group)
        )
        if key is not None:
            self._find_repeats(key)
        parts = {name: self._part(sheet, group or key) for name, sheet in others.items()}
        copies = list(self._name(self._gather(group), parts, key))
        size = self.template.records
        if size == 1 or group:
            return plan, copies
        # A page of labels: of the rows that nothing is wrong with; each of the others is refused by itself.
        is_fine = self.wishes.draft or has_errors((*self.template.faults, *self.faults))
        sound, refused = list[DataRow](), list[tuple[DataRow, ...]]()
        for copy in copies:
            if is_fine or self._is_sound(plan, copy):
                sound += copy.rows
            else:
                refused.append(copy.rows)
        pages = [tuple(sound[at : at + size]) for at in range(0, len(sound), size)]
        return plan, list(self._name([*pages, *refused], parts, key))

    def _is_sound(self, plan: Plan, copy: Copy) -> bool:
        return not has_errors(plan.render(copy)[1])

    def _take_told(self, used: set[str]) -> None:
        """What reading found, but in sheets that nobody asks for; what is wrong with a row refuses it alone."""
        rows = {row.number for row in self.sheet.rows}
        for item in self.data.told:
            place = item.location
            is_wrong = item.severity is Severity.ERROR and place.sheet == self.sheet.name
            if is_wrong and place.line in rows:
                self._row_faults.setdefault(place.line, []).append(item)
            elif place.sheet is None or place.sheet in used:
                self.faults.append(item)

    def _find(self, header: str | None) -> str | None:
        """The name of a column that was asked for; W211 where there is none."""
        if header is None:
            return None
        name = format_name(header)
        if name not in self.sheet.headers:
            self.faults.append(self._report_absent(header))
            return None
        return name

    def _report_absent(self, header: str) -> Diagnostic:
        near = self.template.namer.find_nearest(header) or "—"
        return error("W211", Location(file=str(self.data.path)), name=header, nearest=near)

    def _find_unprinted(self, looped: Mapping[str, Mapping[str, object]]) -> Iterator[Diagnostic]:
        """W210 for each header that no tag prints and nothing else needs."""
        asked = {*self.template.list_names(), *(item for inner in looped.values() for item in inner), MARK_HEADER, LINK}
        asked |= {format_name(name) for name in (self.wishes.key, self.wishes.group_by) if name}
        asked |= {format_name(name) for name in _PLACE.findall(self.wishes.name or "")}
        used = {self.sheet.columns[name] for name in asked & self.sheet.headers.keys()}
        for at, name in {at: name for name, at in reversed(self.sheet.columns.items())}.items():
            if at not in used:
                place = self.data.locate(self.sheet, self.sheet.heading, name)
                yield warning("W210", place, label=self.sheet.headers[name])

    def _find_repeats(self, key: str) -> None:
        """W209 for every row of which another one has the key: nobody knows which of them is right."""
        rows: dict[str, list[DataRow]] = {}
        for row in self.sheet.rows:
            rows.setdefault(self._format(row, key), []).append(row)
        for value, same in rows.items():
            numbers = "、".join(str(row.number) for row in same)
            for row in same if len(same) > 1 and value else ():
                place = self.data.locate(self.sheet, row.number, key)
                self._note(row, error("W209", place, label=self.sheet.headers[key], value=value, rows=numbers))

    def _gather(self, group: str | None) -> Iterable[tuple[DataRow, ...]]:
        if group is None:
            return ((row,) for row in self.sheet.rows)
        groups: dict[str, list[DataRow]] = {}
        for row in self.sheet.rows:
            value = self._format(row, group)
            if not value:
                place = self.data.locate(self.sheet, row.number, group)
                self._note(row, error("W208", place, label=self.sheet.headers[group]))
            groups.setdefault(value, []).append(row)
        for same in groups.values():
            self._find_differing(same)
        return map(tuple, groups.values())

    def _note(self, row: DataRow, item: Diagnostic) -> None:
        self._row_faults.setdefault(row.number, []).append(item)

    def _find_differing(self, rows: Sequence[DataRow]) -> None:
        """W217 where the rows of a group differ in what is printed once."""
        for name in self.sheet.headers.keys() & self.template.list_names().keys():
            said = self._format(rows[0], name)
            for row in rows[1:]:
                if (other := self._format(row, name)) != said:
                    place, label = self.data.locate(self.sheet, row.number, name), self.sheet.headers[name]
                    self._note(row, error("W217", place, label=label, value=other, first=said))

    def _part(self, sheet: DataSheet, key: str | None) -> tuple[str, dict[str, list[DataRow]]]:
        """The rows of another sheet by what their key column says; W212, W213 where nobody knows whose they are."""
        shared = [name for name in self.sheet.headers if name in sheet.headers and name != MARK_HEADER]
        name = key if key in sheet.headers else next(iter(shared), None)
        if name is None:
            self.faults.append(
                error("W212", self.data.book.locate(sheet.name), sheet=sheet.name, other=self.sheet.name)
            )
            return "", {}
        known = {self._format(row, name) for row in self.sheet.rows}
        parted: dict[str, list[DataRow]] = {}
        for row in sheet.rows:
            value = format_value(Printer(self.data, "blank").make_value(sheet, row, name))
            parted.setdefault(value, []).append(row)
            if value not in known:
                place = self.data.locate(sheet, row.number, name)
                self.strays.append(error("W213", place, label=sheet.headers[name], value=value, sheet=self.sheet.name))
        return name, parted

    def _name(
        self,
        groups: Iterable[tuple[DataRow, ...]],
        parts: Mapping[str, tuple[str, dict[str, list[DataRow]]]],
        key: str | None,
    ) -> Iterator[Copy]:
        printed = [name for name in self.sheet.headers if name in self.template.list_names()] or [*self.sheet.headers]
        first = next((name for name in printed if _NAMING.search(name)), printed[0])
        first = key or self._find(self.wishes.group_by) or first
        pattern = self.wishes.name or f"{{{MARK_HEADER}}}_{{{self.sheet.headers[first]}}}"
        for name in _PLACE.findall(pattern):
            if format_name(name) != MARK_HEADER:
                self._find(name)
        suffix = self.template.file[-5:].lower()
        taken: set[str] = set()
        for number, rows in enumerate(groups, 1):
            stem = clean_component(self._format_name(pattern, rows[0], number), _LONGEST_STEM)
            name, again = stem + suffix, 1
            while fold_name(name) in taken:
                again += 1
                name = f"{stem}_{again}{suffix}"
            taken.add(fold_name(name))
            lists = {of: tuple(parted.get(self._format(rows[0], by), ())) for of, (by, parted) in parts.items()}
            faults = tuple(item for row in rows for item in self._row_faults.get(row.number, ()))
            place = self.data.locate(self.sheet, rows[0].number, first)
            title = self._format(rows[0], first) or stem
            faults += tuple(
                warning("T482", place, name=title, sheet=self.template.show(of))
                for of, listed in lists.items()
                if not listed
            )
            yield Copy(number, rows, lists, name, title, faults)

    def _format_name(self, pattern: str, row: DataRow, number: int) -> str:
        def fill(found: re.Match[str]) -> str:
            name = format_name(found[1])
            return str(number) if name == MARK_HEADER and name not in row.cells else self._format(row, name)

        return _PLACE.sub(fill, pattern)

    def _format(self, row: DataRow, name: str) -> str:
        """A cell as it is printed; '' where it is empty."""
        if name not in row.cells:
            return ""
        value = Printer(self.data, "blank").make_value(self.sheet, row, name)
        return "" if isinstance(value, Missing) else format_value(value).strip()
