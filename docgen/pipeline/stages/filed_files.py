"""Everything that the packages of a record are made of, before it is filed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from docgen.archive.plan.filing import InspectedEvidence, Note, RenderedDocument


@dataclass(frozen=True, slots=True)
class FiledFiles:
    """Documents, notes for what doesn't apply by filing item, evidence."""

    documents: tuple[RenderedDocument, ...]
    notes: Mapping[str, Note]
    evidence: tuple[InspectedEvidence, ...]
