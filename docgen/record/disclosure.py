"""The record's settings of confidentiality: what it discloses against the profile, and what it withholds."""

from __future__ import annotations

from typing import Annotated

from docgen.record.types import EnterpriseReference, Part, Reference, Text


class Mark(Part):
    """A set of data to disclose or withhold: fields by ``paths``, whole ``documents``, ``evidence``, ``texts``.

    ``enterprises`` narrows paths and documents to these enterprises; alone it means all data about them. A document
    is named by its id, or by ``<id>/<key>`` for one copy of it.
    """

    paths: tuple[Text, ...] = ()
    enterprises: tuple[EnterpriseReference, ...] = ()
    documents: tuple[Text, ...] = ()
    evidence: tuple[Annotated[Text, Reference("evidence[]")], ...] = ()
    texts: tuple[Text, ...] = ()


class Disclosure(Part):
    """The data that the record discloses and withholds, in addition to the profile's settings.

    The longer path wins; of equal paths the record's, then the one for named enterprises, then the withholding one.
    """

    open: tuple[Mark, ...] = ()
    confidential: tuple[Mark, ...] = ()
