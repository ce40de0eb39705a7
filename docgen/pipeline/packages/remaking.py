"""Remake the papers of a received package from its index, with the templates that came with docgen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json

import docgen
from docgen.archive.plan.model import PackageIndex
from docgen.archive.verify.remade import UNKNOWN, Remade
from docgen.pipeline.stages.papers import describe_package, list_papers
from docgen.record.archive_settings import ArchiveSettings, IndexForm
from docgen.render.store import TemplateStore
from docgen.resources import Resources

_ALIKE = frozenset(f"docgen {version}" for version in ("0.1.0", docgen.__version__))
"""The versions whose page and papers are laid out as today's: add to them while that is so, else begin anew."""
_ONLY_IN_THE_RECORD = ("cross_reference", "compiled_by", "compiled_on", "checked_by", "checked_on")


class PaperMaker:
    """Remakes cover, index and remarks sheet from a package's index; templates are compiled once."""

    def __init__(self) -> None:
        self._store = TemplateStore(Resources())

    def __call__(self, index: PackageIndex, record: bytes | None) -> Remade:
        """Remake the papers of an index; ``exact`` are those whose templates are the ones of this installation."""
        settings = _read_signed(record)
        context = describe_package(settings, index)
        if settings is None:
            context["package"] = replace(context["package"], **dict.fromkeys(_ONLY_IN_THE_RECORD, UNKNOWN))
        form: IndexForm = "DA/T 22" if index.archive.index_form == "DA/T 22" else "GB/T 11822"
        papers = list_papers(form, index.archive.index_columns)
        rendered = {name: self._store.render(template, context).data for name, template in papers.items()}
        digests = self._store.digests
        exact = {name for name, template in papers.items() if index.template_digests.get(template) == digests[template]}
        return Remade(rendered, frozenset(exact), _ALIKE)


def _read_signed(record: bytes | None) -> ArchiveSettings | None:
    """Read from the record who compiled and checked the package, and when; None where that can't be read."""
    if record is None:
        return None
    try:
        settings: Any = from_json(record)["record"]["project"].get("archive") or {}
        return ArchiveSettings.model_validate({key: settings.get(key) for key in _ONLY_IN_THE_RECORD})
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError):
        return None
