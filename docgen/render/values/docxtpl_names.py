"""Names that programs give to docxtpl's templates, and what a template of ours says instead."""

from __future__ import annotations

import re

from docgen.diagnostics import Term

_INSTEAD = {
    **{"new_subdoc": "subdoc", "Subdoc": "subdoc", "RichTextParagraph": "subdoc"},
    **{"RichText": "rich", "R": "rich", "build_url_id": "rich", "InlineImage": "image", "Listing": "listing"},
}
_CALL = re.compile(rf"(?<!\w)({'|'.join(_INSTEAD)})\s*\(")


def find_instead(name: str) -> Term | None:
    """What stands for something of docxtpl's; None for any other name."""
    kind = _INSTEAD.get(name.rpartition(".")[2])
    return Term(f"render.instead.{kind}") if kind else None


def find_call(tag: str) -> str | None:
    """The name of docxtpl's that a tag calls."""
    found = _CALL.search(tag)
    return found[1] if found else None
