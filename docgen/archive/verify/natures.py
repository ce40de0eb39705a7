"""Judges the items of 四性检测 (真实性, 完整性, 可用性, 安全性) by the results of a package's steps; pure.

The items are those that archives' products print (DA/T 70—2018); their codes are docgen's own. An item rests on steps
of verifying: it fails on an error of theirs that concerns it, and it wasn't run where one of them wasn't.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from docgen.archive.plan.model import INDEX_PAGE, MACHINE_INDEX, PAYLOAD_FOLDER, RECORD_COPY
from docgen.archive.verify.report import SKIPPED, Step, StepResult, Verdict
from docgen.archive.zip.manifest import BAG_INFO_NAME, DECLARATION_NAME, PAYLOAD_MANIFEST
from docgen.diagnostics import Diagnostic, Param, Severity, Term, has_errors

_MORE = "V136"
"""Stands for further diagnostics of the code that its params name."""
_MOST_EVIDENCE = 200


class Nature(StrEnum):
    """The four natures, in their order; the text is ``nature.<value>``."""

    AUTHENTICITY = "authenticity"
    INTEGRITY = "integrity"
    USABILITY = "usability"
    SAFETY = "safety"


_MARKS = {Nature.AUTHENTICITY: "ZS", Nature.INTEGRITY: "WZ", Nature.USABILITY: "KY", Nature.SAFETY: "AQ"}


@dataclass(frozen=True, slots=True)
class _Item:
    """An item: the steps that it rests on, and the codes of their diagnostics that concern it (none: all).

    ``needs`` is the fact of the package without which it doesn't apply; ``rest``: all codes of its steps concern it
    that no other item names.
    """

    nature: Nature
    key: str
    steps: tuple[Step, ...]
    codes: frozenset[str] = frozenset()
    needs: str = ""
    rest: bool = False


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ITEMS = (
    _Item(Nature.AUTHENTICITY, "fixity", (Step.PAYLOAD, Step.TAGS)),
    _Item(Nature.AUTHENTICITY, "metadata_type", (Step.INDEX,), _codes("V141 V142 V149")),
    _Item(Nature.AUTHENTICITY, "metadata_range", (Step.INDEX,), rest=True),
    _Item(Nature.AUTHENTICITY, "number_rule", (Step.INDEX,), _codes("A220 A222"), needs="numbered"),
    _Item(Nature.AUTHENTICITY, "number_repetition", (Step.INDEX,), _codes("A221"), needs="numbered"),
    _Item(Nature.AUTHENTICITY, "attributes", (Step.INDEX, Step.DOCUMENTS), _codes("V144 V163 V166")),
    _Item(Nature.AUTHENTICITY, "linked", (Step.INDEX,), _codes("V143 V145 V146 E142")),
    _Item(Nature.AUTHENTICITY, "structure", (Step.CONTAINER, Step.NAMES, Step.STRUCTURE)),
    _Item(Nature.AUTHENTICITY, "papers", (Step.PAGE, Step.PAPERS)),
    _Item(Nature.AUTHENTICITY, "rebuild", (Step.REBUILD,)),
    _Item(Nature.INTEGRITY, "count", (Step.PAYLOAD, Step.INDEX), _codes("V132 V133 V148 V184")),
    _Item(Nature.INTEGRITY, "bytes", (Step.STRUCTURE, Step.INDEX), _codes("V124 V125 V144")),
    _Item(Nature.INTEGRITY, "metadata", (Step.STRUCTURE, Step.INDEX), _codes("V121 V123 V140 V141 V142")),
    _Item(Nature.INTEGRITY, "sequence", (Step.INDEX,), _codes("V230 A222")),
    _Item(Nature.INTEGRITY, "content", (Step.PAYLOAD, Step.INDEX), _codes("V131 V132 V143 V182 V184")),
    _Item(Nature.INTEGRITY, "package", (Step.FILING,)),
    _Item(Nature.INTEGRITY, "standard", (Step.STANDARD,)),
    _Item(Nature.USABILITY, "metadata_readable", (Step.INDEX,), _codes("V141 V142 V149")),
    _Item(Nature.USABILITY, "format", (Step.DOCUMENTS,), _codes("V165 V166 V190")),
    _Item(Nature.USABILITY, "content_opens", (Step.DOCUMENTS,), rest=True),
    _Item(Nature.USABILITY, "package_opens", (Step.CONTAINER,)),
    _Item(Nature.SAFETY, "virus", (Step.VIRUS,)),
    _Item(
        Nature.SAFETY,
        "filed_only",
        (Step.NAMES, Step.PAYLOAD, Step.PAPERS, Step.DOCUMENTS),
        _codes("V103 V104 V107 V133 V145 V167 V176 V186 V190 E119"),
    ),
)
CODE_NOTE = Term("nature.note")
"""Tells readers that the codes of the items are docgen's own."""

