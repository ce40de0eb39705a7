"""Describes a verified package as JSON-ready data, in no language; texts are added for a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from docgen.archive.plan.model import PackageIndex
from docgen.archive.verify.natures import CODE_NOTE, ItemVerdict
from docgen.archive.verify.relations import PackageRelation
from docgen.archive.verify.repeats import Repeat
from docgen.archive.verify.report import NameReading, Verdict, VerifyReport
from docgen.archive.zip.limits import ReadingCost
from docgen.diagnostics import Param, Term
from docgen.messages import Catalogue


def describe_report(report: VerifyReport) -> dict[str, Any]:
    """The description of a verified package, without the diagnostics; the ledger of an inbox keeps it."""
    return {
        "path": str(report.path),
        "name": report.name,
        "identity": report.identity,
        "digests": dict(report.digests),
        "files": report.files,
        "bytes": report.bytes,
        **_describe_index(report.index),
        "names": _describe_names(report.names) if report.names is not None else None,
        **_describe_cost(report.work),
        "fixity_checked": report.is_proven,
        "payload": {"files": report.payload[0], "bytes": report.payload[1]},
        "facts": _describe_facts(report.index) if report.index is not None else None,
        "steps": [
            {
                "step": step.step.value,
                "verdict": step.verdict.value,
                "codes": [item.code for item in step.diagnostics],
            }
            for step in report.steps
        ],
    }


def _describe_index(index: PackageIndex | None) -> dict[str, Any]:
    """What the package is by its index; without one every value is None, and no item is left unchecked."""
    if index is None:
        unknown = dict.fromkeys(("title", "project", "standard", "draft", "kind", "until", "not_checked", "redaction"))
        return {**unknown, "not_checked": []}
    return {
        "title": index.title,
        "project": index.project.model_dump(),
        "standard": index.standard.number + index.standard.remark,
        "draft": index.draft,
        "kind": index.kind,
        "until": index.until.model_dump() if index.until else None,
        "not_checked": [{"item": item.key, "label": item.label, "verdict": "not_run"} for item in index.later],
        "redaction": index.redaction.model_dump() if index.redaction is not None else None,
    }


def _describe_names(names: NameReading) -> dict[str, Any]:
    raw = {name: data.hex() for name, data in names.raw.items()}
    return {"encoding": names.encoding, "confidence": names.confidence, "raw": raw}


def _describe_cost(work: ReadingCost) -> dict[str, Any]:
    return {
        "work": {"entries": work.entries, "inflated": work.inflated, "elements": work.elements},
        "limits": {
            **asdict(work.limits),
            "most_entries": work.most_entries,
            "most_inflated": work.most_inflated,
            "most_elements": work.most_elements,
        },
    }


def _describe_facts(index: PackageIndex) -> dict[str, Any]:
    """What the index states of the whole package and the verdicts on the items rest on."""
    numbers = [document.number for document in index.documents if document.number]
    archive = index.archive
    return {
        "documents": index.counts.documents,
        "files": index.counts.files,
        "bytes": index.counts.bytes,
        "first": min(numbers, default=0),
        "last": max(numbers, default=0),
        "numbered": bool(archive.rule or archive.archive_number),
        "archive_number": archive.archive_number,
        "agency": archive.agency,
        "generator": index.generator,
        "profile": index.profile.model_dump(),
    }


def describe_items(items: Sequence[ItemVerdict], words: Catalogue) -> list[dict[str, Any]]:
    """The items of 四性检测 with their verdicts and the evidence, in the reader's language."""

    def format_param(param: Param | None) -> Param | None:
        return words.text(param.key, **param.params) if isinstance(param, Term) else param

    return [
        {
            "code": item.code,
            "nature": item.nature.value,
            "item": item.key,
            "title": format_param(item.title),
            "verdict": item.verdict.value,
            "reason": format_param(item.reason),
            "evidence": [
                {
                    "member": evidence.member,
                    "expected": format_param(evidence.expected),
                    "found": format_param(evidence.actual),
                    "code": evidence.diagnostic.code if evidence.diagnostic is not None else None,
                    "severity": evidence.diagnostic.severity.value if evidence.diagnostic is not None else None,
                    "message": words.message(evidence.diagnostic) if evidence.diagnostic is not None else None,
                }
                for evidence in item.evidence
            ],
            "unlisted": item.unlisted,
        }
        for item in items
    ]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdicts on a package that need more than its own files: other packages, and what was given beside it.

    ``relation`` is the one to the package that it belongs to, ``identity`` the verdict on its identity against those
    from elsewhere, ``is_intact`` the verdict on the whole. ``items`` are those of 四性检测, ``repeats`` the files that
    other packages hold, too, ``signature`` is the verdict on the signature that came with it.
    """

    relation: PackageRelation | None
    identity: Verdict
    is_intact: bool
    items: tuple[ItemVerdict, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    signature: Verdict = Verdict.NOT_APPLICABLE


def complete_description(description: Mapping[str, Any], words: Catalogue, judgement: Judgement) -> dict[str, Any]:
    """The description with the judgement added, and with the titles of the steps in the reader's language."""
    relation = judgement.relation
    belongs = (
        {"name": relation.name, "identity": relation.identity, "verified": relation.is_verified} if relation else None
    )
    steps = [{**step, "title": words.text(f"archive.step.{step['step']}")} for step in description["steps"]]
    return {
        **description,
        "belongs_to": belongs,
        "repeated_elsewhere": [asdict(repeat) for repeat in judgement.repeats],
        "identity_from_elsewhere": judgement.identity.value,
        "signature": judgement.signature.value,
        "ok": judgement.is_intact,
        "steps": steps,
        "items": describe_items(judgement.items, words),
        "items_note": words.text(CODE_NOTE.key),
    }
