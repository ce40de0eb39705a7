"""All that is computed from a record; small on purpose: it joins four modules that don't know each other."""

from __future__ import annotations

from docgen.record.marking import Marking
from docgen.record.ratings import Ratings
from docgen.record.scoring import Evaluation, GradeSummary
from docgen.record.totals import EnterpriseTotals, ProjectTotals
from docgen.record.types import Part


class Facts(Part):
    """What was done, in figures; and, where the profile scores, an evaluation of each enterprise and the grades.

    ``markings`` are the documents that experts marked by a rubric of the record.
    """

    evaluations: tuple[Evaluation, ...] = ()
    grades: GradeSummary | None = None
    enterprise_totals: tuple[EnterpriseTotals, ...] = ()
    project_totals: ProjectTotals = ProjectTotals.model_construct()
    ratings: Ratings | None = None
    markings: tuple[Marking, ...] = ()
