"""Classifies active content of an Office document: macros, objects, links to files and programs; pure.

Content types, relationships and instructions decide; a part's name, which anybody may choose, only adds to them. Active
content is reported, not called harmful.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from docgen.archive.zip.names import escape_name
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, Term, warning
from docgen.ooxml.package import PartRelation

ActiveKind = Literal[
    "macro",
    "macro_sheet",
    "control",
    "object",
    "program",
    "dde",
    "field",
    "chunk",
    "remote",
    "file_link",
    "function",
    "addin",
    "script",
    "unsearched",
]
ACTIVE_KINDS: tuple[ActiveKind, ...] = get_args(ActiveKind)

_SHOWN, _LONGEST = 3, 80
# by a piece of the content type, in lower case
_KINDS_BY_TYPE: tuple[tuple[str, ActiveKind], ...] = (
    ("vbaproject", "macro"),
    ("macroenabled", "macro"),
    ("ms-word.attachedtoolbars", "macro"),
    ("ms-word.keymapcustomizations", "macro"),
    ("macrosheet", "macro_sheet"),
    ("dialogsheet", "macro_sheet"),
    ("activex", "control"),
    ("oleobject", "object"),
    ("webextension", "addin"),
    ("text/html", "chunk"),
    ("application/xhtml", "chunk"),
    ("message/rfc822", "chunk"),
    ("rtf", "chunk"),
)
# by the last word of a relationship's type, in lower case
_KINDS_BY_RELATION: dict[str, ActiveKind] = {
    **dict.fromkeys(("vbaproject", "wordvbadata", "vbaprojectsignature"), "macro"),
    **dict.fromkeys(("attachedtoolbars", "keymapcustomizations"), "macro"),
    **dict.fromkeys(("xlmacrosheet", "xlintlmacrosheet", "dialogsheet"), "macro_sheet"),
    **dict.fromkeys(("control", "activexcontrolbinary"), "control"),
    **dict.fromkeys(("oleobject", "package"), "object"),
    **dict.fromkeys(("webextension", "webextensiontaskpane", "webextensiontaskpanes"), "addin"),
    **dict.fromkeys(("extensibility", "usercustomization"), "addin"),
    "afchunk": "chunk",
    "connections": "remote",
}
# by a piece of the part's name, as Office names it: even without a relationship a program might load such a part
_KINDS_BY_NAME: tuple[tuple[str, ActiveKind], ...] = (("vbaproject", "macro"), ("/activex/", "control"))
_ORDINARY_SCHEMES = frozenset(("http", "https", "mailto", "tel", "ftp", "sms", "news"))
_SCHEME = re.compile(r"(?!(?:localhost|[^:/]*\.[^:/]*):\d+(?:[/?#]|$))([a-z][a-z0-9+.-]*)[:|]", re.I)
# suffixes of programs, for links without a scheme; .com is left out, since www.example.com is a page
_PROGRAM_SUFFIX = re.compile(
    r"\.(?:exe|dll|scr|pif|bat|cmd|vb[se]|jse?|hta|ps1|lnk|ms[ip]|jar|ws[fh]|cpl|reg)(?=[?#]|$)", re.I
)
_INVISIBLE = re.compile(r"[\x00-\x20\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class ActiveContent:
    """A piece of active content: its kind, the part that holds it, and its target or instruction, "" without one."""

    kind: ActiveKind
    part: str = ""
    detail: str = ""


def report_active(contents: Iterable[ActiveContent], member: str, place: Location) -> Iterator[Diagnostic]:
    """V167 for each kind of active content, with the first parts and targets."""
    pieces = list(dict.fromkeys(contents))
    for kind in ACTIVE_KINDS:
        parts = dict.fromkeys(_format(piece) for piece in pieces if piece.kind == kind)
        if parts:
            what = Term(f"archive.active.{kind}")
            yield warning("V167", place, member=member, what=what, parts=format_first_few(parts, _SHOWN))


def _format(content: ActiveContent) -> str:
    detail = content.detail if len(content.detail) <= _LONGEST else f"{content.detail[:_LONGEST]}…"
    return "：".join(escape_name(text) for text in (content.part, detail) if text) or "—"


def classify_type(media_type: str) -> ActiveKind | None:
    """The kind of active content that a content type stands for; None for any other type."""
    lowered = media_type.lower()
    return next((kind for mark, kind in _KINDS_BY_TYPE if mark in lowered), None)


def classify_name(part: str) -> ActiveKind | None:
    """The kind of active content that a part's name stands for; None for any other name."""
    lowered = f"/{part}".lower()
    return next((kind for mark, kind in _KINDS_BY_NAME if mark in lowered), None)


def classify_relation(relation: PartRelation, stated: str) -> ActiveContent | None:
    """The active content that a relationship brings in, or None; ``stated`` is its target as written."""
    kind = relation.kind.lower()
    is_outside = relation.is_external or reaches_file(stated) or leaves_package(stated)
    if kind == "hyperlink":
        return ActiveContent("file_link", detail=stated) if is_outside and reaches_file(stated) else None
    if kind in _KINDS_BY_RELATION:
        return ActiveContent(_KINDS_BY_RELATION[kind], detail=stated)
    # Word writes NULL as the target of a picture that it has lost
    return ActiveContent("remote", detail=f"{relation.kind} {stated}") if is_outside and stated != "NULL" else None


def leaves_package(target: str) -> bool:
    """Whether a target is an address on a network, even where its relationship isn't marked as external."""
    match = _SCHEME.match(_INVISIBLE.sub("", target))
    return match is not None and match[1].lower() in _ORDINARY_SCHEMES


def reaches_file(target: str) -> bool:
    """Whether a link leads to a file, a program or a script instead of a page, an address or a place in the text."""
    bare = _INVISIBLE.sub("", target)
    if bare.startswith(("\\\\", "//", "/\\", "\\/")):
        return True
    match = _SCHEME.match(bare)
    if match is not None:
        return match[1].lower() not in _ORDINARY_SCHEMES
    return _PROGRAM_SUFFIX.search(bare) is not None
