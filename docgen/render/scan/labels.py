"""Finds the name of a value in tags by what a user calls it (企业名称, enterpriseName)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from docgen.diagnostics import Term
from docgen.messages import DOCUMENT_LANGUAGE, catalogue
from docgen.render.context.types import Shape

_MAX_DEPTH = 3
_MAX_OFFERED = 3
_PREFERRED = ("form", "enterprise", "dated", "document", "project", "training", "activity")
"""The names that are searched first: elsewhere a label may match by accident (the name of any party)."""
_SKIPPED = frozenset({"item", "party_item", "totals", "evaluation"})


def find_paths(name: str, names: Mapping[str, Shape], *, exact: bool = False) -> tuple[str, ...]:
    """Find up to three names with this label or spelling; else, unless ``exact``, those with a similar label."""
    wanted = _fold(name)
    if not wanted:
        return ()
    same: dict[str, None] = {}
    near: dict[str, int] = {}
    for path, label in _iterate_labels(names):
        folded = _fold(label)
        if wanted in (folded, _fold(path)) or (path.count(".") and wanted == _fold(path.rpartition(".")[2])):
            same[path] = None
        elif len(folded) > 1 and len(wanted) > 1 and not wanted.isascii() and (folded in wanted or wanted in folded):
            near[path] = abs(len(folded) - len(wanted))
    likely = [path for path in same if path.partition(".")[0] in _PREFERRED]
    paths = (
        likely
        or list(same)
        or ([] if exact else sorted(near, key=lambda path: (path.partition(".")[0] not in _PREFERRED, near[path])))
    )
    return tuple(paths[:_MAX_OFFERED])


def _fold(text: str) -> str:
    return re.sub(r"[\W_]", "", text).lower()


def _iterate_labels(names: Mapping[str, Shape]) -> Iterator[tuple[str, str]]:
    """Iterate over the values that can be printed without a loop, each with its label, preferred names first."""
    order = [name for name in _PREFERRED if name in names]
    for name in [*order, *(name for name in names if name not in order and name not in _SKIPPED)]:
        yield from _walk(name, names[name], _MAX_DEPTH)


def _walk(path: str, shape: Shape, depth: int) -> Iterator[tuple[str, str]]:
    if shape.absence == "never":
        return
    if shape.kind not in ("fields", "list", "any"):
        yield path, _format_label(shape)
    elif depth:
        if shape.label and "name" in shape.names:
            yield f"{path}.name", _format_label(shape)
        for name, inner in shape.names.items():
            if name != "key":
                yield from _walk(f"{path}.{name}", inner, depth - 1)


def _format_label(shape: Shape) -> str:
    label = shape.label
    if isinstance(label, Term):
        return catalogue(DOCUMENT_LANGUAGE).text(label.key, **label.params)
    return str(label)
