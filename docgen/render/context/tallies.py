"""Makes the view of a tally: counts of each answer below a register whose columns hold choices."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence

from docgen.profile.document import DocumentSpec
from docgen.profile.paths import find_values, item_type
from docgen.profile.subject import is_present, resolve_subject_path
from docgen.record.masking import Masked
from docgen.record.record import Record
from docgen.render.context.source import ContextPlan, ContextSource
from docgen.render.context.types import TEXT, Shape, list_of
from docgen.render.context.views import TallyView
from docgen.render.values.values import Missing


def list_choice_columns(model: type[Record], document: DocumentSpec) -> Mapping[str, tuple[str, ...]]:
    """List the columns that hold one choice among words, by key, with those words."""
    choices: dict[str, tuple[str, ...]] = {}
    for column in document.columns:
        annotation, is_list = item_type(resolve_subject_path(model, column.source).annotation)
        if typing.get_origin(annotation) is typing.Literal and not is_list:
            choices[column.key] = tuple(str(word) for word in typing.get_args(annotation))
    return choices


def list_options(columns: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """List the words of all columns, each once, in the profile's order."""
    return tuple(dict.fromkeys(word for words in columns.values() for word in words))


def view_tally(source: ContextSource) -> TallyView:
    """Make the view of how often each word was given, in each column."""
    subject, document = source.subject, source.document
    columns = list_choice_columns(type(subject.record), document)
    absent = Missing(document.rows or "", "", "blank")
    rows = [] if document.rows is None else [row.value for row in subject.find(document.rows, source.job.scope)]
    answers: dict[str, list[str]] = {}
    for column in document.columns:
        if column.key in columns:
            rest = column.source.removeprefix(f"{document.rows}.")
            values = [item.value for row in rows for item in find_values(row, rest)]
            answers[column.key] = [value for value in values if is_present(value)]
    counts = {
        word: {key: absent if source.is_blank else _count_answer(texts, word) for key, texts in answers.items()}
        for word in list_options(columns)
    }
    answered = {key: absent if source.is_blank else len(texts) for key, texts in answers.items()}
    return TallyView(
        options=tuple({"option": word, **count} for word, count in counts.items()),
        answered=answered,
    )


def describe_tally(plan: ContextPlan) -> Shape:
    """Describe the view's type, with the columns that hold choices."""
    columns = list_choice_columns(plan.loaded.record_model, plan.document)
    counts = dict.fromkeys(columns, Shape("number", "free"))
    options = list_of(Shape("fields", names={"option": TEXT, **counts}))
    return Shape("fields", names={"options": options, "answered": Shape("fields", names=counts)})


def _count_answer(values: Sequence[str], word: str) -> int | Masked:
    """Count an answer; where one of them is masked all counts are, so that they don't reveal it."""
    return next((value for value in values if isinstance(value, Masked)), None) or values.count(word)
