"""Judges whether a title says anything beside general words and names of units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from docgen.checks.rules.texts.section_length.params import SectionLength
from docgen.content.heading_text import is_generic
from docgen.diagnostics import Term

_LEAST_NAME = 2
_YEAR = re.compile(r"(?:19|20)\d\d\s*年?度?")
_NO_NAME = re.compile(r"[的从把让用到给，,：:、。！？!?—\d\s]")


def is_hollow(title: str, params: SectionLength, units: Sequence[str]) -> bool:
    """Whether a title consists of names of units, whole or short, and words that fit every text of its kind."""
    title = _YEAR.sub("", title)
    if is_generic(title, params.generic_titles, units):
        return True
    rest = _drop_leading_unit(title, params)
    for unit in units:
        rest = _drop_shared(rest, unit)
    return is_generic(rest, params.generic_titles) if rest else True


def format_title_lack(title: str) -> Term:
    """Format what a hollow title lacks: a figure, or a method if it has one."""
    has_figure = any(sign.isdigit() for sign in _YEAR.sub("", title))
    return Term("checks.title.no-method" if has_figure else "checks.title.no-figure")


def _drop_leading_unit(title: str, params: SectionLength) -> str:
    """Drop a unit's name, of any unit, from the beginning of a title."""
    endings = params.units.endings if params.units is not None else ()
    for ending in sorted((item for item in endings if len(item) > 1), key=len, reverse=True):
        at = title.find(ending)
        if at >= _LEAST_NAME and not _NO_NAME.search(title[:at]):
            return title[at + len(ending) :]
    return title


def _drop_shared(title: str, name: str) -> str:
    """Drop the longest piece that a title shares with a name: people call an enterprise by part of its name."""
    match = SequenceMatcher(None, title, name, autojunk=False).find_longest_match()
    return title[: match.a] + title[match.a + match.size :] if match.size >= _LEAST_NAME else title
