"""Reviews good cases, as ``docgen case`` does; opens a case's text and counts it while it is edited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docgen.batch.cases import FoundCase, ReviewedFile, annotate_cases, review_cases
from docgen.batch.cases.book import write_case_book
from docgen.batch.cases.view import describe_case, describe_files, view_case
from docgen.batch.ledger.result import dump_diagnostics
from docgen.diagnostics import has_errors, sort_diagnostics
from docgen.errors import EXIT_FAULTS, EXIT_OK
from docgen.messages import Catalogue, Language, catalogue
from docgen.pipeline.services.annotation import Annotation
from docgen.pipeline.services.case import split_parts
from docgen.pipeline.services.case_text import CaseText, format_case_text, judge_case_text, outline_case, read_case_text
from docgen.pipeline.stages.outcome import Options
from docgen.resources import Resources
from docgen.web.faults import JobCancelledError
from docgen.web.jobs.model import JobOutcome, JobTask, Progress, ResultFile


def review_texts(task: JobTask, progress: Progress) -> JobOutcome:
    """Review each text; write the table of all, and a commented copy of each Word file."""
    words = catalogue(task.lang)
    cases = _list_cases(task)
    sizes = [case.path.stat().st_size for case in cases]
    progress.begin(len(cases), sum(sizes))
    fields = {name: next(iter(values), "") for name, values in task.order.options.items()}
    options = Options(task.resources, fields.get("profile") or None)
    parts = split_parts(fields.get("parts", ""))

    def advance(name: str, number: int, total: int) -> None:
        del total
        progress.advance(name, sizes[number - 1])
        if progress.should_stop():
            raise JobCancelledError

    try:
        reviewed = review_cases(cases, lambda _folder: options, parts, progress=advance)
    except JobCancelledError:
        return JobOutcome({"cases": []})
    table = _write_table(task.results, reviewed, words)
    reviewed = _annotate(task, reviewed, words)
    described = describe_files(words, reviewed)
    copies = [item.copy for item in reviewed if item.copy is not None]
    outputs = [ResultFile(path.relative_to(task.results).as_posix(), path.name, "copy") for path in copies]
    diagnostics = sort_diagnostics(diagnostic for item in reviewed for diagnostic in item.diagnostics)
    lowest = EXIT_FAULTS if has_errors(diagnostics) else EXIT_OK
    code = max(lowest, *(item.exit_code for item in reviewed))
    data = {"ok": code == EXIT_OK, "exit_code": code, "cases": described}
    return JobOutcome(data, diagnostics, (table, *outputs))


def _list_cases(task: JobTask) -> list[FoundCase]:
    """The uploaded files; of several with one name, each is named with the number of its folder."""
    names = Counter(item.path.name for item in task.order.sources)
    return [
        FoundCase(item.path, item.path.parent if names[item.path.name] == 1 else item.path.parent.parent)
        for item in task.order.sources
    ]


def _write_table(folder: Path, reviewed: list[ReviewedFile], words: Catalogue) -> ResultFile:
    name = f"{words.text('case_book.title')}.xlsx"
    with (folder / name).open("wb") as file:
        write_case_book(file, reviewed)
    return ResultFile(name, name, "table")


def _annotate(task: JobTask, reviewed: list[ReviewedFile], words: Catalogue) -> list[ReviewedFile]:
    """The reviewed files, Word files with their commented copies."""
    folder = task.results / words.text("web.cases.copies-folder")
    word_files = [item for item in reviewed if item.case.path.suffix.lower() == ".docx" and item.cases]
    copied = annotate_cases(word_files, Annotation(folder, task.lang, is_one=True, force=True))
    by_path = {item.case.path: item for item in copied}
    return [by_path.get(item.case.path, item) for item in reviewed]


def open_text(path: Path, resources: Resources) -> dict[str, Any]:
    """The text of a file by its parts."""
    return asdict(read_case_text(path, Options(resources)))


def count_text(text: Mapping[str, Any], resources: Resources, lang: Language) -> tuple[dict[str, Any], str, str]:
    """Count a text that is being edited: its case as ``docgen case`` describes it, its diagnostics, the units' title.

    ``text`` is a ``CaseText`` as plain data. Words outside its parts are counted, so that shares can be judged.
    """
    options = Options(resources)
    judged = judge_case_text(CaseText(**text), options)
    item = ReviewedFile(FoundCase(Path(), Path()), (judged,), judged.diagnostics)
    rest = sum(count.high for _, count, _ in judged.lengths.others)
    case = describe_case(view_case(catalogue(lang), item, judged)) | {"open_words": rest}
    return case, dump_diagnostics(judged.diagnostics), outline_case(options).units


def format_text(text: Mapping[str, Any], resources: Resources) -> str:
    """The edited text as Markdown."""
    return format_case_text(CaseText(**text), outline_case(Options(resources)))
