"""Counts of each answer below a register whose columns hold choices."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

from docgen.profile.document import DocumentSpec
from docgen.profile.paths import find_values, item_type
from docgen.profile.plan import DocumentJob
from docgen.profile.subject import Subject, is_present, resolve_subject_path
from docgen.record.masking import Masked
from docgen.record.record import Record
from docgen.render.values.values import Missing, MissingMode


def list_choice_columns(model: type[Record], document: DocumentSpec) -> Mapping[str, tuple[str, ...]]:
    """The columns that hold one choice among words, by key, with those words."""
    found: dict[str, tuple[str, ...]] = {}
    for column in document.columns:
        annotation, is_list = item_type(resolve_subject_path(model, column.source).annotation)
        if typing.get_origin(annotation) is typing.Literal and not is_list:
            found[column.key] = tuple(str(word) for word in typing.get_args(annotation))
    return found


def list_options(columns: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The words of all columns, each once, in the profile's order."""
    return tuple(dict.fromkeys(word for words in columns.values() for word in words))


def view_tally(subject: Subject, job: DocumentJob, mode: MissingMode) -> SimpleNamespace:
    """``options``: each word with its count by column; ``answered``: how many rows have an answer, by column."""
    document, columns = job.document, list_choice_columns(type(subject.record), job.document)
    absent = Missing(document.rows or "", "", "blank")
    rows = [] if document.rows is None else [found.value for found in subject.find(document.rows, job.scope)]
    answers: dict[str, list[str]] = {}
    for column in document.columns:
        if column.key in columns:
            rest = column.source.removeprefix(f"{document.rows}.")
            values = [item.value for row in rows for item in find_values(row, rest)]
            answers[column.key] = [value for value in values if is_present(value)]
    counts = {
        word: {key: absent if mode == "blank" else _count(given, word) for key, given in answers.items()}
        for word in list_options(columns)
    }
    answered = {key: absent if mode == "blank" else len(given) for key, given in answers.items()}
    return SimpleNamespace(
        options=tuple(SimpleNamespace(option=word, **count) for word, count in counts.items()),
        answered=SimpleNamespace(**answered),
    )


def _count(given: Sequence[str], word: str) -> int | Masked:
    """How many gave an answer; a masked one is counted nowhere, and no count beside it tells what it was."""
    return next((value for value in given if isinstance(value, Masked)), None) or given.count(word)
