"""Reads the lines before the first part: title, annex mark, series line, subtitle, by-line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from docgen.content.closing_date import is_date_line
from docgen.content.heading_text import normalize_heading
from docgen.content.parts.pieces import Entry, TextLine
from docgen.content.parts.scheme import TextScheme
from docgen.content.parts.units import list_unit_names

_LONGEST_TITLE = 80
_LEAST_PROSE = 20
_DASH = re.compile(r"^\s*(?:——|—|--|–|－－)\s*")
_ENDS_TEXT = re.compile(r"[。；;：:，,]\s*$")
_LONGEST_SIGNING = 100


@dataclass(slots=True)
class Front:
    """The front lines, and the indexes of their entries, which are neither headings nor text.

    ``signing`` are the indexes of the lines with sender and date.
    """

    title: str | None = None
    subtitle: str | None = None
    series: str | None = None
    mark: str | None = None
    byline: tuple[str, ...] = ()
    entries: set[int] = field(default_factory=set)
    signing: set[int] = field(default_factory=set)


def read_front(entries: Sequence[Entry], scheme: TextScheme) -> Front:
    """Find the title, the lines around it, and the lines with sender and date."""
    front = Front()
    for at, entry in enumerate(entries):
        if isinstance(entry, TextLine) and (_is_signing(entry, scheme) or is_date_line(entry.line.text)):
            front.signing.add(at)
    _take_signing_cells(entries, scheme, front)
    _take_labelled_title(entries, scheme, front)
    lines = _list_front_lines(entries, front)
    lines = [at for at in lines if not _take_mark(entries[at], at, scheme, front)]
    lines = [at for at in lines if not _take_byline(entries, at, lines, scheme, front)]
    series = [at for at in lines if any(pattern.fullmatch(_bare(entries[at])) for pattern in scheme.series)]
    if front.title is None:
        chosen = [at for at in lines if at not in series and not _DASH.match(_text(entries[at]))]
        _choose_title(entries, chosen or series, front)
    for at in lines:
        if at in front.entries:
            continue
        text = _text(entries[at])
        if at in series and front.series is None:
            front.series = text
            front.entries.add(at)
        elif _is_subtitle(entries, at, front):
            front.subtitle = _DASH.sub("", text).strip()
            front.entries.add(at)
    return front


def _text(entry: Entry) -> str:
    return entry.line.text.replace("\n", "") if isinstance(entry, TextLine) else ""


def _bare(entry: Entry) -> str:
    return re.sub(r"\s", "", _text(entry)).strip('《》“”"（）()【】[]：:')


def _list_front_lines(entries: Sequence[Entry], front: Front) -> list[int]:
    """The lines up to the first text or the first heading with a part's title."""
    indexes: list[int] = []
    for at, entry in enumerate(entries):
        if not isinstance(entry, TextLine) or at in front.entries or at in front.signing:
            continue
        text = entry.line.text
        if entry.named is not None or entry.rest is not None:
            break
        if entry.sign is not None and entry.sign.startswith("number") and not entry.line.is_title:
            break
        is_text = len(text) >= _LEAST_PROSE and text.endswith("。")
        if is_text or len(text) > _LONGEST_TITLE:
            break
        indexes.append(at)
    return indexes


def _take_mark(entry: Entry, at: int, scheme: TextScheme, front: Front) -> bool:
    if not any(pattern.fullmatch(_bare(entry)) for pattern in scheme.marks):
        return False
    front.mark = _text(entry)
    front.entries.add(at)
    return True


def _take_byline(entries: Sequence[Entry], at: int, lines: Sequence[int], scheme: TextScheme, front: Front) -> bool:
    """Take a by-line, a line of unit names only.

    A single name counts if the text repeats it, or if another line stands out more: a title may end like a name.
    """
    names = list_unit_names(_text(entries[at]), scheme.units) if scheme.units is not None else ()
    if not names:
        return False
    elsewhere = (entry.line.text for other, entry in enumerate(entries) if isinstance(entry, TextLine) and other != at)
    is_named = any(names[0] in text for text in elsewhere)
    is_less = any(_weigh(entries[other]) > _weigh(entries[at]) for other in lines if other != at)
    if len(names) == 1 and not is_named and not is_less:
        return False
    front.byline = (*front.byline, *names)
    front.entries.add(at)
    return True


