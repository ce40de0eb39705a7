"""The record: what is known of a project, written down once."""

from __future__ import annotations

from docgen.record.disclosure import Disclosure
from docgen.record.enterprise import Enterprise
from docgen.record.marking import Rubric
from docgen.record.parts import Activity, Confirmation, Evidence, NotApplicable, Party, Project, Training
from docgen.record.scoring import ScoringChoice
from docgen.record.types import Part, Text


class Record(Part):
    """The shared vocabulary of a record; a profile adds ``forms``, the own fields of its documents, to it.

    Only ``profile`` has to be there for a record to be read; what the profile's documents need is asked when they are
    planned.
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
"""What a template calls the one item that its document is made for."""
