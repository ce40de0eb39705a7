"""Finds look-alikes of tags: full-width braces, spaces between braces, the tags of other programs.

A look-alike isn't filled, so it would stay in the document, though it wasn't meant as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from docgen.diagnostics import Diagnostic, Location, Param, Severity, Term
from docgen.render.context.types import Shape
from docgen.render.scan.labels import find_paths
from docgen.render.values.typed import TAG

_NAME = r"[A-Za-z_\u4e00-\u9fff][\w.\u4e00-\u9fff]*"
_ESCAPED = re.compile(r"\{_[{%].*?[}%]_\}")
"""A tag that the template prints as text."""
_BRACES = re.compile(r"[{｛]\s*[{｛%％][^{}｛｝]{1,200}[}｝%％]\s*[}｝]")
_KINDS = {
    "T432": re.compile(r"[$＄#][{｛]\s*([^{}｛｝]{1,60}?)\s*[}｝]"),
    "T434": re.compile(rf"«\s*([^«»]{{1,60}}?)\s*»|<<\s*({_NAME})\s*>>"),
    "T435": re.compile(
        r"【\s*([^【】\s][^【】]{0,29}?)\s*】|〔([^〔〕]{1,30})〕|\[\[\s*([^\[\]]{1,30}?)\s*\]\]|<%=?\s*([^%<>]{1,60}?)\s*%>"
        rf"|#({_NAME})#|\$({_NAME})\$|%({_NAME})%"
    ),
    "T433": re.compile(rf"(?<![{{｛])[{{｛]\s*({_NAME})\s*[}}｝](?![}}｝])"),
}
_FIELD = re.compile(r"\bMERGEFIELD\s+(?:\"([^\"]+)\"|(\S+))", re.IGNORECASE)
_STRAIGHT = str.maketrans({"｛": "{", "｝": "}", "％": "%"})
_CERTAIN = frozenset({"T432"})
"""Look-alikes that can't be meant as text; the others are certain where their name is known."""


@dataclass(frozen=True, slots=True)
class TemplateText:
    """A text of a template with its location and the codes of its fields."""

    text: str
    location: Location
    codes: str = ""


def find_lookalikes(texts: Iterable[TemplateText], names: Mapping[str, Shape], has_tags: bool) -> Iterator[Diagnostic]:
    """Find the look-alikes of tags, each with what to write instead.

    A bracketed text such as 【x】 is one where x is a known name; any other 【x】 only in a template that doesn't have
    docgen's tags (``has_tags``), since beside tags it is meant as text.
    """
    for text in texts:
        merge_fields = ["".join(names_typed) for names_typed in _FIELD.findall(text.codes)]
        for name in merge_fields:
            yield _make_fault("T434", f"MERGEFIELD {name}", name, text.location, names, is_certain=True)
        rest = TAG.sub("\0", _ESCAPED.sub("\0", text.text))
        for match in _BRACES.finditer(rest):
            yield _make_brace_fault(match[0], text.location)
        rest = _BRACES.sub("\0", rest)
        for code, pattern in _KINDS.items():
            for match in pattern.finditer(rest):
                name = next(group for group in match.groups() if group)
                if code == "T434" and name in merge_fields:
                    continue
                item = _make_fault(code, match[0], name, text.location, names)
                is_bracket = match[0].startswith("【") and not has_tags
                if code != "T435" or item.severity is Severity.ERROR or is_bracket:
                    yield item
            rest = pattern.sub("\0", rest)


def name_labels(faults: Iterable[Diagnostic], names: Mapping[str, Shape]) -> Iterator[Diagnostic]:
    """Replace syntax faults of tags that are labels, such as 营业收入（万元）, by faults that give the right name."""
    for fault in faults:
        typed = str(fault.params.get("tag", ""))
        inner = typed.removeprefix("{{p ").strip("{ -}").partition("|")[0]
        paths = find_paths(inner, names) if fault.code == "T105" and not inner.isascii() else ()
        if not paths:
            yield fault
            continue
        params: dict[str, Param] = {"name": inner.strip(), "path": paths[0], "paths": "、".join(paths)}
        yield Diagnostic("T430", Severity.ERROR, {"tag": typed, **params}, fault.location)


def _make_brace_fault(typed: str, location: Location) -> Diagnostic:
    straight = re.sub(r"(?<=[{%])\s+(?=[{%])|(?<=[}%])\s+(?=[}%])", "", typed.translate(_STRAIGHT))
    return Diagnostic("T431", Severity.ERROR, {"text": typed, "instead": straight}, location)


def _make_fault(
    code: str, typed: str, name: str, location: Location, names: Mapping[str, Shape], *, is_certain: bool = False
) -> Diagnostic:
    paths = find_paths(name, names)
    is_meant = is_certain or code in _CERTAIN or bool(find_paths(name, names, exact=True))
    severity = Severity.ERROR if is_meant else Severity.WARNING
    instead = f"{{{{ {paths[0]} }}}}" if paths else Term("scan.instead.name")
    return Diagnostic(code, severity, {"text": typed, "instead": instead}, location)
