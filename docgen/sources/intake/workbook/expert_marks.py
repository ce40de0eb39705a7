"""Columns for experts' marks by a rubric, and the returned rows put together by expert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from docgen.profile.document import DocumentSpec
from docgen.profile.load import LoadedProfile
from docgen.sources.intake.workbook.columns import ColumnMaker, make_line_header
from docgen.sources.intake.workbook.headers import MatchedSheet
from docgen.sources.intake.workbook.layout import Column
from docgen.sources.intake.workbook.notes import DiagnosticGatherer
from docgen.sources.intake.workbook.places import RowPlaces
from docgen.trees import RawPath


def find_marked(loaded: LoadedProfile) -> frozenset[str]:
    """The documents that experts mark: those with a rubric whose marks a rule requires, or all with a rubric.

    Other documents only show the rubric.
    """
    documents = {document.id for document in loaded.profile.documents if document.marking is not None}
    asked = {rule.with_.get("document") for rule in loaded.profile.rules if rule.check == "marks_complete"}
    return frozenset(documents & asked or documents)


def make_rubric_name(maker: ColumnMaker) -> Column:
    """The column that names the document of a rubric; any document that shares the rubric may be given."""
    words = {document.title: document.marking for document in maker.loaded.profile.documents if document.marking}
    label, hint = maker.texts.text("workbook.owner.rubrics"), maker.texts.text("workbook.hint.rubric")
    return Column(label, label, ("key",), "choice", need="required", words=words, example=next(iter(words)), hint=hint)


def make_mark_columns(maker: ColumnMaker, document: DocumentSpec) -> Iterator[Column]:
    """An expert's marks: a column for each line of the form, or line and mark where the rubric names the lines."""
    expert = maker.texts.label("MarkSheet.expert") or "expert"
    name = maker.find_text("workbook.example.Person.name") or "……"
    yield Column(expert, expert, ("expert",), "text", need="required", document=document.id, example=name)
    lines = tuple(document.iterate_lines())
    for line in lines:
        header, path = make_line_header(line), ("marks", line.key)
        yield Column(header, header, path, "decimal", document=document.id, example="4.5", hint=line.label)
    if not lines:
        label, mark = maker.texts.label("RubricLine.label") or "", maker.texts.text("workbook.mark")
        target = "rubrics[].lines[]"
        yield Column(
            label,
            label,
            ("line",),
            "reference",
            need="required",
            target=target,
            document=document.id,
            example="……",
            hint=maker.texts.text("workbook.hint.marked_line"),
        )
        yield Column(mark, mark, ("mark",), "decimal", need="required", document=document.id, example="4.5")


def add_marks(
    entry: dict[str, Any],
    above: RawPath,
    typed: Mapping[str, Any],
    row: tuple[MatchedSheet, int],
    *,
    places: RowPlaces,
    notes: DiagnosticGatherer,
) -> None:
    """Add a row's marks to those of its expert; a row holds all marks or that of one line."""
    sheets: list[dict[str, Any]] = entry.setdefault("marks", [])
    expert, line = typed.get("expert"), typed.get("line")
    at = next((at for at, item in enumerate(sheets) if item.get("expert") == expert), len(sheets))
    place: RawPath = (*above, "marks", at)
    own = place if line is None else (*place, "marks", line)
    if own in places.rows:
        notes.error("W145", row[0].grid.name, row[1], 1, first=places.rows[own][0][1])
        return
    if at == len(sheets):
        sheets.append({"expert": expert, "marks": {}} if expert is not None else {"marks": {}})
    marks = {line: typed["mark"]} if line is not None and "mark" in typed else typed.get("marks", {})
    sheets[at]["marks"].update(marks)
    places.rows.setdefault(place, []).append(row)
    places.rows[own] = [row]
