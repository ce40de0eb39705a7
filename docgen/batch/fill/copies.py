"""Plans the documents of a fill: one per row, per group or per page of labels; with their lists and names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from docgen.archive.zip.names import clean_component, fold_name
from docgen.batch.fill.documents import Copy, Plan
from docgen.batch.fill.names import format_name
from docgen.batch.fill.sheet import LINK, DataFile, DataRow, DataSheet
from docgen.batch.fill.template import FillTemplate
from docgen.batch.fill.values import Printer, find_pictures
from docgen.diagnostics import Diagnostic, Location, Severity, error, has_errors, warning
from docgen.render.values.values import MissingMode
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
    """Plans the documents; ``faults`` is what is wrong with the whole, ``strays`` are rows of nobody."""

    template: FillTemplate
    data: DataFile
    sheet: DataSheet
    wishes: Wishes
    faults: list[Diagnostic] = field(default_factory=list)
    strays: list[Diagnostic] = field(default_factory=list)
    _row_faults: dict[int, list[Diagnostic]] = field(default_factory=lambda: defaultdict(list))

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
        self._take_diagnostics({self.sheet.name, *(sheet.name for sheet in others.values())})
        plan = Plan(
            self.template, self.data, self.sheet, others, self.wishes.mode, find_pictures(self.sheet), bool(group)
        )
        if key is not None:
            self._find_repeats(key)
        parts = {name: self._part(sheet, group or key) for name, sheet in others.items()}
        column = key or group or self._find_title()
        copies = list(self._name(self._gather(group), parts, column))
        size = self.template.records
        if size == 1 or group:
            return plan, copies
        # A page of labels: of the rows that nothing is wrong with; each of the others is refused by itself.
        is_fine = self.wishes.draft or has_errors((*self.template.faults, *self.faults))
        sound, refused = list[DataRow](), list[tuple[DataRow, ...]]()
        for copy in copies:
            if is_fine or not has_errors(plan.render(copy)[1]):
                sound += copy.rows
            else:
                refused.append(copy.rows)
        pages = [tuple(sound[at : at + size]) for at in range(0, len(sound), size)]
        return plan, list(self._name([*pages, *refused], parts, column))

    def _take_diagnostics(self, used: set[str]) -> None:
        """Take what reading reported, but of sheets that nobody asks for; a row's own fault refuses it alone."""
        rows = {row.number for row in self.sheet.rows}
        for item in self.data.diagnostics:
            place = item.location
            is_wrong = item.severity is Severity.ERROR and place.sheet == self.sheet.name
            if is_wrong and place.line in rows:
                self._row_faults[place.line].append(item)
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

    def _group_rows(self, sheet: DataSheet, name: str) -> dict[str, list[DataRow]]:
        """The rows of a sheet by what they say in a column, '' where it is empty."""
        groups: dict[str, list[DataRow]] = {}
        for row in sheet.rows:
            groups.setdefault(self._format(row, name, sheet), []).append(row)
        return groups

    def _find_repeats(self, key: str) -> None:
        """W209 for every row of which another one has the key: nobody knows which of them is right."""
        for value, same in self._group_rows(self.sheet, key).items():
            numbers = "、".join(str(row.number) for row in same)
            for row in same if len(same) > 1 and value else ():
                self._note(row, key, "W209", value=value, rows=numbers)

    def _gather(self, group: str | None) -> Iterable[tuple[DataRow, ...]]:
        """The rows of each document; W208 for a row of no group."""
        if group is None:
            return ((row,) for row in self.sheet.rows)
        groups = self._group_rows(self.sheet, group)
        for row in groups.get("", ()):
            self._note(row, group, "W208")
        for same in groups.values():
            self._find_differing(same)
        return map(tuple, groups.values())

    def _note(self, row: DataRow, name: str, code: str, **params: str) -> None:
        """Note an error in a cell of a row, which refuses the row's document."""
        place = self.data.locate(self.sheet, row.number, name)
        self._row_faults[row.number].append(error(code, place, label=self.sheet.headers[name], **params))

    def _find_differing(self, rows: Sequence[DataRow]) -> None:
        """W217 where the rows of a group differ in what is printed once."""
        for name in self.sheet.headers.keys() & self.template.list_names().keys():
            first = self._format(rows[0], name)
            for row in rows[1:]:
                if (other := self._format(row, name)) != first:
                    self._note(row, name, "W217", value=other, first=first)

    def _part(self, sheet: DataSheet, key: str | None) -> tuple[str, dict[str, list[DataRow]]]:
        """The rows of another sheet by what their key column says; W208, W212, W213 for rows of nobody."""
        shared = [name for name in self.sheet.headers if name in sheet.headers and name != MARK_HEADER]
        name = key if key in sheet.headers else next(iter(shared), None)
        if name is None:
            place = self.data.book.locate(sheet.name)
            self.faults.append(error("W212", place, sheet=sheet.name, other=self.sheet.name))
            return "", {}
        parted, owners = self._group_rows(sheet, name), self._group_rows(self.sheet, name)
        strays = [(row, value) for value in parted if not value or value not in owners for row in parted[value]]
        for row, value in sorted(strays, key=lambda stray: stray[0].number):
            place = self.data.locate(sheet, row.number, name)
            label = sheet.headers[name]
            stray = error("W213", place, label=label, value=value, sheet=self.sheet.name)
            self.strays.append(stray if value else error("W208", place, label=label))
        parted.pop("", None)  # rows of nobody aren't those of a row without a key
        return name, parted

    def _find_title(self) -> str:
        """The column that tells a reader whose a document is: the first that says a name, among those printed."""
        printed = [name for name in self.sheet.headers if name in self.template.list_names()] or [*self.sheet.headers]
        return next((name for name in printed if _NAMING.search(name)), printed[0])

    def _name(
        self,
        groups: Iterable[tuple[DataRow, ...]],
        parts: Mapping[str, tuple[str, dict[str, list[DataRow]]]],
        column: str,
    ) -> Iterator[Copy]:
        """The document of each group of rows, with the rows of its lists and a file name of its own."""
        pattern = self.wishes.name or f"{{{MARK_HEADER}}}_{{{self.sheet.headers[column]}}}"
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
            faults = [item for row in rows for item in self._row_faults.get(row.number, ())]
            place, title = self.data.locate(self.sheet, rows[0].number, column), self._format(rows[0], column) or stem
            empty = (self.template.show(of) for of, listed in lists.items() if not listed)
            faults += [warning("T482", place, name=title, sheet=sheet) for sheet in empty]
            yield Copy(number, rows, lists, name, title, tuple(faults))

    def _format_name(self, pattern: str, row: DataRow, number: int) -> str:
        def fill(place: re.Match[str]) -> str:
            name = format_name(place[1])
            return str(number) if name == MARK_HEADER and name not in row.cells else self._format(row, name)

        return _PLACE.sub(fill, pattern)

    def _format(self, row: DataRow, name: str, sheet: DataSheet | None = None) -> str:
        """A cell as it is printed; '' where it is empty."""
        return Printer(self.data, "blank").format_cell(sheet or self.sheet, row, name).strip()
