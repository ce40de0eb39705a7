"""Checks that a check list's conclusion agrees with its lines: nothing is complete while a line says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.checks.shared.follow_ups import FollowUp, has_faulty_rows, list_followed_keys
from docgen.checks.shared.judgments import find_approval, find_refusal, is_plain_approval
from docgen.content.shown_names import shorten
from docgen.profile.forms import attribute_name
from docgen.record.types import Part, Text, YesNo

_MOST_LINES = 3
_LONGEST = 30


class Params(Part):
    """In ``document``, ``conclusion`` may be favourable only while no line has one of the ``verdicts``.

    A conclusion is favourable that is one of ``favourable``, or with ``approval`` a text that approves without a
    condition. Lines that the clause only recommends and those in ``except`` don't contradict it, nor do the lines of a
    document that one of ``followed`` follows up.
    ``opinion`` is a text beside the conclusion: it may not refuse beside a favourable one, nor approve beside one that
    is ``adverse``.
    """

    document: Annotated[Text, Parameter("the check list", "document")]
    conclusion: Annotated[Text, Parameter("its field with the conclusion")]
    favourable: Annotated[tuple[Text, ...], Parameter("the conclusions that need all lines to be well")] = ()
    approval: Annotated[YesNo, Parameter("whether a text that approves in its own words is one")] = False
    verdicts: Annotated[tuple[Text, ...], Parameter("the verdicts that contradict them", "verdict", of="document")]
    except_: Annotated[tuple[Text, ...], Parameter("lines that don't contradict it")] = ()
    followed: tuple[FollowUp, ...] = ()
    opinion: Annotated[Text | None, Parameter("its field with the reasons in words")] = None
    adverse: Annotated[tuple[Text, ...], Parameter("the conclusions that refuse")] = ()

    model_config = {**Part.model_config, "alias_generator": lambda name: name.rstrip("_")}


def list_paths(params: Params) -> Iterable[str]:
    """List the paths of the conclusion, of the excepted lines, and of the rows that follow up."""
    yield f"forms.{params.document}[].{params.conclusion}"
    if params.opinion is not None:
        yield f"forms.{params.document}[].{params.opinion}"
    yield from (f"forms.{params.document}[].lines.{key}" for key in params.except_)
    yield from (f"{item.rows}.{item.by}" for item in params.followed)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C329 for a favourable conclusion that lines contradict, with the lines and the place of the first.

    C290 for a conclusion that the opinion beside it contradicts.
    """
    document = checked.subject.profile.find_document(params.document)
    assert document is not None
    if has_faulty_rows(checked, params.followed):
        return
    named = list_followed_keys(checked, params.followed)
    lines = [line for line in document.iterate_lines() if line.level == "应" and line.key not in params.except_]
    forms = getattr(checked.subject.record, "forms", None)
    for index, entry in enumerate(getattr(forms, attribute_name(document.id), ())):
        conclusion = str(getattr(entry, params.conclusion) or "")
        contradiction = _find_contradiction(conclusion, entry, params)
        if contradiction is not None:
            place = ("forms", document.id, index, params.conclusion)
            beside = ("forms", document.id, index, params.opinion or "")
            yield report(
                "C290",
                place,
                conclusion=shorten(conclusion, _LONGEST),
                other_label=checked.name_field(beside),
                opinion=shorten(contradiction, _LONGEST),
                other=beside,
            )
        if not _is_favourable(conclusion, params) or getattr(entry, "key", None) in named:
            continue
        verdicts = {line: getattr(entry.lines, line.key).verdict for line in lines}
        against = [line for line, verdict in verdicts.items() if verdict in params.verdicts]
        if not against:
            continue
        place = ("forms", document.id, index, params.conclusion)
        first = ("forms", document.id, index, "lines", against[0].key)
        texts = [f"{line.label}（{verdicts[line]}）" for line in against[:_MOST_LINES]]
        yield report(
            "C329",
            place,
            conclusion=shorten(conclusion, _LONGEST),
            lines="、".join(texts) + ("……" if len(against) > _MOST_LINES else ""),
            count=len(against),
            other=first,
        )


def _is_favourable(conclusion: str, params: Params) -> bool:
    return conclusion in params.favourable or (params.approval and is_plain_approval(conclusion))


def _find_contradiction(conclusion: str, entry: object, params: Params) -> str | None:
    """Find the words of the opinion that contradict the conclusion."""
    opinion = getattr(entry, params.opinion) if params.opinion is not None else None
    if _is_favourable(conclusion, params):
        return find_refusal(opinion)
    return find_approval(opinion) if conclusion in params.adverse else None
