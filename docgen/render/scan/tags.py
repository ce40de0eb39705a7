"""Parses the tags of a template one by one, each with its location, so that a fault in one hides no other.

A tag's *unit* is where its block has to end: in the same part of a Word file, rows of a sheet, or cell.
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
"""Where a value is printed: in a line, in place of a paragraph, in a cell of a workbook."""
Word = Literal["print", "for", "if", "elif", "else", "end", "set", "with", "layout", "other"]

_LAYOUT = ("colspan", "cellbg", "colwidth")
_CLOSED = frozenset({"block", "macro", "call", "filter", "autoescape"})
_REFUSED = _CLOSED | {"include", "import", "from", "extends"}
_POI_TL = {
    **{"@": "picture", "#": "table", "*": "list", "?": "block", "/": "end"},
    **{"+": "narrative", ">": "narrative", "=": "print"},
}
"""The marks of poi-tl's tags, and the kind of docgen's tag that replaces each."""
_POI_TL_TAG = re.compile(r"([@#*?/+>=])\s*(?:\S+\s+)*([^\s}]*)")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: ``typed`` is its text in the template, ``inner`` its content, ``word`` its kind."""

    typed: str
    inner: str
    word: Word
    keyword: str
    location: Location
    unit: tuple[str, ...]
    place: TagPlace


@dataclass(frozen=True, slots=True)
class ParsedTag:
    """A tag with its Jinja statement or expression; ``node`` is None where it has none or can't be parsed."""

    tag: Tag
    node: nodes.Node | None = None


@dataclass(slots=True)
class ParsedTags:
    """The parsed tags of a template, and the faults of those that can't be parsed."""

    tags: list[ParsedTag] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)


def parse_tag(typed: str, location: Location, unit: tuple[str, ...], place: TagPlace = "line") -> Tag | None:
    """Parse a tag as typed into its kind and content; None for a Jinja comment."""
    if typed.startswith("{#"):
        return None
    tag, shown = read_tag(typed), re.sub(r"\s+", " ", typed)
    if tag.kind == "print":
        return Tag(shown, tag.inner, "print", "", location, unit, "paragraph" if tag.level == "p" else place)
    return Tag(shown, tag.inner, _classify_keyword(tag.keyword), tag.keyword, location, unit, place)


def _classify_keyword(keyword: str) -> Word:
    if keyword in ("for", "if", "elif", "else", "set", "with"):
        return keyword  # type: ignore[return-value]
    if keyword in _LAYOUT:
        return "layout"
    return "end" if re.fullmatch(r"end(?:for|if|with|set)", keyword) else "other"


@cache
def _get_parser() -> Sandbox:
    return make_environment(str)


def parse_tags(tags: list[Tag], filters: frozenset[str]) -> ParsedTags:
    """Parse each tag alone; a tag that can't be parsed is a fault. ``filters`` are those that the engine has."""
    parsed = ParsedTags()
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
        parsed.tags.append(_parse_alone(tag, filters, parsed.faults))
    return parsed


def _parse_alone(tag: Tag, filters: frozenset[str], faults: list[Diagnostic]) -> ParsedTag:
    from jinja2 import TemplateSyntaxError, nodes

    foreign = _POI_TL_TAG.match(tag.inner) if tag.word == "print" else None
    if foreign is not None:
        instead = Term(f"scan.instead.{_POI_TL[foreign[1]]}", {"name": foreign[2].strip() or "x"})
        faults.append(Diagnostic("T436", Severity.ERROR, {"tag": tag.typed, "instead": instead}, tag.location))
        return ParsedTag(tag)
    source = _write_source(tag)
    if source is None:
        if tag.word == "other" and tag.keyword not in ("vm", "hm"):
            problem = Term("render.syntax.unknown", {"word": tag.keyword})
            faults.append(_make_fault("T105", tag, problem=problem))
        return ParsedTag(tag)
    try:
        tree = _get_parser().parse(source)
    except RefusedStatementError as problem:
        faults.append(_make_fault("T107", tag, statement=str(problem.message)))
        return ParsedTag(tag)
    except TemplateSyntaxError as problem:
        faults.append(_make_fault("T105", tag, problem=Term("render.syntax.other", {"detail": str(problem.message)})))
        return ParsedTag(tag)
    for applied in tree.find_all(nodes.Filter):
        if applied.name not in filters and not applied.name.startswith("_"):
            faults.append(_make_fault("T106", tag, filter=applied.name))
    first = tree.body[0] if tree.body else None
    if isinstance(first, nodes.Output):
        return ParsedTag(tag, first.nodes[0])
    return ParsedTag(tag, first)


def _write_source(tag: Tag) -> str | None:
    """Write a template of the tag alone; None where it has nothing but its keyword."""
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


def _make_fault(code: str, tag: Tag, **params: Param) -> Diagnostic:
    common: Mapping[str, Param] = {"template": tag.location.file or "", "tag": tag.typed}
    return Diagnostic(code, Severity.ERROR, {**common, **params}, tag.location)
