"""Checks that an enterprise's size class is the one by the national rule, and one that the standard serves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report, report_gap
from docgen.checks.parameters import Parameter
from docgen.diagnostics import Param, Term
from docgen.profile.document import Level
from docgen.profile.paths import PlacedValue
from docgen.record.enterprise import Enterprise
from docgen.record.size_class import SizeVerdict, classify_size
from docgen.record.types import Part, Text


class Params(Part):
    """``enterprises`` are of one of ``classes``; classes in ``declared``, which the rule doesn't have, are believed.

    ``unknown`` is the level of a class that can't be computed.
    """

    enterprises: Annotated[Text, Parameter("the enterprises", "rows")]
    classes: Annotated[tuple[Text, ...], Parameter("the size classes that the standard serves")]
    declared: Annotated[tuple[Text, ...], Parameter("the size classes that are taken as stated")] = ()
    unknown: Annotated[Level, Parameter("the level of a class that can't be computed")] = "宜"


def list_paths(params: Params) -> Iterable[str]:
    """List the path of the enterprises, by a field that only they have."""
    return (f"{params.enterprises}.size_class",)


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C218 for another class than the rule's, C219 for one that isn't served, C220 for one not computable."""
    for item in checked.subject.find(params.enterprises):
        enterprise: Enterprise = item.value
        is_faulty = checked.is_silenced((*item.place, "size_class"))
        stated = enterprise.size_class
        verdict = classify_size(enterprise.industry_code, enterprise.staff, enterprise.revenue, enterprise.assets)
        if stated in params.declared:
            yield from _check_declared(params, item, verdict)
            continue
        place = (*item.place, "size_class") if stated is not None else item.place
        name = enterprise.name or enterprise.key
        computed = verdict.size_class
        if verdict.doubt is not None:
            # an unknown industry is reported in any case
            yield from _report_uncomputed_class(checked, params, item, verdict)
        elif stated is not None and stated != computed:
            details: dict[str, Param] = {
                "name": name,
                "stated": stated,
                "reckoned": computed or "",
                "basis": _describe_basis(enterprise, verdict),
            }
            yield report("C218", place, **details)
        judged = computed or stated
        if not is_faulty and judged is not None and judged not in params.classes:
            details = {"name": name, "size": judged, "served": "、".join(params.classes)}
            yield report("C219", place, **details)


def _check_declared(params: Params, item: PlacedValue, verdict: SizeVerdict) -> Iterator[Fault]:
    """Report C218 for a declared class where the rule's class, by the figures, isn't served."""
    if verdict.size_class is None or verdict.size_class in params.classes:
        return
    enterprise: Enterprise = item.value
    yield report(
        "C218",
        (*item.place, "size_class"),
        name=enterprise.name or enterprise.key,
        stated=str(enterprise.size_class),
        reckoned=verdict.size_class,
        basis=_describe_basis(enterprise, verdict),
    )


def _report_uncomputed_class(
    checked: CheckSubject, params: Params, item: PlacedValue, verdict: SizeVerdict
) -> Iterator[Fault]:
    enterprise: Enterprise = item.value
    places = [(*item.place, name) for name in ("industry_code", *verdict.missing)]
    if any(checked.is_silenced(place) for place in places):
        return
    key = f"checks.size.{verdict.doubt}"
    missing_labels = [Term(f"label.Enterprise.{name}") for name in verdict.missing]
    missing: Param = missing_labels[0] if missing_labels else ""
    if len(missing_labels) > 1:
        missing = Term("checks.size.both", {"first": missing_labels[0], "second": missing_labels[1]})
    industry = verdict.row.industry if verdict.row is not None else ""
    reason = Term(key, {"code": enterprise.industry_code or "", "industry": industry, "missing": missing})
    name = enterprise.name or enterprise.key
    level = "宜" if params.unknown == "应" else params.unknown  # a class that can't be computed is no error
    yield report_gap("C220", item.place, checked.find_waiting("enterprises"), level, name=name, reason=reason)


def _describe_basis(enterprise: Enterprise, verdict: SizeVerdict) -> Term:
    """Describe the basis of the computed class: the rule's industry and the figures that it uses."""
    assert verdict.row is not None
    measures = [Term(f"checks.size.{name}", {"value": f"{getattr(enterprise, name)}"}) for name in verdict.row.limits]
    rest = Term("checks.size.next", {"value": measures[1]}) if len(measures) > 1 else Term("checks.size.nothing")
    params = {
        "industry": verdict.row.industry,
        "year": enterprise.data_year or "—",
        "first": measures[0],
        "second": rest,
    }
    return Term("checks.size.basis", params)
