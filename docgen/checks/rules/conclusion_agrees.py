"""Does the conclusion of a check list agree with its lines: nothing is complete while a line says that it isn't?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.parameters import Says
from docgen.checks.shared.follow_ups import FollowUp, is_faulty, list_named
from docgen.checks.shared.scope import spell_place
from docgen.checks.shared.texts import check_patterns
from docgen.content.shown_names import shorten
from docgen.diagnostics import Diagnostic
from docgen.profile.faults import name_field
from docgen.profile.forms import attribute_name
from docgen.profile.levels import report_level
from docgen.profile.model import RuleSpec
from docgen.record.types import Part, Text

_SHOWN = 3
_LONGEST = 30


class Params(Part):
    """In ``document``, ``conclusion`` may be favourable only while no line has one of the ``verdicts``.

    It is where it says one of ``favourable``, or is a text in which one of ``patterns`` is found. Lines that the clause
    only recommends and those in ``except`` don't speak against it, nor does what one of ``followed`` follows up.
    """

    document: Annotated[Text, Says("the check list", "document")]
    conclusion: Annotated[Text, Says("its field with the conclusion")]
    favourable: Annotated[tuple[Text, ...], Says("the conclusions that need all lines to be well")] = ()
    patterns: Annotated[tuple[Text, ...], Says("the same as patterns of a text")] = ()
    verdicts: Annotated[tuple[Text, ...], Says("the verdicts that speak against them", "verdict", of="document")]
    except_: Annotated[tuple[Text, ...], Says("lines that don't speak against it")] = ()
    followed: tuple[FollowUp, ...] = ()

    model_config = {**Part.model_config, "alias_generator": lambda name: name.rstrip("_")}

    @model_validator(mode="after")
    def _check_patterns(self) -> Params:
        check_patterns(self.patterns)
        return self


def list_paths(params: Params) -> Iterable[str]:
    """The paths of the conclusion, the lines left out, and what follows up."""
    yield f"forms.{params.document}[].{params.conclusion}"
    yield from (f"forms.{params.document}[].lines.{key}" for key in params.except_)
    yield from (f"{item.rows}.{item.by}" for item in params.followed)


def check(checked: CheckSubject, params: Params, rule: RuleSpec) -> Iterator[Diagnostic]:
    """C329 for a favourable conclusion above lines that contradict it, with the lines and the place of the first."""
    document = checked.subject.profile.find_document(params.document)
    assert document is not None
    if is_faulty(checked, params.followed):
        return
    named = list_named(checked, params.followed)
    lines = [line for line in document.iterate_lines() if line.level == "应" and line.key not in params.except_]
    forms = getattr(checked.subject.record, "forms", None)
    for index, entry in enumerate(getattr(forms, attribute_name(document.id), ())):
        conclusion = str(getattr(entry, params.conclusion) or "")
        if not _is_favourable(conclusion, params) or getattr(entry, "key", None) in named:
            continue
        verdicts = {line: getattr(entry.lines, line.key).verdict for line in lines}
        against = [line for line, verdict in verdicts.items() if verdict in params.verdicts]
        if not against:
            continue
        place = ("forms", document.id, index, params.conclusion)
        first = ("forms", document.id, index, "lines", against[0].key)
        shown = [f"{line.label}（{verdicts[line]}）" for line in against[:_SHOWN]]
        yield report_level(
            rule.level,
            "C329",
            checked.locate(place, False),
            clause=rule.clause,
            label=name_field(type(checked.subject.record), place),
            conclusion=shorten(conclusion, _LONGEST),
            lines="、".join(shown) + ("……" if len(against) > _SHOWN else ""),
            count=len(against),
            other=spell_place(checked.locate(first, False), first),
        )


def _is_favourable(conclusion: str, params: Params) -> bool:
    return conclusion in params.favourable or any(re.search(pattern, conclusion) for pattern in params.patterns)