IDENTITY = "identity"
"""The item that is judged by an identity from outside the package: whether it is the one that the sender names."""


@dataclass(frozen=True, slots=True)
class VerdictEvidence:
    """What a verdict rests on: a file of the package ("" for the package), the expected and the actual value.

    ``diagnostic`` is the one against the item, None where the two agree.
    """

    member: str
    expected: Param
    actual: Param
    diagnostic: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """An item and its verdict; ``code`` is docgen's own numbering.

    ``reason`` says why the item wasn't run, where that is known; ``unlisted`` counts diagnostics against it that aren't
    among the evidence.
    """

    code: str
    nature: Nature
    key: str
    verdict: Verdict
    evidence: tuple[VerdictEvidence, ...] = ()
    reason: Param | None = None
    unlisted: int = 0

    @property
    def title(self) -> Term:
        """The item's name, in the reader's language when it is looked up."""
        return Term(f"nature.item.{self.key}")


def judge_items(
    description: Mapping[str, Any], steps: Sequence[StepResult], identity: Verdict, faults: Sequence[Diagnostic] = ()
) -> tuple[ItemVerdict, ...]:
    """Every item with its verdict and evidence, in the order of the report.

    ``description`` is by ``describe_report``; ``identity`` and its ``faults`` are by ``judge_identity``.
    """
    results = {result.step: result for result in steps}
    verdicts: list[ItemVerdict] = []
    numbers = dict.fromkeys(Nature, 0)
    for item in _ITEMS:
        verdicts.append(_judge_item(item, _number_next(item.nature, numbers), description, results))
        if item.key == "rebuild":
            code = _number_next(item.nature, numbers)
            verdicts.append(_judge_identity(code, description.get("identity") or "", identity, faults))
    return tuple(verdicts)


def _number_next(nature: Nature, numbers: dict[Nature, int]) -> str:
    """The code of the next item of a nature; ``numbers`` are those of the last ones."""
    numbers[nature] += 1
    return f"{_MARKS[nature]}-{numbers[nature]:02d}"


def _judge_item(
    item: _Item, code: str, description: Mapping[str, Any], results: Mapping[Step, StepResult]
) -> ItemVerdict:
    used = [results[step] for step in item.steps]
    diagnostics = [one for result in used for one in result.diagnostics if _concerns(item, one)]
    against = [one for one in diagnostics if one.severity is not Severity.INFO]
    if has_errors(diagnostics):
        verdict = Verdict.FAILED
    else:
        verdict = _combine_verdicts(item, {result.verdict for result in used}, description.get("facts") or {})
    reason = _explain_not_run(used, diagnostics) if verdict is Verdict.NOT_RUN else None
    facts = _list_facts(item, description) if verdict is Verdict.PASSED else ()
    evidence = (*facts, *map(_make_evidence, against[:_MOST_EVIDENCE]))
    unlisted = max(len(against) - _MOST_EVIDENCE, 0)
    return ItemVerdict(code, item.nature, item.key, verdict, evidence, reason, unlisted)


