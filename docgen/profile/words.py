"""Words of a record whose meaning the profile gives: families, filing items, documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from docgen.diagnostics import Diagnostic, Location, Param, Term, error, info, warning
from docgen.profile.faults import Locate, find_nearest
from docgen.profile.labels import find_documents, format_choice, suggest_documents
from docgen.profile.load import find_form_owner
from docgen.profile.model import Profile
from docgen.profile.paths import find_values
from docgen.record.record import Record
from docgen.record.scoring import GradeBand, ScoringRules

_MISTYPED = 0.8


def check_words(profile: Profile, record: Record, locate: Locate) -> Iterator[Diagnostic]:
    """Words whose meaning the profile gives: scoring families, filing items, documents that evidence belongs to."""
    if profile.scoring is not None:
        families = {family.key: family.label for family in profile.scoring.families}
        for family in find_values(record, f"{profile.scoring.indicators}.family"):
            if family.value not in families:
                yield _report_unknown_word("R138", family.value, families, locate(family.place, False))
        yield from _check_bands(profile.scoring, record, locate)
    if record.project.last_numbers and profile.numbering is None:
        yield warning("R209", locate(("project", "last_numbers"), False), standard=profile.standard.number)
    items = {item.key: item.label for item in profile.filing.items}
    documents = {document.id: document.title for document in profile.documents}
    for index, entry in enumerate(record.not_applicable):
        if entry.item not in items and entry.item.partition("/")[0] not in documents:
            place = ("not_applicable", index, "item")
            yield _report_unknown_word("R139", entry.item, {**items, **documents}, locate(place, False), profile)
    for index, evidence in enumerate(record.evidence):
        if evidence.document is not None and evidence.document.partition("/")[0] not in documents:
            place = ("evidence", index, "document")
            yield _report_unknown_word("R140", evidence.document, documents, locate(place, False), profile)


def _check_bands(scoring: ScoringRules, record: Record, locate: Locate) -> Iterator[Diagnostic]:
    """C291 for bands of a record's own that aren't the standard's grades, each once, from 0 up to the highest."""
    chosen = record.scoring.bands if record.scoring is not None else ()
    grades = [band.grade for band in _sort_bands(scoring.bands)]
    ordered = _sort_bands(chosen)
    limits = [band.from_ for band in ordered]
    apart = len(set(limits)) == len(limits) and limits[-1:] == [0]
    if chosen and not (apart and [band.grade for band in ordered] == grades):
        bands = "、".join(f"{band.grade} {band.from_:f}" for band in chosen)
        yield error("C291", locate(("scoring", "bands"), False), bands=bands, grades="、".join(grades))


def _sort_bands(bands: Iterable[GradeBand]) -> list[GradeBand]:
    return sorted(bands, key=lambda band: band.from_, reverse=True)


def _report_unknown_word(
    code: str, word: str, labels: Mapping[str, str], where: Location, profile: Profile | None = None
) -> Diagnostic:
    # whose document it is (behind the stroke) says nothing of which was meant, and stays in what is proposed
    name, stroke, whose = word.partition("/")
    matches = find_documents(profile.documents, name) if profile is not None else ()
    if len(matches) > 1:
        nearest = suggest_documents(matches, name)
    else:
        nearest = find_nearest(name, [*labels, *labels.values()])
        nearest = nearest + stroke + whose if nearest else ""
    hint: Param = Term("record.nearest", {"nearest": nearest}) if nearest else ""
    choices = "、".join(format_choice(label, key) for key, label in labels.items())
    return error(code, where, value=word, hint=hint, known=choices)


def check_form_names(profile: Profile, data: Any, locate: Locate) -> Iterator[Diagnostic]:
    """R142 for a form that is no document of this profile but looks like one, P178 for one of another standard.

    R142 is an error where that document isn't there: what was typed for it would be passed over. C292 for one that no
    standard of docgen's has. What names its own profile is left alone.
    """
    forms = data.get("forms") if isinstance(data, dict) else None
    own = [document for document in profile.documents if document.own_form]
    ids = [document.id for document in own]
    by_name = {**{document.title: document.id for document in own}, **{name: name for name in ids}}
    for name in forms if isinstance(forms, dict) else ():
        nearest = get_close_matches(name, by_name, n=1, cutoff=_MISTYPED) if name not in ids else ()
        if nearest:
            where, document_id = locate(("forms", name), True), by_name[nearest[0]]
            report = warning if isinstance(forms, dict) and document_id in forms else error
            yield report("R142", where, value=name, nearest=document_id)
        elif profile.find_document(name) is None and "/" not in name:
            owner, where = find_form_owner(name), locate(("forms", name), True)
            if owner is not None:
                yield info("P178", where, form=name, title=owner.title, standard=owner.standard)
            else:
                yield info("C292", where, form=name)
