"""Is recorded what shows elsewhere in the record? Signs of something of which the record holds nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Per, Says
from docgen.checks.shared.scope import ItemScope, in_each_scope
from docgen.content.shown_names import shorten
from docgen.profile.paths import Place
from docgen.profile.subject import is_present
from docgen.record.types import Part, Text, report_value

_SHOWN = 30
_DENIED = "(?<!没)(?<!没有)(?<!无)(?<!未)(?<!不需要)(?<!意见和)(?<!意见或)(?<!意见、)(?<!意见及)"


class EntrySign(Part):
    """A field that holds something: one of ``values``, or one of ``words`` in its text, where any are named."""

    field: Annotated[Text, Says("the field of the entry", "field", of="entries")]
    values: Annotated[tuple[Text, ...], Says("the values that show it; unsaid: any", "value", of="field")] = ()
    words: Annotated[tuple[Text, ...], Says("words in its text that show it")] = ()


class Params(Part):
    """An entry of ``entries`` that shows all of ``signs`` calls for something at one of ``recorded``.

    ``what`` is what a user calls that; with ``per``, what is recorded of one item says nothing of another.
    """

    entries: Annotated[Text, Says("the entries", "rows")]
    signs: tuple[EntrySign, ...]
    recorded: Annotated[tuple[Text, ...], Says("where it may be recorded", "path")]
    what: Annotated[Text, Says("what a user calls that")]
    per: Per = None


def list_paths(params: Params) -> Iterable[str]:
    """The paths of the signs and of what would be recorded."""
    yield from (f"{params.entries}.{sign.field}" for sign in params.signs)
    yield from params.recorded


@in_each_scope
def check(checked: CheckSubject, scope: ItemScope, params: Params) -> Iterator[Fault]:
    """C270 for each entry that shows all signs, where nothing is recorded; at the first sign."""
    if any(checked.is_silenced(tuple(path.removesuffix("[]").split("."))) for path in params.recorded):
        return
    if any(is_present(found.value) for path in params.recorded for found in scope.find(path)):
        return
    for found in scope.find(params.entries):
        shown = [_read_sign(getattr(found.value, sign.field), sign) for sign in params.signs]
        if not all(shown):
            continue
        place: Place = (*found.place, params.signs[0].field)
        said = {"label": checked.name_field(place), "value": shorten(shown[0], _SHOWN), "what": params.what}
        yield report("C270", place, name=scope.name, **said)


def _read_sign(value: object, sign: EntrySign) -> str:
    """What a field says where it shows the sign, else nothing."""
    if not is_present(value):
        return ""
    texts = [report_value(item) for item in (value if isinstance(value, tuple) else (value,))]
    if sign.values:
        texts = [text for text in texts if text in sign.values]
    if sign.words:
        pattern = re.compile(f"{_DENIED}(?:{'|'.join(map(re.escape, sign.words))})")
        texts = [text for text in texts if pattern.search(text)]
    return "、".join(texts)