def _weigh(entry: Entry) -> tuple[int, ...]:
    """The prominence of a line."""
    assert isinstance(entry, TextLine)
    line = entry.line
    return line.is_title, line.level is not None, line.size or 0, line.is_centred, line.is_bold


def _take_labelled_title(entries: Sequence[Entry], scheme: TextScheme, front: Front) -> None:
    """Take the title after a label, in its line or in the next cell."""
    labels = {normalize_heading(label) for label in scheme.title_labels}
    for at, entry in enumerate(entries):
        if not isinstance(entry, TextLine):
            continue
        label, colon, title = entry.line.text.partition("：" if "：" in entry.line.text else ":")
        if colon and title.strip() and normalize_heading(label) in labels:
            front.title = title.strip()
            front.entries.add(at)
            return
        following = entries[at + 1] if at + 1 < len(entries) else None
        if entry.line.is_label and normalize_heading(entry.line.text) in labels and isinstance(following, TextLine):
            front.title = following.line.text
            front.entries |= {at, at + 1}
            return


def _choose_title(entries: Sequence[Entry], lines: Sequence[int], front: Front) -> None:
    """Choose the most prominent line as title, with the next line if that has the same format."""
    if not lines:
        return

    levels = [entry.line.level for entry in entries if isinstance(entry, TextLine) and entry.line.level is not None]

    def order(at: int) -> tuple[int, ...]:
        entry = entries[at]
        assert isinstance(entry, TextLine)
        line = entry.line
        is_top = line.level is not None and line.level == min(levels) and levels.count(line.level) == 1
        return line.is_title, is_top, not line.is_label, line.size or 0, line.is_centred, line.is_bold, -at

    best = max(lines, key=order)
    entry = entries[best]
    assert isinstance(entry, TextLine)
    text = entry.line.text.replace("\n", "")
    following = entries[best + 1] if best + 1 in lines else None
    is_cut = isinstance(following, TextLine) and _is_set_alike(entry, following)
    if isinstance(following, TextLine) and is_cut:
        text += following.line.text
    if _ENDS_TEXT.search(text) and not entry.line.is_title:
        return
    front.entries |= {best, best + 1} if is_cut else {best}
    main, dash, subtitle = text.partition("——")
    if dash and main.strip() and "\n" in entry.line.text:
        text, front.subtitle = main.strip(), subtitle.strip()
    front.title = text


def _is_set_alike(first: TextLine, second: TextLine) -> bool:
    first_line, second_line = first.line, second.line
    if not (first_line.is_centred and second_line.is_centred and first_line.size is not None and first_line.is_bold):
        return False
    return (first_line.size, first_line.is_bold, first_line.level) == (
        second_line.size,
        second_line.is_bold,
        second_line.level,
    )


def _is_subtitle(entries: Sequence[Entry], at: int, front: Front) -> bool:
    entry = entries[at]
    assert isinstance(entry, TextLine)
    return front.title is not None and (entry.line.is_subtitle or _DASH.match(entry.line.text) is not None)


def _is_signing(piece: TextLine, scheme: TextScheme) -> bool:
    """Whether a line names who wrote, checked or sent the text, by a label and the words after it."""
    text = piece.line.text.strip("（()）[]【】 \u3000")
    if len(text) > _LONGEST_SIGNING:
        return False
    return any(re.match(rf"{re.escape(label)}(?:姓名)?\s*[：:/\s]", text) for label in scheme.signing)


def _take_signing_cells(entries: Sequence[Entry], scheme: TextScheme, front: Front) -> None:
    """A label alone in a cell, and the cell beside it."""
    labels = {normalize_heading(label) for label in scheme.signing}
    for at, entry in enumerate(entries):
        if isinstance(entry, TextLine) and entry.line.is_label and normalize_heading(entry.line.text) in labels:
            front.signing |= {at, at + 1}
