"""The record: all data of a project, entered once."""

from __future__ import annotations

from docgen.record.disclosure import Disclosure
from docgen.record.enterprise import Enterprise
from docgen.record.marking import Rubric
from docgen.record.parts import Activity, Confirmation, Evidence, NotApplicable, Party, Project, Training
from docgen.record.scoring import ScoringChoice
from docgen.record.types import Part, Text


class Record(Part):
    """The record by the shared vocabulary; a profile adds ``forms`` to it, the fields of its documents.

    Only ``profile`` is required to read a record; the fields that documents need are required when those are planned.
    """

    profile: Text
    project: Project = Project()
    parties: tuple[Party, ...] = ()
    enterprises: tuple[Enterprise, ...] = ()
    activities: tuple[Activity, ...] = ()
    trainings: tuple[Training, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    not_applicable: tuple[NotApplicable, ...] = ()
    confirmed: tuple[Confirmation, ...] = ()
    scoring: ScoringChoice | None = None
    disclosure: Disclosure | None = None
    rubrics: tuple[Rubric, ...] = ()


SINGULAR = {"enterprises": "enterprise", "activities": "activity", "trainings": "training", "parties": "party_item"}
"""A template's name for the list entry that its document is made for."""
