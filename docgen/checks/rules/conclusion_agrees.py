"""Does the conclusion of a check list agree with its lines: nothing is complete while a line says that it isn't?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docgen.checks.base import CheckSubject
from docgen.diagnostics import Diagnostic
from docgen.profile.faults import name_field
from docgen.profile.forms import attribute_name
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
from docgen.record.types import Part, Text

_SHOWN = 3


class Params(Part):
    """In ``document``, ``conclusion`` may be one of ``favourable`` only while no line has one of the ``verdicts``."""

    document: Text
    conclusion: Text
    favourable: tuple[Text, ...]
    verdicts: tuple[Text, ...]


def list_paths(params: Params) -> Iterable[str]:
    """The path of the conclusion."""
    return (f"forms.{params.document}[].{params.conclusion}",)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C329 for a favourable conclusion above lines that contradict it, with the lines."""
    document = checked.subject.profile.find_document(params.document)
    assert document is not None
    forms = getattr(checked.subject.record, "forms", None)
    for index, entry in enumerate(getattr(forms, attribute_name(document.id), ())):
        if getattr(entry, params.conclusion) not in params.favourable:
            continue
        verdicts = {line: getattr(entry.lines, line.key).verdict for line in document.iterate_lines()}
        against = [f"{line.label}（{verdict}）" for line, verdict in verdicts.items() if verdict in params.verdicts]
        if against:
            place = ("forms", document.id, index, params.conclusion)
            yield report_level(
                rule.level,
                "C329",
                checked.locate(place, False),
                clause=rule.clause,
                label=name_field(type(checked.subject.record), place),
                conclusion=str(getattr(entry, params.conclusion)),
                lines="、".join(against[:_SHOWN]) + ("……" if len(against) > _SHOWN else ""),
                count=len(against),
            )
