"""The facts computed from a record; joins the totals, scores, ratings and marks of four independent modules."""

from __future__ import annotations

from docgen.record.marking import Marking
from docgen.record.ratings import Ratings
from docgen.record.scoring import Evaluation, GradeSummary
from docgen.record.totals import EnterpriseTotals, ProjectTotals
from docgen.record.types import Part


class Facts(Part):
    """The computed facts: totals, and with a scoring profile the evaluation of each enterprise and the grades.

    ``markings`` are the marks that experts gave to documents by a rubric of the record.
    """

    evaluations: tuple[Evaluation, ...] = ()
    grades: GradeSummary | None = None
    enterprise_totals: tuple[EnterpriseTotals, ...] = ()
    project_totals: ProjectTotals = ProjectTotals.model_construct()
    ratings: Ratings | None = None
    markings: tuple[Marking, ...] = ()
