"""四性检测: the verdicts of a package's steps, grouped as 真实性, 完整性, 可用性, 安全性; pure.

The items are those that archives' products print (DA/T 70—2018); their codes are docgen's own. An item rests on steps
of verifying: what these found against it fails it, and where one of them wasn't run, the item wasn't either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from docgen.archive.plan.model import INDEX_PAGE, MACHINE_INDEX, PAYLOAD_FOLDER, RECORD_COPY
from docgen.archive.verify.report import LEFT, Step, StepResult, Verdict
from docgen.archive.zip.manifest import BAG_INFO_NAME, DECLARATION_NAME, PAYLOAD_MANIFEST
from docgen.diagnostics import Diagnostic, Param, Severity, Term, has_errors

_CUT = "V136"
_MOST = 200


class Nature(StrEnum):
    """The four natures, in their order; the text is ``nature.<value>``."""

    AUTHENTICITY = "authenticity"
    INTEGRITY = "integrity"
    USABILITY = "usability"
    SAFETY = "safety"


_MARKS = {Nature.AUTHENTICITY: "ZS", Nature.INTEGRITY: "WZ", Nature.USABILITY: "KY", Nature.SAFETY: "AQ"}


@dataclass(frozen=True, slots=True)
class _Item:
    """An item: the steps that it rests on and, of what they find, the codes that concern it (none: all).

    ``needs`` is the fact of the package without which it doesn't apply; ``rest``: of its step it takes all that
    concerns no other item.
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
"""That the numbering of the items is docgen's own."""

IDENTITY = "identity"
"""The item that only what comes from elsewhere can answer: whether it is the package that the sender names."""


@dataclass(frozen=True, slots=True)
class VerdictEvidence:
    """What a verdict rests on: a file of the package ("" the package), what should be there and what is.

    ``diagnostic`` is what was found against it, None where all is as it should be.
    """

    member: str
    expected: Param
    found: Param
    diagnostic: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """An item and its verdict; ``code`` is docgen's own numbering.

    ``reason`` says why it has none, where that is known; ``unlisted`` counts findings that aren't among the evidence.
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
    said: Mapping[str, Any], steps: Sequence[StepResult], identity: Verdict, faults: Sequence[Diagnostic] = ()
) -> tuple[ItemVerdict, ...]:
    """Every item with its verdict and evidence, in the order of the report.

    ``said`` is as ``describe_report`` gives it; ``identity`` and its ``faults`` are as ``judge_identity`` gives them.
    """
    results = {result.step: result for result in steps}
    judged: list[ItemVerdict] = []
    numbers = dict.fromkeys(Nature, 0)
    for item in _ITEMS:
        numbers[item.nature] += 1
        judged.append(_judge(item, _format_code(item.nature, numbers[item.nature]), said, results))
        if item.key == "rebuild":
            numbers[item.nature] += 1
            code = _format_code(item.nature, numbers[item.nature])
            judged.append(_judge_identity(code, said, identity, faults))
    return tuple(judged)


def _format_code(nature: Nature, number: int) -> str:
    return f"{_MARKS[nature]}-{number:02d}"


def _judge(item: _Item, code: str, said: Mapping[str, Any], results: Mapping[Step, StepResult]) -> ItemVerdict:
    used = [results[step] for step in item.steps]
    told = [found for result in used for found in result.diagnostics if _concerns(item, found)]
    against = [found for found in told if found.severity is not Severity.INFO]
    evidence = tuple(map(_describe, against[:_MOST]))
    unlisted = max(len(against) - _MOST, 0)
    if has_errors(told):
        return ItemVerdict(code, item.nature, item.key, Verdict.FAILED, evidence, unlisted=unlisted)
    verdicts = {result.verdict for result in used}
    facts = said.get("facts") or {}
    if verdicts == {Verdict.NOT_APPLICABLE} or (item.needs and facts and not facts[item.needs]):
        return ItemVerdict(code, item.nature, item.key, Verdict.NOT_APPLICABLE, evidence)
    is_blind = Step.INDEX in item.steps and not facts and Verdict.NOT_APPLICABLE not in verdicts
    if Verdict.NOT_RUN in verdicts or is_blind:
        reasons = [found.params.get("reason") for found in told if found.code in {LEFT, "V225"}]
        left = next((step for step in item.steps if results[step].verdict is Verdict.NOT_RUN), item.steps[0])
        undone = Term("nature.undone", {"step": results[left].title})
        reason = next((reason for reason in reasons if reason is not None), undone)
        return ItemVerdict(code, item.nature, item.key, Verdict.NOT_RUN, evidence, reason)
    return ItemVerdict(code, item.nature, item.key, Verdict.PASSED, (*_list_facts(item, said), *evidence))


def _concerns(item: _Item, found: Diagnostic) -> bool:
    code = str(found.params["code"]) if found.code == _CUT else found.code
    if item.rest:
        return not any(code in other.codes for other in _ITEMS if set(item.steps) & set(other.steps))
    return not item.codes or code in item.codes


def _describe(found: Diagnostic) -> VerdictEvidence:
    expected = next((found.params[name] for name in ("expected", "wanted", "stated") if name in found.params), "")
    actual = next((found.params[name] for name in ("found", "value", "present") if name in found.params), "")
    return VerdictEvidence(found.location.member or "", expected, actual, found)


def _judge_identity(code: str, said: Mapping[str, Any], identity: Verdict, faults: Sequence[Diagnostic]) -> ItemVerdict:
    evidence = tuple(
        VerdictEvidence("", Term("nature.identity"), said.get("identity") or "", fault) for fault in faults
    )
    if identity is Verdict.PASSED:
        evidence = (VerdictEvidence("", said.get("identity") or "", said.get("identity") or ""),)
    reason = Term("nature.no_identity") if identity is Verdict.NOT_RUN else None
    return ItemVerdict(code, Nature.AUTHENTICITY, IDENTITY, identity, evidence, reason)


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
"""The file that an item without figures rests on, where it isn't the index."""


def _list_facts(item: _Item, said: Mapping[str, Any]) -> Iterator[VerdictEvidence]:
    """What was compared of an item that passed: figures where there are any."""
    facts, payload = said.get("facts"), said["payload"]
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
