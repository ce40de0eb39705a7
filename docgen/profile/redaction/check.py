"""Checks a record's settings of confidentiality against the profile: paths, documents, redacted copies."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.diagnostics import Diagnostic, error
from docgen.profile.faults import Locate, find_nearest
from docgen.profile.labels import suggest_documents
from docgen.profile.model import Profile
from docgen.profile.paths import PathError, Place, find_values
from docgen.profile.plan import PROJECT
from docgen.profile.subject import resolve_subject_path
from docgen.record.record import Record


def check_disclosure(profile: Profile, record: Record, locate: Locate) -> Iterator[Diagnostic]:
    """R160–R162: paths that lead nowhere, documents that don't exist, redacted copies of nothing."""
    disclosure = record.disclosure
    ids = [document.id for document in profile.documents]
    for name in ("open", "confidential") if disclosure is not None else ():
        for number, mark in enumerate(getattr(disclosure, name)):
            here: Place = ("disclosure", name, number)
            for at, path in enumerate(mark.paths):
                try:
                    resolve_subject_path(type(record), path)
                except PathError as fault:
                    nearest = find_nearest(fault.step, fault.names) or "、".join(fault.names[:12]) or f"{fault.step}[]"
                    where = locate((*here, "paths", at), False)
                    yield error("R160", where, path=path, step=fault.step, nearest=nearest)
            for at, document in enumerate(mark.documents):
                if not _is_document(profile, record, document):
                    called = document.partition("/")[0]
                    nearest = suggest_documents(profile.documents, called) or "、".join(ids[:8])
                    yield error("R161", locate((*here, "documents", at), False), id=document, nearest=nearest)
    keys = [evidence.key for evidence in record.evidence]
    for index, evidence in enumerate(record.evidence):
        target = evidence.redacts
        other_keys = [key for key in keys if key != evidence.key]
        if (
            target is not None
            and target not in other_keys
            and not ("/" in target and _is_document(profile, record, target))
        ):
            nearest = find_nearest(target, [*other_keys, *ids]) or "、".join(other_keys[:8])
            yield error("R162", locate(("evidence", index, "redacts"), False), value=target, nearest=nearest)


def _is_document(profile: Profile, record: Record, name: str) -> bool:
    document_id, _, key = name.partition("/")
    document = profile.find_document(document_id)
    if document is None or not key:
        return document is not None
    if document.per == PROJECT:
        return key == PROJECT
    return any(item.value.key == key for item in find_values(record, document.per))
