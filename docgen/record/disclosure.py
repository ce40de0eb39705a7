"""The part of a record on its confidentiality: what it opens though the profile closes it, and what it closes."""

from __future__ import annotations

from typing import Annotated

from docgen.record.types import EnterpriseReference, Part, Reference, Text


class Mark(Part):
    """A set of things: fields by ``paths``, whole ``documents``, ``evidence``, words (``texts``).

    ``enterprises`` narrows paths and documents to these enterprises; alone it means everything about them. A document
    is named by its id, or by ``<id>/<key>`` for one copy of it.
    """

    paths: tuple[Text, ...] = ()
    enterprises: tuple[EnterpriseReference, ...] = ()
    documents: tuple[Text, ...] = ()
    evidence: tuple[Annotated[Text, Reference("evidence[]")], ...] = ()
    texts: tuple[Text, ...] = ()


class Disclosure(Part):
    """What the record opens and what it closes, beside what the profile says.

    The longer path wins; of two as long the record's, then the one for named enterprises, then the closing one.
    """

    open: tuple[Mark, ...] = ()
    confidential: tuple[Mark, ...] = ()
