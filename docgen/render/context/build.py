"""What a template sees: the record, its facts and its document, under the names that ``vocabulary`` declares.

Models are shown through views: an absent value becomes a Missing that knows its path and the label a user knows it by.
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
    """The names that a document's templates may use. With mode ``blank`` the form's own fields stay free."""
    source = ContextSource(subject, job, mode, photographs)
    return {item.name: item.make(source) for item in list_names(subject.profile, job.document)}
