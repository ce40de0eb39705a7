"""A verified package as plain data, for JSON and for the ledger of an inbox: words are added when it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from docgen.archive.plan.model import PackageIndex
from docgen.archive.verify.natures import CODE_NOTE, ItemVerdict
from docgen.archive.verify.relations import PackageRelation
from docgen.archive.verify.repeats import Repeat
from docgen.archive.verify.report import Step, Verdict, VerifyReport
from docgen.diagnostics import Param, Term
from docgen.messages import Catalogue


def describe_report(report: VerifyReport) -> dict[str, Any]:
    """What verifying a package found of it, in no language; the diagnostics stand beside it."""
    index, work, names = report.index, report.work, report.names
    return {
        "path": str(report.path),
        "name": report.name,
        "identity": report.identity,
        "digests": dict(report.digests),
        "files": report.files,
        "bytes": report.bytes,
        "title": index.title if index is not None else None,
        "project": index.project.model_dump() if index is not None else None,
        "standard": index.standard.number + index.standard.remark if index is not None else None,
        "draft": index.draft if index is not None else None,
        "kind": index.kind if index is not None else None,
        "until": index.until.model_dump() if index is not None and index.until else None,
        "not_checked": [
            {"item": item.key, "label": item.label, "verdict": "not_run"}
            for item in (index.later if index is not None else ())
        ],
        "redaction": index.redaction.model_dump() if index is not None and index.redaction is not None else None,
        "names": {
            "encoding": names.encoding,
            "confidence": names.confidence,
            "raw": {name: raw.hex() for name, raw in names.raw.items()},
        }
        if names is not None
        else None,
        "work": {"entries": work.entries, "inflated": work.inflated, "elements": work.elements},
        "limits": {
            **asdict(work.limits),
            "most_entries": work.most_entries,
            "most_inflated": work.most_inflated,
            "most_elements": work.most_elements,
        },
        "fixity_checked": report.is_proven,
        "payload": {"files": report.payload[0], "bytes": report.payload[1]},
        "facts": _describe_index(index) if index is not None else None,
        "steps": [
            {
                "step": step.step.value,
                "verdict": step.verdict.value,
                "codes": [item.code for item in step.diagnostics],
            }
            for step in report.steps
        ],
    }


def _describe_index(index: PackageIndex) -> dict[str, Any]:
    """What the index states of the whole package, as far as verdicts rest on it."""
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
    """The items of 四性检测 with all that a verdict rests on, in the reader's words."""

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
                    "found": format_param(evidence.found),
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
    """What isn't a package's own matter: which it belongs to, whether its identity is one from elsewhere, the whole.

    ``items`` are those of 四性检测, ``repeats`` the files that it shares with others, ``signature`` is the verdict on
    the one that came with it.
    """

    relation: PackageRelation | None
    identity: Verdict
    is_intact: bool
    items: tuple[ItemVerdict, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    signature: Verdict = Verdict.NOT_APPLICABLE


def complete_description(said: Mapping[str, Any], words: Catalogue, judged: Judgement) -> dict[str, Any]:
    """The description with what only others tell, and the steps' titles."""
    relation = judged.relation
    belongs = {"name": relation.name, "identity": relation.identity, "verified": relation.is_met} if relation else None
    titles = {step.value: words.text(f"archive.step.{step.value}") for step in Step}
    steps = [{**step, "title": titles[step["step"]]} for step in said["steps"]]
    identity = judged.identity.value
    return {
        **said,
        "belongs_to": belongs,
        "repeated_elsewhere": [asdict(repeat) for repeat in judged.repeats],
        "identity_from_elsewhere": identity,
        "signature": judged.signature.value,
        "ok": judged.is_intact,
        "steps": steps,
        "items": describe_items(judged.items, words),
        "items_note": words.text(CODE_NOTE.key),
    }
