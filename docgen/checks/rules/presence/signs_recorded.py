"""Checks that the record holds what an entry shows signs of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter, Per
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.content.shown_names import shorten
from docgen.profile.paths import Place
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, format_record_value

_LONGEST_SHOWN = 30
_DENIED = "(?<!没)(?<!没有)(?<!无)(?<!未)(?<!不需要)(?<!意见和)(?<!意见或)(?<!意见、)(?<!意见及)"


class EntrySign(Part):
    """A field with one of ``values`` or a text with one of ``words``; without either, with any value."""

    field: Annotated[Text, Parameter("the field of the entry", "field", of="entries")]
    values: Annotated[
        tuple[Text, ...], Parameter("the values that show it; without them: any", "value", of="field")
    ] = ()
    words: Annotated[tuple[Text, ...], Parameter("words in its text that show it")] = ()


class Params(Part):
    """Where an entry of ``entries`` has all of ``signs``, there is a value at one of ``recorded``.

    ``what`` is the users' name for that value; with ``per``, each item of the list needs one of its own.
    """

    entries: Annotated[Text, Parameter("the entries", "rows")]
    signs: tuple[EntrySign, ...]
    recorded: Annotated[tuple[Text, ...], Parameter("where it may be recorded", "path")]
    what: Annotated[Text, Parameter("what a user calls that")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the signs and of the recorded values."""
    yield from (f"{params.entries}.{sign.field}" for sign in params.signs)
    yield from params.recorded


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """Report C270 for each entry with all signs, where nothing is recorded; at the first sign."""
    if any(checked.is_silenced(tuple(path.removesuffix("[]").split("."))) for path in params.recorded):
        return
    if any(is_present(entry.value) for path in params.recorded for entry in scope.find(path)):
        return
    for entry in scope.find(params.entries):
        sign_texts = [_read_sign(getattr(entry.value, sign.field), sign) for sign in params.signs]
        if not all(sign_texts):
            continue
        place: Place = (*entry.place, params.signs[0].field)
        details = {
            "label": checked.name_field(place),
            "value": shorten(sign_texts[0], _LONGEST_SHOWN),
            "what": params.what,
        }
        yield report("C270", place, name=scope.name, **details)


def _read_sign(value: object, sign: EntrySign) -> str:
    """Read the text of a field that shows the sign; '' where it doesn't."""
    if not is_present(value):
        return ""
    texts = [format_record_value(item) for item in (value if isinstance(value, tuple) else (value,))]
    if sign.values:
        texts = [text for text in texts if text in sign.values]
    if sign.words:
        pattern = re.compile(f"{_DENIED}(?:{'|'.join(map(re.escape, sign.words))})")
        texts = [text for text in texts if pattern.search(text)]
    return "、".join(texts)
