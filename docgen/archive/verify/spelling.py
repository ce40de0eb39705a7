"""Spells a verified package as pairs of label and text, from its description, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docgen.archive.verify.relations import PackageRelation
from docgen.messages import Catalogue
from docgen.messages.description import format_size


def format_facts(said: Mapping[str, Any], words: Catalogue) -> list[tuple[str, str]]:
    """What a package is; what nobody knows of it is left out. ``said`` is as ``describe_report`` gives it."""
    files = words.text("verify.files", files=said["files"], size=format_size(said["bytes"]))
    rows = [
        ("name", said["name"]),
        ("title", said["title"]),
        ("standard", said["standard"]),
        ("identity", said["identity"]),
        ("contents", files),
        ("until", _format_until(said, words)),
    ]
    return [(words.text(f"verify.{name}"), text) for name, text in rows if text]


def format_work(said: Mapping[str, Any], words: Catalogue) -> str:
    """What reading the package took, and how much it might have taken."""
    work, limits = said["work"], said["limits"]
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
    said: Mapping[str, Any], relation: PackageRelation | None, words: Catalogue
) -> list[tuple[str, str]]:
    """What kind of package it is where it isn't a full one, which it belongs to, and what was left out of it."""
    if relation is None:
        return []
    left_out = said["redaction"]
    belonging = "redacted-from" if left_out is not None else "supplements"
    key = "verify.belongs" if relation.is_met else "verify.alone"
    rows = [
        ("kind", words.text(f"archive.kind.{said['kind']}")),
        (belonging, words.text(key, name=relation.name or "—", identity=relation.identity)),
    ]
    if left_out is not None:
        rows.append(("left-out", words.text("verify.counts", **left_out)))
    return [(words.text(f"verify.{name}"), text) for name, text in rows]


def _format_until(said: Mapping[str, Any], words: Catalogue) -> str:
    """Where a stage package ends, and how many filing items come after that nobody looked at."""
    until, later = said["until"], said["not_checked"]
    if until is None:
        return ""
    key = "verify.later" if later else "verify.whole"
    return words.text(key, item=until["item"], label=until["label"], count=len(later))
