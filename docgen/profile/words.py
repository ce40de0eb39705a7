"""Words of a record whose meaning the profile gives: families, filing items, documents."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from docgen.diagnostics import Diagnostic, Param, Term, error, warning
from docgen.profile.faults import Locate, find_nearest
from docgen.profile.model import Profile
from docgen.profile.paths import Place, find_values
from docgen.record.record import Record

_MISTYPED = 0.8


def check_words(profile: Profile, record: Record, locate: Locate) -> Iterator[Diagnostic]:
    """Words whose meaning the profile gives: scoring families, filing items, documents that evidence belongs to."""
    if profile.scoring is not None:
        families = [family.key for family in profile.scoring.families]
        for found in find_values(record, f"{profile.scoring.indicators}.family"):
            if found.value not in families:
                yield _describe_word("R138", found.value, families, found.place, locate)
    items = [item.key for item in profile.filing.items]
    documents = [document.id for document in profile.documents]
    for index, entry in enumerate(record.not_applicable):
        if entry.item not in items and entry.item.partition("/")[0] not in documents:
            yield _describe_word("R139", entry.item, [*items, *documents], ("not_applicable", index, "item"), locate)
    for index, evidence in enumerate(record.evidence):
        if evidence.document is not None and evidence.document.partition("/")[0] not in documents:
            place = ("evidence", index, "document")
            yield _describe_word("R140", evidence.document, documents, place, locate)


def _describe_word(code: str, word: str, known: list[str], place: Place, locate: Locate) -> Diagnostic:
    # whose document it is (behind the stroke) says nothing of which was meant, and stays in what is proposed
    name, stroke, whose = word.partition("/")
    nearest = find_nearest(name, known)
    nearest = nearest + stroke + whose if nearest else ""
    hint: Param = Term("record.nearest", {"nearest": nearest}) if nearest else ""
    return error(code, locate(place, False), value=word, hint=hint, known="、".join(known))


def check_form_names(profile: Profile, data: Any, locate: Locate) -> Iterator[Diagnostic]:
    """R142 for a form that is no document of this profile but looks like one; others are left alone.

    An error where that document isn't there: what was typed for it would be passed over.
    """
    forms = data.get("forms") if isinstance(data, dict) else None
    known = [document.id for document in profile.documents if document.own_form]
    for name in forms if isinstance(forms, dict) else ():
        nearest = get_close_matches(name, known, n=1, cutoff=_MISTYPED) if name not in known else ()
        if nearest:
            where = locate(("forms", name), True)
            report = warning if isinstance(forms, dict) and nearest[0] in forms else error
            yield report("R142", where, value=name, nearest=nearest[0])
