"""From what a user calls a thing (企业名称, enterpriseName) to the name that a tag prints it by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from docgen.diagnostics import Term
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.render.context.types import Shape

_DEPTH = 3
_OFFERED = 3
_FIRST = ("form", "enterprise", "dated", "document", "project", "training", "activity")
"""Where it is looked for first: what stands elsewhere has the same label by accident (the name of any party)."""
_SKIPPED = frozenset({"item", "party_item", "totals", "evaluation"})


def find_paths(name: str, names: Mapping[str, Shape], *, exact: bool = False) -> tuple[str, ...]:
    """The names, at most three, whose label or own spelling it is; else, unless ``exact``, with a label near it."""
    wanted = _fold(name)
    if not wanted:
        return ()
    same: dict[str, None] = {}
    near: dict[str, int] = {}
    for path, label in _iterate_labels(names):
        said = _fold(label)
        if wanted in (said, _fold(path)) or (path.count(".") and wanted == _fold(path.rpartition(".")[2])):
            same[path] = None
        elif len(said) > 1 and len(wanted) > 1 and not wanted.isascii() and (said in wanted or wanted in said):
            near[path] = abs(len(said) - len(wanted))
    likely = [path for path in same if path.partition(".")[0] in _FIRST]
    found = (
        likely
        or list(same)
        or ([] if exact else sorted(near, key=lambda path: (path.partition(".")[0] not in _FIRST, near[path])))
    )
    return tuple(found[:_OFFERED])


def _fold(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def _iterate_labels(names: Mapping[str, Shape]) -> Iterator[tuple[str, str]]:
    """Each value that can be printed without a loop, with its label, the likely ones first."""
    order = [name for name in _FIRST if name in names]
    for name in [*order, *(name for name in names if name not in order and name not in _SKIPPED)]:
        yield from _walk(name, names[name], _DEPTH)


def _walk(path: str, shape: Shape, depth: int) -> Iterator[tuple[str, str]]:
    if shape.absence == "never":
        return
    if shape.kind not in ("fields", "list", "any"):
        yield path, _format(shape)
    elif depth:
        if shape.label and "name" in shape.names:
            yield f"{path}.name", _format(shape)
        for name, inner in shape.names.items():
            if name != "key":
                yield from _walk(f"{path}.{name}", inner, depth - 1)


def _format(shape: Shape) -> str:
    label = shape.label
    if isinstance(label, Term):
        return catalogue(DOCUMENT_LANGUAGE).text(label.key, **label.params)
    return str(label)