def _combine_verdicts(item: _Item, verdicts: Set[Verdict], facts: Mapping[str, Any]) -> Verdict:
    """The verdict on an item without errors, by those of its steps and the facts of the index ({} without one)."""
    if verdicts == {Verdict.NOT_APPLICABLE} or (item.needs and facts and not facts[item.needs]):
        return Verdict.NOT_APPLICABLE
    lacks_index = Step.INDEX in item.steps and not facts and Verdict.NOT_APPLICABLE not in verdicts
    return Verdict.NOT_RUN if Verdict.NOT_RUN in verdicts or lacks_index else Verdict.PASSED


def _explain_not_run(results: Sequence[StepResult], diagnostics: Sequence[Diagnostic]) -> Param:
    """Why an item wasn't run: the reason that a diagnostic gives, or which step wasn't run."""
    reasons = (one.params.get("reason") for one in diagnostics if one.code in {SKIPPED, "V225"})
    not_run = next((result for result in results if result.verdict is Verdict.NOT_RUN), results[0])
    undone = Term("nature.undone", {"step": not_run.title})
    return next((reason for reason in reasons if reason is not None), undone)


def _concerns(item: _Item, diagnostic: Diagnostic) -> bool:
    code = str(diagnostic.params["code"]) if diagnostic.code == _MORE else diagnostic.code
    if item.rest:
        return not any(code in other.codes for other in _ITEMS if set(item.steps) & set(other.steps))
    return not item.codes or code in item.codes


def _make_evidence(diagnostic: Diagnostic) -> VerdictEvidence:
    params = diagnostic.params
    expected = next((params[name] for name in ("expected", "wanted", "stated") if name in params), "")
    actual = next((params[name] for name in ("found", "value", "present") if name in params), "")
    return VerdictEvidence(diagnostic.location.member or "", expected, actual, diagnostic)


def _judge_identity(code: str, identity: str, verdict: Verdict, faults: Sequence[Diagnostic]) -> ItemVerdict:
    evidence = tuple(VerdictEvidence("", Term("nature.identity"), identity, fault) for fault in faults)
    if verdict is Verdict.PASSED:
        evidence = (VerdictEvidence("", identity, identity),)
    reason = Term("nature.no_identity") if verdict is Verdict.NOT_RUN else None
    return ItemVerdict(code, Nature.AUTHENTICITY, IDENTITY, verdict, evidence, reason)


_RESTS_ON = {
    "structure": DECLARATION_NAME,
    "papers": INDEX_PAGE,
    "rebuild": RECORD_COPY,
    "standard": RECORD_COPY,
    "content": PAYLOAD_MANIFEST,
    "format": PAYLOAD_FOLDER,
    "content_opens": PAYLOAD_FOLDER,
    "package_opens": "",
    "filed_only": PAYLOAD_MANIFEST,
}
"""The file that an item without figures rests on ("" the package), where that isn't the index."""


def _list_facts(item: _Item, description: Mapping[str, Any]) -> Iterator[VerdictEvidence]:
    """The evidence of an item that passed: the figures that were compared, or the file without findings."""
    facts, payload = description.get("facts"), description["payload"]
    files = Term("nature.files", {"count": payload["files"]})
    if item.key == "fixity":
        yield VerdictEvidence(PAYLOAD_MANIFEST, files, Term("nature.as_listed", {"count": payload["files"]}))
    elif item.key == "count" and facts:
        yield VerdictEvidence(MACHINE_INDEX, Term("nature.files", {"count": facts["files"]}), files)
    elif item.key == "bytes" and facts:
        stated = Term("nature.bytes", {"count": facts["bytes"]})
        yield VerdictEvidence(BAG_INFO_NAME, stated, Term("nature.bytes", {"count": payload["bytes"]}))
    elif item.key == "sequence" and facts:
        span = Term("nature.span", {"first": facts["first"], "last": facts["last"], "count": facts["documents"]})
        yield VerdictEvidence(MACHINE_INDEX, span, span)
    else:
        member = _RESTS_ON.get(item.key, MACHINE_INDEX)
        yield VerdictEvidence(member, "", Term("nature.none_found"))
