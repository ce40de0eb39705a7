"""A verified package as plain data, for JSON and for the ledger of an inbox: words are added when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from docgen.archive.verify.relations import Relation
from docgen.archive.verify.report import Step, Verdict, VerifyReport
from docgen.messages import Catalogue


def describe_report(report: VerifyReport) -> dict[str, Any]:
    """What verifying a package found of it, in no language; the diagnostics stand beside it."""
    index, work, names = report.index, report.work, report.names
    return {
        "path": str(report.path),
        "name": report.name,
        "identity": report.identity,
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
        "steps": [
            {
                "step": step.step.value,
                "verdict": step.verdict.value,
                "codes": [item.code for item in step.diagnostics],
            }
            for step in report.steps
        ],
    }


@dataclass(frozen=True, slots=True)
class Judgement:
    """What isn't a package's own matter: which it belongs to, whether its identity is one from elsewhere, the whole."""

    relation: Relation | None
    identity: Verdict
    is_intact: bool


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
        "identity_from_elsewhere": identity,
        "ok": judged.is_intact,
        "steps": steps,
    }
