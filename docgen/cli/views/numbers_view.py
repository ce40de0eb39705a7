"""Formats the document numbers that a record should keep, as lines or cells to paste."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from docgen.cli.layout import format_table
from docgen.cli.session import Session
from docgen.messages.shell import format_typed_path

if TYPE_CHECKING:
    from docgen.pipeline.services.numbers import Numbers, NumberToKeep

_PLAIN = re.compile(r"[\w./〔〕—][\w./〔〕—-]*")


def format_numbers(session: Session, numbers: Numbers) -> list[str]:
    """The numbers to enter with their places, then the last numbers for the next record."""
    lines = format_table([(session.text("record.file"), format_typed_path(numbers.path))])
    if not numbers.last:
        return [*lines, "", session.text("status.numbers.none")]
    lines += ["", session.text("status.numbers.counts", kept=numbers.kept, open=len(numbers.open))]
    form = _find_form(numbers)
    old, new = [item for item in numbers.open if item.owner is None], [item for item in numbers.open if item.owner]
    new += [item for item in numbers.open if item.owner == ""]
    for items, key in ((old, f"status.numbers.paste.{form}"), (new, f"status.numbers.begin.{form}")):
        if items:
            lines += ["", session.text(key), *format_table(list(_list_rows(session, items, form)))]
    return [*lines, "", session.text(f"status.numbers.next.{form}"), *_format_last(numbers.last, form)]


def describe_numbers(numbers: Numbers) -> dict[str, Any]:
    """The same numbers for JSON."""
    return {
        "record": str(numbers.path),
        "kept": numbers.kept,
        "numbers": [
            {
                "document": item.id,
                "title": item.title,
                "number": item.number,
                "file": item.where.file,
                "line": item.where.line,
                "sheet": item.where.sheet,
                "cell": item.where.cell,
                "has_entry": item.owner is None,
            }
            for item in numbers.open
        ],
        "last_numbers": list(numbers.last),
    }


def _find_form(numbers: Numbers) -> str:
    """How the record is written: ``yaml``, ``json`` or ``book``."""
    suffix = numbers.path.suffix.lower()
    return "json" if suffix == ".json" else "yaml" if suffix in (".yaml", ".yml") else "book"


def _list_rows(session: Session, items: Iterable[NumberToKeep], form: str) -> Iterator[tuple[str, ...]]:
    yield tuple(session.text(f"status.numbers.column.{name}") for name in ("place", "document", "paste"))
    for item in items:
        yield _format_place(session, item), item.title, _format_entry(item, form)


def _format_place(session: Session, item: NumberToKeep) -> str:
    where = item.where
    if where.kind == "xlsx":
        has_cell = item.owner is None and where.sheet and where.cell
        return f"{where.sheet}!{where.cell}" if has_cell else session.words.format_param(item.belongs)
    name = (where.file or "").replace("\\", "/").rpartition("/")[2]
    return f"{name}:{where.line}" if item.owner is None else session.words.format_param(item.belongs).partition("[")[0]


def _format_entry(item: NumberToKeep, form: str) -> str:
    if form == "book":
        return item.number
    pairs = [("of", item.owner)] if item.owner else []
    pairs.append(("number", item.number))
    if form == "json":
        text = ", ".join(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in pairs)
        return text if item.owner is None else f"{{{text}}}"
    text = ", ".join(f"{key}: {_quote(value)}" for key, value in pairs)
    return text if item.owner is None else f"- {{{text}}}"


def _format_last(last: Sequence[str], form: str) -> list[str]:
    if form == "book":
        return ["  " + "、".join(last)]
    if form == "json":
        return [f'  "last_numbers": {json.dumps(list(last), ensure_ascii=False)}']
    return ["  last_numbers:", *(f"    - {_quote(number)}" for number in last)]


def _quote(text: str | None) -> str:
    return text if text and _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
