"""Checks a template: its fields, its faults, a copy with comments, a sample document."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from docgen.archive.zip.names import clean_component
from docgen.batch.fill.copies import Wishes
from docgen.batch.fill.fields import write_sheet
from docgen.batch.fill.runner import FillRequest, plan_filling
from docgen.batch.fill.template import open_template
from docgen.batch.ledger.result import drop_repeats
from docgen.diagnostics import error, has_errors, sort_diagnostics
from docgen.errors import DocgenError, SourceError, TemplateError
from docgen.messages import Catalogue, catalogue
from docgen.pipeline.services.templates import (
    AskedField,
    CheckedTemplate,
    annotate_template,
    check_template_file,
    list_fields,
)
from docgen.pipeline.template_sample import render_sample
from docgen.render.scan.template import is_workbook
from docgen.web.jobs.model import JobOutcome, JobTask, Progress, ResultFile, SourceFile
from docgen.web.work.looks import look_at

OWN = "own"
_USES = ("printed", "looped", "condition")


def look_at_template(task: JobTask, progress: Progress) -> JobOutcome:
    """Check the uploaded template and make a sample document of it."""
    if len(task.order.sources) != 1:
        raise SourceError(error("N233", count=len(task.order.sources)))
    source, words = task.order.sources[0], catalogue(task.lang)
    standard, _, document = next(iter(task.order.options.get("purpose", ())), OWN).partition(" ")
    progress.begin(2)
    shutil.rmtree(task.results, ignore_errors=True)
    task.results.mkdir()
    blanks: tuple[str, ...] = ()
    if document:
        checked = check_template_file(source.path, task.resources, standard, document)
    else:
        opened = open_template(source.path)
        checked = CheckedTemplate(opened.faults, opened.tags, None, list_fields(opened.list_uses()))
        blanks = opened.blanks
    progress.advance(source.name)
    outputs = list(_annotate(task, source, checked, words))
    data: dict[str, Any] = {
        "is_own": not document,
        "title": checked.title or "",
        "tags": checked.tags,
        "fields": [_describe_field(item, words) for item in checked.fields if item.label],
        "others": sum(not item.label for item in checked.fields),
        "blanks": list(blanks),
        "is_filled": True,
    }
    diagnostics = list(checked.diagnostics)
    samples: list[ResultFile] = []
    if not has_errors(checked.diagnostics) and checked.tags:
        try:
            samples, data["is_filled"] = _make_sample(task, source, (standard, document))
        except DocgenError as fault:  # reported with the template's faults
            diagnostics += fault.diagnostics
    progress.advance(source.name)
    data |= look_at(task.results, samples)
    if not document and not has_errors(checked.diagnostics) and checked.fields:
        name = f"{_name_stem(source)}_{words.text('web.templates.sheet')}.xlsx"
        write_sheet(source.path, task.results / name, force=True)
        outputs.append(ResultFile(name, name, "table"))
    return JobOutcome(data, sort_diagnostics(drop_repeats(diagnostics)), (*outputs, *samples))


def _name_stem(source: SourceFile) -> str:
    """The beginning of the names of files made from a template, short enough for a suffix."""
    return clean_component(Path(source.name).stem, 60)


def _annotate(task: JobTask, source: SourceFile, checked: CheckedTemplate, words: Catalogue) -> list[ResultFile]:
    """Write a copy of a Word template with a comment at each fault, where it has any."""
    if is_workbook(source.name) or not checked.diagnostics:
        return []
    name = f"{_name_stem(source)}_{words.text('web.templates.annotated')}.docx"
    try:
        annotate_template(source.path, checked, task.results / name, words, force=True)
    except TemplateError:  # the template can't be opened, which its diagnostics say
        return []
    return [ResultFile(name, name, "table")]


def _describe_field(item: AskedField, words: Catalogue) -> dict[str, Any]:
    uses = [words.text(f"cli.template.{kind}") for kind in _USES if any(use.use == kind for use in item.uses)]
    place = item.uses[0].location
    return {
        "label": item.label,
        "name": item.name,
        "used": "、".join(uses),
        "count": len(item.uses),
        "paragraph": place.paragraph,
        "cell": " ".join(filter(None, (place.sheet, place.cell))),
    }


def _make_sample(task: JobTask, source: SourceFile, wanted: tuple[str, str]) -> tuple[list[ResultFile], bool]:
    """Make a document with sample values; return its files, and whether there were values to fill in."""
    folder = task.results / "sample"
    folder.mkdir()
    if wanted[1]:
        is_filled = render_sample(source.path, task.resources, wanted, folder)
        made = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in (".docx", ".xlsx")]
    else:
        sheet = task.folder / "sample.xlsx"
        write_sheet(source.path, sheet, force=True, is_sample=True)
        request = FillRequest(source.path, sheet, None, Wishes(draft=True))
        filling = plan_filling(request)
        first = next(filling.try_copies(), None)
        if first is None or not first.data:
            raise TemplateError(*filling.whole, *(first.diagnostics if first is not None else ()))
        target = folder / f"{_name_stem(source)}{source.path.suffix.lower()}"
        target.write_bytes(first.data)
        made, is_filled = [target], True
    label = catalogue(task.lang).text("web.templates.sample")
    return [
        ResultFile(path.relative_to(task.results).as_posix(), f"{label}_{path.name}", "document") for path in made
    ], is_filled
