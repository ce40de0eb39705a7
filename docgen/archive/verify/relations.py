"""Which received packages belong together: some name another one by its identity; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from docgen.archive.verify.report import VerifyReport
from docgen.archive.zip.names import show_name
from docgen.diagnostics import Diagnostic, Location, error
from docgen.messages import DOCUMENT_LANGUAGE, catalogue

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Relation:
    """What a package says of another: name ("" where it isn't known) and identity; ``is_met``: it was verified, too."""

    name: str
    identity: str
    is_met: bool
    diagnostics: tuple[Diagnostic, ...] = ()


def find_relation(report: VerifyReport, reports: Sequence[VerifyReport]) -> Relation | None:
    """The package that this one belongs to, among those that were verified with it; None for one that stands alone.

    A251 and A252 when one of the others goes by the name of that package and has another identity.
    """
    index = report.index
    if index is None or (index.supplements is None and index.redaction is None):
        return None
    others = [other for other in reports if other is not report and other.index is not None]
    if index.redaction is not None:
        suffix = catalogue(DOCUMENT_LANGUAGE).text("redaction.title")
        namesakes = [other for other in others if other.index and index.title == f"{other.index.title}（{suffix}）"]
        code, identity, name = "A252", index.redaction.identity, ""
    else:
        assert index.supplements is not None
        code, identity, name = "A251", index.supplements.identity, index.supplements.name
        namesakes = [other for other in others if other.index and other.index.package_name == name]
    met = next((other for other in others if other.identity == identity), None)
    if met is not None:
        return Relation(show_name(met.name), identity, True)
    place, package = Location("archive", file=str(report.path)), show_name(report.path.name)
    said = {"package": package, "stated": identity[:_SHOWN]}
    faults = [
        error(code, place, other=show_name(other.path.name), found=(other.identity or "—")[:_SHOWN], **said)
        for other in namesakes
    ]
    return Relation(show_name(name), identity, False, tuple(faults))
