"""Describes libyaml's errors in the words of the person who typed the text."""

from __future__ import annotations

import re
from typing import Any

from docgen.diagnostics import Diagnostic, Location, Term, error

_WIDE_COLON = re.compile(r"^\s*(?:- )?[^\s:：\"'#{\[-][^:：\"'#{\[]{0,40}：(?!.*: )")
_BLOCK_START = re.compile(r"(?:^|[:\s-]\s)\s*[|>][0-9+-]*\s*(?:#.*)?$")
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
# the problem as libyaml or PyYAML puts it (its beginning is enough) → the text's key
_PROBLEMS = (
    ("mapping values are not allowed", "syntax.extra_colon"),
    ("could not find expected ':'", "syntax.no_colon"),
    ("did not find expected key", "syntax.broken_entry"),
    ("did not find expected '-' indicator", "syntax.no_dash"),
    ("block sequence entries are not allowed", "syntax.stray_dash"),
    ("did not find expected ',' or", "syntax.unclosed_bracket"),
    ("did not find expected node content", "syntax.stray_mark"),
    ("found unexpected end of stream", "syntax.unclosed_quote"),
    ("found unexpected document indicator", "syntax.unclosed_quote"),
    ("found unknown escape character", "syntax.escape"),
    ("found invalid Unicode character escape code", "syntax.escape"),
    ("found undefined alias", "syntax.alias"),
    ("found undefined tag handle", "syntax.tag"),
    ("found a tab character", "syntax.tab"),
    ("did not find expected <document start>", "syntax.outdent"),
)


def describe_fault(fault: Any, text: str, name: str) -> Diagnostic:
    """The diagnostic of a ``yaml.MarkedYAMLError``: its location and the likely fault."""
    mark = fault.problem_mark or fault.context_mark
    lines = _LINE_END.split(text)
    kind = _name_problem(fault.problem or "", lines, mark)
    context = fault.context_mark
    if kind == "syntax.unclosed_quote" and context is not None:
        mark = context  # the open quote is more helpful than the end of the file
    if kind in ("syntax.no_colon", "syntax.unclosed_bracket") and context is not None and context.line != mark.line:
        mark = context
    place = Location("yaml", name, mark.line + 1, mark.column + 1)
    wide = _find_wide_colon(lines, mark.line)
    if wide is not None:
        kind, place = "syntax.wide_colon", Location("yaml", name, wide + 1, lines[wide].index("：") + 1)
    return error("S110", place, what=Term(kind))


def _name_problem(problem: str, lines: list[str], mark: Any) -> str:
    if problem.startswith("found character"):
        line = lines[mark.line] if mark.line < len(lines) else ""
        return "syntax.tab" if line[mark.column : mark.column + 1] == "\t" else "syntax.stray_mark"
    return next((kind for start, kind in _PROBLEMS if problem.startswith(start)), "syntax.other")


def _find_wide_colon(lines: list[str], at: int) -> int | None:
    """The line, at the fault or right before it, with ``：`` in place of a key's ``: ``."""
    near = [number for number in (at, at - 1) if 0 <= number < len(lines)]
    return next((number for number in near if _WIDE_COLON.match(lines[number]) and not _is_prose(lines, number)), None)


def _is_prose(lines: list[str], number: int) -> bool:
    """Whether a line is in a text block (``|``, ``>``), where a full-width colon is punctuation."""
    indent = _count_indent(lines[number])
    above = (line for line in reversed(lines[:number]) if line.strip() and _count_indent(line) < indent)
    return _BLOCK_START.search(next(above, "")) is not None


def _count_indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
