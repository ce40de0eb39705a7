"""Render each planned document in each of its templates, and report the values that its templates missed."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from docgen.archive.plan.filing import RenderedDocument
from docgen.content.blocks import Picture
from docgen.diagnostics import Diagnostic, Location, Severity, error, info
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.pipeline.stages.context import BuildContext
from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, find_picture
from docgen.profile.plan import DocumentJob, find_photographs
from docgen.render.context.build import build_context
from docgen.render.context.source import ShownPhotograph
from docgen.render.values.values import Missing, MissingMode, Rendered
from docgen.trees import format_path, parse_path

_GAPS = frozenset({"R201", "R202", "R203", "R204", "R205"})


def choose_mode(options: Options) -> MissingMode:
    """What an absent value does where it is printed: see ``docgen.render.values.values``."""
    if options.blank:
        return "blank"
    if options.blanks_by_hand:
        return "by_hand"
    return "draft" if options.draft else "error"


def render_documents(
    prepared: PreparedRecord, context: BuildContext, *, redacted: bool = False
) -> tuple[tuple[RenderedDocument, ...], list[Diagnostic]]:
    """Render every planned document to bytes; with them the diagnostics that weren't reported before.

    In a ``redacted`` record no formula may reveal what was masked, and no progress is reported.
    """
    mode, guard = choose_mode(context.options), context.options.guard
    pictures = PictureFolder(prepared.folder)
    rendered: list[RenderedDocument] = []
    diagnostics: list[Diagnostic] = []
    empty = _list_empty(prepared)
    for number, job in enumerate(prepared.jobs):
        if context.progress is not None and not redacted:
            context.progress(job.document.title, number, len(prepared.jobs))
        values = build_context(prepared.subject, job, mode, show_photographs(prepared, job))
        files: list[tuple[str, bytes]] = []
        where = prepared.validation.locate(job.place, False)
        for name in job.document.template_names:
            result = _render(context, name, values, pictures, redacted=redacted)
            files.append((Path(name).suffix, result.data))
            rendering = [*result.diagnostics, *(_guard(result) if guard else ())]
            diagnostics += [item if item.location.kind != "none" else item.at(where) for item in rendering]
            # A form that is missing as a whole was reported once; its fields aren't reported again.
            of_form = format_path(job.place) if job.entry is None and job.full_title in empty else None
            missing = [item for item in result.missing if of_form is None or not item.path.startswith(of_form)]
            # A value that is there and couldn't be read was reported as such.
            missing = [item for item in missing if not _is_silenced(item, prepared)]
            diagnostics += [_report_missing(item, job.document.title, prepared) for item in missing]
        rendered.append(RenderedDocument(job, tuple(files)))
    reported = list(prepared.diagnostics)
    lacking_values = {_identify_missing(item) for item in prepared.diagnostics if "path" in item.params}
    added: list[Diagnostic] = []
    for item in diagnostics:
        # Diagnostics hold words of the catalogue with parameters of their own, which can't be hashed.
        if item not in reported and _identify_missing(item) not in lacking_values:
            reported.append(item)
            added.append(item)
    return tuple(rendered), added


def _guard(result: Rendered) -> tuple[Diagnostic, ...]:
    from docgen.render.guard import check_rendered

    return check_rendered(result.data, result.values)


def downgrade_gaps(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Make R207, which is no error, of each missing value that is left free to be filled in by hand.

    A value that is there and can't be read stays an error.
    """
    return [_downgrade_gap(item) if is_gap(item) else item for item in diagnostics]


def is_gap(item: Diagnostic) -> bool:
    """Whether a diagnostic is an error about a required value that is missing."""
    return item.code in _GAPS and item.severity is Severity.ERROR


def _downgrade_gap(item: Diagnostic) -> Diagnostic:
    params = {name: item.params[name] for name in ("label", "path")}
    return info("R207", item.location, clause=item.clause, **params)


def show_photographs(prepared: PreparedRecord, job: DocumentJob) -> tuple[ShownPhotograph, ...]:
    """The photographs that a document shows, each with its caption."""
    names = {item.key: item.short_name or item.name or item.key for item in prepared.subject.record.enterprises}
    shown: list[ShownPhotograph] = []
    for evidence in find_photographs(prepared.subject, job.document, job.item):
        photograph = prepared.photographs.get(evidence.key)
        if photograph is None:
            continue
        occasion, day = photograph.occasion, photograph.day
        note = "" if photograph.printed is not None else _explain_unseen(photograph.format)
        shown.append(
            ShownPhotograph(
                title=evidence.title or (occasion.title if occasion is not None else None) or Path(evidence.file).stem,
                place=evidence.place or (occasion.place if occasion is not None else None) or "",
                date=day.date if day is not None else (occasion.date if occasion is not None else None),
                occasion=(occasion.title if occasion is not None else None) or "",
                enterprises=tuple(names[key] for key in evidence.enterprises if key in names),
                picture=photograph.printed,
                note=note,
            )
        )
    return tuple(shown)


def _explain_unseen(kind: str) -> str:
    words = catalogue(DOCUMENT_LANGUAGE)
    return words.text("evidence.unseen", format=words.text(f"format.{kind}"))


def _render(
    context: BuildContext, name: str, values: Mapping[str, Any], pictures: PictureFolder, *, redacted: bool
) -> Rendered:
    if name.endswith(".docx"):
        return context.store.render(name, values, pictures=pictures, note_values=context.options.guard)
    return context.store.render(name, values, freeze_masked=redacted)


def _list_empty(prepared: PreparedRecord) -> frozenset[object]:
    """The documents that the standard asks for and of which nothing was filled in."""
    empty = (item for item in prepared.diagnostics if item.code == "R201" and item.severity is Severity.ERROR)
    return frozenset(item.params["document"] for item in empty)


def _is_silenced(missing: Missing, prepared: PreparedRecord) -> bool:
    place = parse_path(missing.path)
    return bool(place) and prepared.validation.is_silenced(place)


def _report_missing(missing: Missing, document: str, prepared: PreparedRecord) -> Diagnostic:
    place = parse_path(missing.path)
    where = prepared.validation.locate(place, False)
    path = prepared.source.name_place(place) if place else missing.path
    return error("R205", where, label=missing.label, path=path, document=document)


def _identify_missing(item: Diagnostic) -> tuple[str, Location | None]:
    """What distinguishes missing values: the path; in a workbook, where that is a sheet and a header, the cell, too."""
    path = item.params.get("path")
    return (path, None) if isinstance(path, str) else (repr(path), item.location)


class PictureFolder:
    """Reads the pictures that narratives show, each once: a file beside the record, or a part of a Word file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[tuple[str | None, str], bytes | None] = {}

    def __call__(self, picture: Picture) -> bytes | None:
        """The bytes of a picture, or None when it isn't there."""
        inside = picture.location.file if picture.location.kind == "docx" else None
        key = (inside, str(picture.path))
        if key not in self._read:
            self._read[key] = self._read_file(picture) if inside is None else _read_inside(Path(inside), key[1])
        return self._read[key]

    def _read_file(self, picture: Picture) -> bytes | None:
        path = find_picture(self._folder, picture)
        return path.read_bytes() if path is not None else None


def _read_inside(path: Path, part: str) -> bytes | None:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(part)
    except KeyError:
        return None
