"""The tags of a template one by one, each with its place and read alone: a fault in one hides no other.

A tag's *unit* is what its block has to end in: a part of a Word file, a sheet's rows, a cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from docgen.diagnostics import Diagnostic, Location, Param, Severity, Term
from docgen.render.values.sandbox import RefusedStatementError, Sandbox, make_environment
from docgen.render.values.typed import read_tag

if TYPE_CHECKING:
    from jinja2 import nodes

TagPlace = Literal["line", "paragraph", "cell"]
"""Where a printed value comes to stand: in a line, in place of a paragraph, in a cell of a workbook."""
Word = Literal["print", "for", "if", "elif", "else", "end", "set", "with", "layout", "other"]

_LAYOUT = ("colspan", "cellbg", "colwidth")
_CLOSED = frozenset({"block", "macro", "call", "filter", "autoescape"})
_REFUSED = _CLOSED | {"include", "import", "from", "extends"}
_POI_TL = {
    **{"@": "picture", "#": "table", "*": "list", "?": "block", "/": "end"},
    **{"+": "narrative", ">": "narrative", "=": "print"},
}
"""How poi-tl marks a tag, and what stands here in its place."""
_FOREIGN = re.compile(r"([@#*?/+>=])\s*(?:\S+\s+)*([^\s}]*)")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: ``typed`` as it stands in the template, ``inner`` what it says, ``word`` what it does."""

    typed: str
    inner: str
    word: Word
    keyword: str
    location: Location
    unit: tuple[str, ...]
    place: TagPlace


@dataclass(frozen=True, slots=True)
class ReadTag:
    """A tag that was read: ``node`` is the Jinja statement or expression, None where there is none to read."""

    tag: Tag
    node: nodes.Node | None = None


@dataclass(slots=True)
class TagReading:
    """What a template's tags say, and which of them can't be read."""

    tags: list[ReadTag] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)


def split_tag(typed: str, location: Location, unit: tuple[str, ...], place: TagPlace = "line") -> Tag | None:
    """A tag as typed, taken apart; None for a remark."""
    if typed.startswith("{#"):
        return None
    tag, shown = read_tag(typed), re.sub(r"\s+", " ", typed)
    if tag.kind == "print":
        return Tag(shown, tag.inner, "print", "", location, unit, "paragraph" if tag.level == "p" else place)
    return Tag(shown, tag.inner, _find_word(tag.keyword), tag.keyword, location, unit, place)


def _find_word(keyword: str) -> Word:
    if keyword in ("for", "if", "elif", "else", "set", "with"):
        return keyword  # type: ignore[return-value]
    if keyword in _LAYOUT:
        return "layout"
    return "end" if re.fullmatch(r"end(?:for|if|with|set)", keyword) else "other"


@cache
def _parser() -> Sandbox:
    return make_environment(str)


def read_tags(tags: list[Tag], filters: frozenset[str]) -> TagReading:
    """Read each tag alone; a tag that can't be read is a fault. ``filters`` are those that the engine knows."""
    reading = TagReading()
    raw: tuple[str, ...] | None = None
    for tag in tags:
        if tag.keyword == "endraw" or (raw is not None and tag.unit != raw):
            raw = None
            continue
        if raw is not None:
            continue
        if tag.keyword == "raw":
            raw = tag.unit
            continue
        reading.tags.append(_read_tag(tag, filters, reading.faults))
    return reading


def _read_tag(tag: Tag, filters: frozenset[str], faults: list[Diagnostic]) -> ReadTag:
    from jinja2 import TemplateSyntaxError, nodes

    foreign = _FOREIGN.match(tag.inner) if tag.word == "print" else None
    if foreign is not None:
        instead = Term(f"scan.instead.{_POI_TL[foreign[1]]}", {"name": foreign[2].strip() or "x"})
        faults.append(Diagnostic("T436", Severity.ERROR, {"tag": tag.typed, "instead": instead}, tag.location))
        return ReadTag(tag)
    source = _write_source(tag)
    if source is None:
        if tag.word == "other" and tag.keyword not in ("vm", "hm"):
            problem = Term("render.syntax.unknown", {"word": tag.keyword})
            faults.append(_fault("T105", tag, problem=problem))
        return ReadTag(tag)
    try:
        tree = _parser().parse(source)
    except RefusedStatementError as problem:
        faults.append(_fault("T107", tag, statement=str(problem.message)))
        return ReadTag(tag)
    except TemplateSyntaxError as problem:
        faults.append(_fault("T105", tag, problem=Term("render.syntax.other", {"detail": str(problem.message)})))
        return ReadTag(tag)
    for found in tree.find_all(nodes.Filter):
        if found.name not in filters and not found.name.startswith("_"):
            faults.append(_fault("T106", tag, filter=found.name))
    first = tree.body[0] if tree.body else None
    if isinstance(first, nodes.Output):
        return ReadTag(tag, first.nodes[0])
    return ReadTag(tag, first)


def _write_source(tag: Tag) -> str | None:
    """The tag alone as a template; None where it says nothing more than its keyword."""
    inner = tag.inner
    if tag.keyword in _REFUSED:
        return f"{{% {inner} %}}" + (f"{{% end{tag.keyword} %}}" if tag.keyword in _CLOSED else "")
    sources = {
        "print": f"{{{{ {inner} }}}}",
        "layout": f"{{{{ {inner.removeprefix(tag.keyword)} }}}}",
        "for": f"{{% {inner} %}}{{% endfor %}}",
        "with": f"{{% {inner} %}}{{% endwith %}}",
        "if": f"{{% {inner} %}}{{% endif %}}",
        "elif": f"{{% if {inner.removeprefix('elif')} %}}{{% endif %}}",
        "set": f"{{% {inner} %}}" + ("" if "=" in inner else "{% endset %}"),
    }
    return sources.get(tag.word)


def _fault(code: str, tag: Tag, **params: Param) -> Diagnostic:
    known: Mapping[str, Param] = {"template": tag.location.file or "", "tag": tag.typed}
    return Diagnostic(code, Severity.ERROR, {**known, **params}, tag.location)
