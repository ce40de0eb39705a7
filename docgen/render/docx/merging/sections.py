"""Edits the sections of a Word document's text: ends a section, and restarts its page numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

SECTION = re.compile(r"<w:sectPr\b[^>]*?(?:/>|>.*?</w:sectPr>)", re.DOTALL)
_PAGE_NUMBERS = re.compile(r"<w:pgNumType\b[^>]*/>")
_START = re.compile(r'\sw:start="[^"]*"')
_BEFORE_NUMBERS = re.compile(
    r"<w:(?:headerReference|footerReference|footnotePr|endnotePr|type|pgSz|pgMar|paperSrc|pgBorders|lnNumType)\b"
    r"(?:[^>]*/>|(?:(?!/>)[^>])*>.*?</w:(?:footnotePr|endnotePr|pgBorders)>)",
    re.DOTALL,
)
_HIDDEN = (
    '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
    '<w:rPr><w:sz w:val="2"/></w:rPr>{section}</w:pPr></w:p>'
)


class MergeError(ValueError):
    """A document can't be merged: ``key`` says why (``merge.notes``, ``merge.unread``)."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class DocumentBody:
    """A document's main part in four pieces: head, content, properties of the last section, tail."""

    head: str
    content: str
    section: str
    tail: str


def cut_body(text: str) -> DocumentBody:
    """Cut a main part into its pieces; MergeError when it doesn't end with section properties."""
    start = text.find("<w:body>")
    end = text.rfind("</w:body>")
    if start < 0 or end < 0:
        raise MergeError("merge.unread")
    start += len("<w:body>")
    inner = text[start:end]
    last = inner.rfind("<w:sectPr")
    if last < 0 or "</w:p>" in inner[last:]:
        raise MergeError("merge.unread")
    return DocumentBody(text[:start], inner[:last], inner[last:], text[end:])


def restart_pages(section: str) -> str:
    """Restart a section's page numbers at 1."""
    if section.endswith("/>") and "</w:sectPr>" not in section:
        section = section[:-2] + "></w:sectPr>"
    stated = _PAGE_NUMBERS.search(section)
    if stated is not None:
        numbers = _START.sub("", stated[0]).replace("<w:pgNumType", '<w:pgNumType w:start="1"', 1)
        return section[: stated.start()] + numbers + section[stated.end() :]
    at = section.index(">") + 1
    for before in _BEFORE_NUMBERS.finditer(section):
        at = before.end()
    return section[:at] + '<w:pgNumType w:start="1"/>' + section[at:]


def close_section(content: str, section: str) -> str:
    """End the section of a content: in its last paragraph, or else in an invisible one behind it."""
    at = content.rfind("<w:p>")
    other = content.rfind("<w:p ")
    at = max(at, other)
    tail = content[at:]
    if at >= 0 and content.endswith("</w:p>") and "<w:tbl" not in tail and "<w:sectPr" not in tail:
        opened = tail.index(">") + 1
        if not tail[:opened].endswith("/>") and _is_last_paragraph(tail):
            return content[:at] + tail[:opened] + _put_section(tail[opened:], section)
    return content + _HIDDEN.format(section=section)


def _is_last_paragraph(tail: str) -> bool:
    """Whether a text that begins with a paragraph holds only this one, so that it is the body's last."""
    return tail.count("</w:p>") == 1 and "</w:tc>" not in tail and "</w:sdtContent>" not in tail


def _put_section(rest: str, section: str) -> str:
    """Add a section to the properties of a paragraph (its text behind ``<w:p>``), before a tracked change of them."""
    if rest.startswith("<w:pPr/>"):
        return f"<w:pPr>{section}</w:pPr>" + rest[len("<w:pPr/>") :]
    if not rest.startswith("<w:pPr"):
        return f"<w:pPr>{section}</w:pPr>" + rest
    end = rest.index("</w:pPr>")
    change = rest.find("<w:pPrChange", 0, end)
    at = change if change >= 0 else end
    return rest[:at] + section + rest[at:]
