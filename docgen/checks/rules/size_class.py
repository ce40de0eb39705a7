"""Is the size class of an enterprise the one that the national rule gives, and one that the standard serves?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report, report_gap
from docgen.checks.parameters import Says
from docgen.diagnostics import Param, Term
from docgen.profile.document import Level
from docgen.profile.paths import Found
from docgen.record.enterprise import Enterprise
from docgen.record.size_class import SizeVerdict, classify_size
from docgen.record.types import Part, Text


class Params(Part):
    """``enterprises`` must be of one of ``classes``; one in ``declared`` is taken as stated, the rule knows it not.

    ``unknown`` is how grave it is when the class can't be reckoned.
    """

    enterprises: Annotated[Text, Says("the enterprises", "rows")]
    classes: Annotated[tuple[Text, ...], Says("the size classes that the standard serves")]
    declared: Annotated[tuple[Text, ...], Says("the size classes that are taken as stated")] = ()
    unknown: Annotated[Level, Says("how grave it is when the class can't be reckoned")] = "宜"


def list_paths(params: Params) -> Iterable[str]:
    """The path of the enterprises, by a field that only they have."""
    return (f"{params.enterprises}.size_class",)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """C218 another class than the rule's, C219 a class that isn't served, C220 a class that can't be reckoned."""
    for found in checked.subject.find(params.enterprises):
        enterprise: Enterprise = found.value
        is_faulty = checked.is_silenced((*found.place, "size_class"))
        stated = enterprise.size_class
        verdict = classify_size(enterprise.industry_code, enterprise.staff, enterprise.revenue, enterprise.assets)
        if stated in params.declared:
            yield from _check_declared(params, found, verdict)
            continue
        place = (*found.place, "size_class") if stated is not None else found.place
        name = enterprise.name or enterprise.key
        reckoned = verdict.size_class
        if verdict.doubt is not None:
            # an unknown industry is a fault of its own, whatever was said of the size
            yield from _report_doubt(checked, params, found, verdict)
        elif stated is not None and stated != reckoned:
            said: dict[str, Param] = {
                "name": name,
                "stated": stated,
                "reckoned": reckoned or "",
                "basis": _explain(enterprise, verdict),
            }
            yield report("C218", place, **said)
        judged = reckoned or stated
        if not is_faulty and judged is not None and judged not in params.classes:
            said = {"name": name, "size": judged, "served": "、".join(params.classes)}
            yield report("C219", place, **said)


def _check_declared(params: Params, found: Found, verdict: SizeVerdict) -> Iterator[Fault]:
    """A declaration is believed, but not against figures that the rule puts into a class nobody serves here."""
    if verdict.size_class is None or verdict.size_class in params.classes:
        return
    enterprise: Enterprise = found.value
    yield report(
        "C218",
        (*found.place, "size_class"),
        name=enterprise.name or enterprise.key,
        stated=str(enterprise.size_class),
        reckoned=verdict.size_class,
        basis=_explain(enterprise, verdict),
    )


def _report_doubt(checked: CheckSubject, params: Params, found: Found, verdict: SizeVerdict) -> Iterator[Fault]:
    enterprise: Enterprise = found.value
    places = [(*found.place, name) for name in ("industry_code", *verdict.missing)]
    if any(checked.is_silenced(place) for place in places):
        return
    key = f"checks.size.{verdict.doubt}"
    wanting = [Term(f"label.Enterprise.{name}") for name in verdict.missing]
    missing: Param = wanting[0] if wanting else ""
    if len(wanting) > 1:
        missing = Term("checks.size.both", {"first": wanting[0], "second": wanting[1]})
    industry = verdict.row.industry if verdict.row is not None else ""
    reason = Term(key, {"code": enterprise.industry_code or "", "industry": industry, "missing": missing})
    name = enterprise.name or enterprise.key
    level = "宜" if params.unknown == "应" else params.unknown  # what can't be reckoned is never wrong
    yield report_gap("C220", found.place, checked.find_waiting("enterprises"), level, name=name, reason=reason)


def _explain(enterprise: Enterprise, verdict: SizeVerdict) -> Term:
    """What the reckoning rests on: the rule's industry and the figures that it names."""
    assert verdict.row is not None
    shown = [Term(f"checks.size.{name}", {"value": f"{getattr(enterprise, name)}"}) for name in verdict.row.limits]
    rest = Term("checks.size.next", {"value": shown[1]}) if len(shown) > 1 else Term("checks.size.nothing")
    params = {"industry": verdict.row.industry, "year": enterprise.data_year or "—", "first": shown[0], "second": rest}
    return Term("checks.size.basis", params)
