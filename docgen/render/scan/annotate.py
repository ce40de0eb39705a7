"""Annotates a Word template: makes a copy with a Word comment at each fault."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from docgen.diagnostics import Diagnostic
from docgen.messages import Catalogue
from docgen.render.docx.tree.hidden import CHECK_AUTHOR
from docgen.render.docx.wordml.measure import W
from docgen.render.docx.wordml.package import open_package
from docgen.render.scan.comments import Comment, add_comments

if TYPE_CHECKING:
    from lxml.etree import _Element


def annotate_docx(data: bytes, name: str, diagnostics: Sequence[Diagnostic], words: Catalogue) -> bytes:
    """Add a comment for each diagnostic; TemplateError where the template can't be opened.

    Word allows comments in the main document only: a fault of a header, a footer, a style or the whole template is
    commented at the first paragraph, with the name of its part.
    """
    main = open_package(data, name).main
    comments = [
        Comment(
            _format_comment(item, main, words),
            (item.location.paragraph or 1) if item.location.part == main else 1,
        )
        for item in diagnostics
    ]
    return add_comments(data, comments, *CHECK_AUTHOR, count=_list_hosts)


def _list_hosts(body: _Element) -> list[_Element]:
    """List for each paragraph the one that can have its comment: itself, or the one that holds its text box."""
    return [_find_host(paragraph) for paragraph in body.iter(f"{W}p")]


def _find_host(paragraph: _Element) -> _Element:
    boxes = list(paragraph.iterancestors(f"{W}txbxContent"))
    return next(boxes[-1].iterancestors(f"{W}p")) if boxes else paragraph


def _format_comment(item: Diagnostic, main: str, words: Catalogue) -> str:
    place = item.location
    severity = words.text(f"annotate.severity.{item.severity.value}")
    lines = [words.text("annotate.fault", severity=severity, code=item.code, message=words.message(item))]
    lines.append(words.text("annotate.mend", mend=words.mend(item)))
    if place.part is not None and place.part != main:
        lines.insert(0, f"{place.part}" + (f"  {place.excerpt}" if place.excerpt else ""))
    return "\n".join(lines)
