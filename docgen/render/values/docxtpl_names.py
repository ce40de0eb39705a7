"""docxtpl's names that templates for it use, and what a template of docgen writes instead."""

from __future__ import annotations

import re

from docgen.diagnostics import Term

_INSTEAD = {
    **{"new_subdoc": "subdoc", "Subdoc": "subdoc", "RichTextParagraph": "subdoc"},
    **{"RichText": "rich", "R": "rich", "build_url_id": "rich", "InlineImage": "image", "Listing": "listing"},
}
_CALL = re.compile(rf"(?<!\w)({'|'.join(_INSTEAD)})\s*\(")


def find_docxtpl_replacement(name: str) -> Term | None:
    """Find what replaces one of docxtpl's names; None for any other name."""
    kind = _INSTEAD.get(name.rpartition(".")[2])
    return Term(f"render.instead.{kind}") if kind else None


def find_docxtpl_call(tag: str) -> str | None:
    """Find the name of docxtpl's that a tag calls."""
    match = _CALL.search(tag)
    return match[1] if match else None
