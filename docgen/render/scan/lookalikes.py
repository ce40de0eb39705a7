"""Finds look-alikes of tags: full-width braces, spaces between braces, the tags of other programs.

It would stay in the document as it stands, and nobody meant it as text.
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
_SHOWN = re.compile(r"\{_[{%].*?[}%]_\}")
"""A tag that the template wants to show."""
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
_SURE = frozenset({"T432"})
"""What can't be meant as text; of the others it is sure where somebody knows the name."""


@dataclass(frozen=True, slots=True)
class SaidText:
    """A text of a template at its place; ``codes`` are those of its fields."""

    text: str
    location: Location
    codes: str = ""


def find_lookalikes(texts: Iterable[SaidText], names: Mapping[str, Shape], has_tags: bool) -> Iterator[Diagnostic]:
    """A diagnostic for each look-alike, with what to write instead; 【x】 is one where it is a name that is known.

    In a template that ``has_tags`` of ours nobody means 【x】 as a tag otherwise.
    """
    for said in texts:
        merged = ["".join(found) for found in _FIELD.findall(said.codes)]
        for name in merged:
            yield _describe("T434", f"MERGEFIELD {name}", name, said.location, names, sure=True)
        rest = TAG.sub("\0", _SHOWN.sub("\0", said.text))
        for found in _BRACES.finditer(rest):
            yield _describe_braces(found[0], said.location)
        rest = _BRACES.sub("\0", rest)
        for code, pattern in _KINDS.items():
            for found in pattern.finditer(rest):
                name = next(group for group in found.groups() if group)
                if code == "T434" and name in merged:
                    continue
                item = _describe(code, found[0], name, said.location, names)
                is_bracket = found[0].startswith("【") and not has_tags
                if code != "T435" or item.severity is Severity.ERROR or is_bracket:
                    yield item
            rest = pattern.sub("\0", rest)


def name_labels(faults: Iterable[Diagnostic], names: Mapping[str, Shape]) -> Iterator[Diagnostic]:
    """The faults of reading tags; for a label that can't be read (营业收入（万元）), the name that it stands for."""
    for fault in faults:
        typed = str(fault.params.get("tag", ""))
        inner = typed.removeprefix("{{p ").strip("{ -}").partition("|")[0]
        paths = find_paths(inner, names) if fault.code == "T105" and not inner.isascii() else ()
        if not paths:
            yield fault
            continue
        params: dict[str, Param] = {"name": inner.strip(), "path": paths[0], "paths": "、".join(paths)}
        yield Diagnostic("T430", Severity.ERROR, {"tag": typed, **params}, fault.location)


def _describe_braces(typed: str, location: Location) -> Diagnostic:
    straight = re.sub(r"(?<=[{%])\s+(?=[{%])|(?<=[}%])\s+(?=[}%])", "", typed.translate(_STRAIGHT))
    return Diagnostic("T431", Severity.ERROR, {"text": typed, "instead": straight}, location)


def _describe(
    code: str, typed: str, name: str, location: Location, names: Mapping[str, Shape], *, sure: bool = False
) -> Diagnostic:
    paths = find_paths(name, names)
    is_meant = sure or code in _SURE or bool(find_paths(name, names, exact=True))
    severity = Severity.ERROR if is_meant else Severity.WARNING
    instead = f"{{{{ {paths[0]} }}}}" if paths else Term("scan.instead.name")
    return Diagnostic(code, severity, {"text": typed, "instead": instead}, location)
