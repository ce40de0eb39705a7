"""Formats the description of a verified package as pairs of label and text for terminal and page.

``description`` is always the dict of ``describe_report``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docgen.archive.verify.relations import PackageRelation
from docgen.messages import Catalogue
from docgen.messages.description import format_size


def format_facts(description: Mapping[str, Any], words: Catalogue) -> list[tuple[str, str]]:
    """Name, title, standard, identity, size and end of a package; empty values are left out."""
    size = format_size(description["bytes"])
    rows = [
        ("name", description["name"]),
        ("title", description["title"]),
        ("standard", description["standard"]),
        ("identity", description["identity"]),
        ("contents", words.text("verify.files", files=description["files"], size=size)),
        ("until", _format_until(description, words)),
    ]
    return [(words.text(f"verify.{name}"), text) for name, text in rows if text]


def format_work(description: Mapping[str, Any], words: Catalogue) -> str:
    """The cost of reading the package, beside its limits."""
    work, limits = description["work"], description["limits"]
    return words.text(
        "verify.work-done",
        entries=f"{work['entries']:,}",
        most_entries=f"{limits['most_entries']:,}",
        inflated=format_size(work["inflated"]),
        most_inflated=format_size(limits["most_inflated"]),
        elements=f"{work['elements']:,}",
        most_elements=f"{limits['most_elements']:,}",
    )


def format_relation(
    description: Mapping[str, Any], relation: PackageRelation | None, words: Catalogue
) -> list[tuple[str, str]]:
    """The kind of a supplement or redacted edition, the package that it belongs to, the number of redacted values."""
    if relation is None:
        return []
    redaction = description["redaction"]
    belonging = "redacted-from" if redaction is not None else "supplements"
    key = "verify.belongs" if relation.is_verified else "verify.alone"
    rows = [
        ("kind", words.text(f"archive.kind.{description['kind']}")),
        (belonging, words.text(key, name=relation.name or "—", identity=relation.identity)),
    ]
    if redaction is not None:
        rows.append(("left-out", words.text("verify.counts", **redaction)))
    return [(words.text(f"verify.{name}"), text) for name, text in rows]


def _format_until(description: Mapping[str, Any], words: Catalogue) -> str:
    """The item at which a stage package ends, and the number of later items, which aren't checked."""
    until, later = description["until"], description["not_checked"]
    if until is None:
        return ""
    key = "verify.later" if later else "verify.whole"
    return words.text(key, item=until["item"], label=until["label"], count=len(later))
