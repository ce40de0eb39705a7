"""Finds active content of a document (macros, links, actions) by types, targets and instructions, never by names.

Nothing is run or fetched, and nothing is said to be harmful: the reader learns what is there before opening it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from docgen.archive.zip.names import escape_name
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
# By what a content type holds, in lower case.
_TYPES: tuple[tuple[str, ActiveKind], ...] = (
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
# By the last word of a relationship's type, in lower case.
_RELATIONS: dict[str, ActiveKind] = {
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
# A part that nothing leads to, under the name that Office gives it: what still might be taken up by it.
_NAMES: tuple[tuple[str, ActiveKind], ...] = (("vbaproject", "macro"), ("/activex/", "control"))
_ORDINARY = frozenset(("http", "https", "mailto", "tel", "ftp", "sms", "news"))
_SCHEME = re.compile(r"(?!(?:localhost|[^:/]*\.[^:/]*):\d+(?:[/?#]|$))([a-z][a-z0-9+.-]*)[:|]", re.I)
# What a link without a scheme may start; www.example.com is a page.
_STARTED = re.compile(
    r"\.(?:exe|dll|scr|pif|bat|cmd|vb[se]|jse?|hta|ps1|lnk|ms[ip]|jar|ws[fh]|cpl|reg)(?=[?#]|$)", re.I
)
_UNSEEN = re.compile(r"[\x00-\x20\u200b-\u200f\u202a-\u202e\u2060\ufeff]")


@dataclass(frozen=True, slots=True)
class Active:
    """Something that acts or reaches outside; ``part`` is where, ``detail`` the target or instruction, if any."""

    kind: ActiveKind
    part: str = ""
    detail: str = ""


def report_active(found: Iterable[Active], member: str, place: Location) -> Iterator[Diagnostic]:
    """V167, one for each kind, with the first parts and targets of it."""
    listed = list(dict.fromkeys(found))
    for kind in ACTIVE_KINDS:
        shown = list(dict.fromkeys(_format(item) for item in listed if item.kind == kind))
        if shown:
            where = "、".join(shown[:_SHOWN]) + ("…" if len(shown) > _SHOWN else "")
            yield warning("V167", place, member=member, what=Term(f"archive.active.{kind}"), parts=where)


def _format(item: Active) -> str:
    detail = item.detail if len(item.detail) <= _LONGEST else f"{item.detail[:_LONGEST]}…"
    return "：".join(escape_name(text) for text in (item.part, detail) if text) or "—"


def judge_type(media_type: str) -> ActiveKind | None:
    """What a part of this content type does, None for an ordinary one."""
    lowered = media_type.lower()
    return next((kind for mark, kind in _TYPES if mark in lowered), None)


def judge_name(part: str) -> ActiveKind | None:
    """What a part does by its name alone."""
    lowered = f"/{part}".lower()
    return next((kind for mark, kind in _NAMES if mark in lowered), None)


def judge_relation(relation: PartRelation, stated: str) -> Active | None:
    """What a relationship brings, or None; ``stated`` is its target as it is written."""
    kind = relation.kind.lower()
    outside = relation.is_external or reaches_file(stated) or leaves_package(stated)
    if kind == "hyperlink":
        return Active("file_link", detail=stated) if outside and reaches_file(stated) else None
    if kind in _RELATIONS:
        return Active(_RELATIONS[kind], detail=stated)
    # Word writes NULL for a picture that it lost
    return Active("remote", detail=f"{relation.kind} {stated}") if outside and stated != "NULL" else None


def leaves_package(target: str) -> bool:
    """Whether a target names a place on a network, whatever its relationship says of it."""
    match = _SCHEME.match(_UNSEEN.sub("", target))
    return match is not None and match[1].lower() in _ORDINARY


def reaches_file(target: str) -> bool:
    """Whether a link leads to a file, a program or a script instead of a page, an address or a place in the text."""
    bare = _UNSEEN.sub("", target)
    if bare.startswith(("\\\\", "//", "/\\", "\\/")):
        return True
    match = _SCHEME.match(bare)
    if match is not None:
        return match[1].lower() not in _ORDINARY
    return _STARTED.search(bare) is not None
