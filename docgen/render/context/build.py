"""Builds the context of a document's templates, with the names that ``vocabulary`` declares.

Templates see models through views: an absent value becomes a Missing with its path and the label that users know.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docgen.profile.plan import DocumentJob
from docgen.profile.subject import Subject
from docgen.render.context.source import ContextSource, ShownPhotograph
from docgen.render.context.vocabulary import list_names
from docgen.render.values.values import MissingMode


def build_context(
    subject: Subject, job: DocumentJob, mode: MissingMode, photographs: Sequence[ShownPhotograph] = ()
) -> dict[str, Any]:
    """Build a document's context: its values by name. With mode ``blank`` the form's own fields stay free."""
    source = ContextSource(subject, job, mode, photographs)
    return {item.name: item.make(source) for item in list_names(subject.profile, job.document)}
