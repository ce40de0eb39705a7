"""Splits the lines of a text at headings inside paragraphs, and finds the sign that sets each line off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from docgen.content.blocks import Paragraph, Picture, Run
from docgen.content.flow import FlowItem, FlowTable, Line, TextBox, cut_runs
from docgen.content.parts.numbers import read_number
from docgen.content.parts.scheme import TextScheme

LONGEST_HEADING = 40
_LONGEST_BARE = 20
_LONGEST_PHRASE = 20
_LEAST_TEXT = 8
_ENDS_SENTENCE = re.compile(r"[。；;，,]\s*$|[。！？；].")
_ASKS = re.compile(r"[！？!?]\s*$")
_HOLDS_PUNCTUATION = re.compile(r"[。；;！!？?，,、：:…]")
_RUN_IN = re.compile(r"\s*(?P<phrase>[^。：:；;，,！？!?\n]{1,30}?)\s*(?P<stop>[。：:]|——)\s*(?=\S)")
_BRACKETED = re.compile(r"\s*[【\[〔《](?P<phrase>[^】\]〕》\n]{1,30})[】\]〕》]\s*(?P<stop>[：:]?)\s*(?=\S)")
_SPACED = re.compile(r"\s*(?P<phrase>[^\s。：:；;，,！？!?]{2,20})(?P<stop>[ \t\u3000]+)(?=\S)")
_INDENT = re.compile(r"^[\s\u3000]+")
_CONTENTS = re.compile(r"(?:…{2,}|[.．·。]{4,}|\t)\s*\d+\s*$")
_WRAPPED = re.compile(r"[ \t]*\n[ \t]*")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line; its ``sign`` is the format that sets it off from text, equal for headings of one rank (None: text).

    ``named`` is the key of the part whose title it says exactly; ``value`` its number. ``rest`` is the text that stands
    in one paragraph with a heading: when it is no heading of a part, both are text, as ``line`` has them.
    """

    line: Line
    sign: str | None = None
    named: str | None = None
    value: int | None = None
    phrase: str = ""
    rest: Line | None = None

    @property
    def text(self) -> str:
        """The heading as it is read, or the text."""
        return self.phrase or self.line.text

    @property
    def shown(self) -> str:
        """The heading with its printed number."""
        number = self.line.number
        return f"{number}{' ' if number[-1:].isascii() and number else ''}{self.text}"

    @property
    def prose(self) -> str:
        """The text after a heading in its paragraph, or the text of a line that is no heading."""
        return self.rest.text if self.rest is not None else "" if self.sign else self.line.text


Entry = TextLine | FlowTable | TextBox | Picture


def cut_pieces(items: Sequence[FlowItem], scheme: TextScheme) -> Iterator[Entry]:
    """The lines as pieces, in order; other items are passed on."""
    for item in items:
        if isinstance(item, Line):
            for line in _split_lines(item, scheme):
                yield judge_line(line, scheme)
        else:
            yield item


def judge_line(line: Line, scheme: TextScheme) -> TextLine:
    """The piece for a line, with its part and its sign."""
    text = line.text
    kind, value = _name_kind(line)
    named = scheme.find_named(text) if len(text) <= LONGEST_HEADING else None
    if _is_short(text) or named is not None:
        sign = _find_sign(line, kind, named)
        if sign is not None:
            return TextLine(line, sign, named, value)
    return _cut_run_in(line, kind, value, scheme) or TextLine(line)


def _is_short(text: str) -> bool:
    longest = _LONGEST_BARE if _ASKS.search(text) else LONGEST_HEADING
    return 0 < len(text) <= longest and "\n" not in text and not _ENDS_SENTENCE.search(text)


def is_contents_line(text: str) -> bool:
    """Whether a line ends with dots and a page number, as in a table of contents."""
    return _CONTENTS.search(text) is not None


def _find_sign(line: Line, kind: str | None, named: str | None) -> str | None:
    """The sign of a short line: its number, style, cell, weight, or "bare"."""
    if line.is_caption or is_contents_line(line.text):
        return None
    is_bare = named is not None or (len(line.text) <= _LONGEST_BARE and not _HOLDS_PUNCTUATION.search(line.text))
    signs = {
        "field": line.is_field and named is None,
        f"number {kind}": kind is not None,
        f"style {line.level}": line.level is not None,
        "cell": line.is_label,
        "bold": line.is_bold,
        "bare": is_bare,
        "heading": line.is_heading,
    }
    return next((sign for sign, holds in signs.items() if holds), None)


def _name_kind(line: Line) -> tuple[str | None, int | None]:
    """The kind of a line's number, printed or typed, and its value."""
    for text in (f"{line.number} x" if line.number else "", line.text):
        number = read_number(text)
        if number is not None:
            return number.kind, number.value
    return None, None


def _cut_run_in(line: Line, kind: str | None, value: int | None, scheme: TextScheme) -> TextLine | None:
    """The piece for a paragraph that begins with a heading: a part's title, a numbered or a bold one."""
    text = line.paragraph.text
    number = read_number(text)
    start = number.end if number is not None else 0
    for pattern in (_BRACKETED, _RUN_IN, _SPACED):
        match = pattern.match(text, start)
        if match is None or len(text) - match.end() < _LEAST_TEXT:
            continue
        phrase = match["phrase"]
        named = scheme.find_named(phrase)
        has_number = kind is not None and kind not in ("letter", "digits", "circled", "decimals")
        is_set_off = pattern is not _SPACED and match["stop"] != "——"
        if named is None and not (has_number and is_set_off and len(phrase) <= _LONGEST_PHRASE):
            continue
        sign = f"run-in {kind}" if kind is not None else "run-in"
        return TextLine(line, sign, named, value, text[: match.end("phrase")].strip(), _cut_behind(line, match.end()))
    head = _measure_bold(line.paragraph.runs)
    phrase = text[:head].strip()
    if phrase and len(phrase) <= _LONGEST_PHRASE and len(text) - head >= _LEAST_TEXT:
        phrase = phrase.rstrip("：:。 ")
        named = scheme.find_named(phrase)
        behind = len(text[head:]) - len(text[head:].lstrip("：:。 \u3000"))
        if _is_short(phrase) and (named is not None or text[:head].rstrip()[-1:] in "：:。" or behind):
            return TextLine(line, "run-in bold", named, value, phrase, _cut_behind(line, head + behind))
    return None


def _cut_behind(line: Line, at: int) -> Line:
    _, runs = cut_runs(line.paragraph.runs, at)
    return replace(line, paragraph=Paragraph(runs, line.paragraph.location), number="", is_heading=False, is_bold=False)


def _measure_bold(runs: Sequence[Run]) -> int:
    """The number of bold characters at the beginning of a paragraph."""
    length = 0
    for run in runs:
        if not run.bold and run.text.strip():
            return length
        length += len(run.text)
    return 0


def _split_lines(line: Line, scheme: TextScheme) -> list[Line]:
    """A paragraph with line breaks, split where one of its lines is a heading; otherwise unchanged."""
    text = line.paragraph.text
    if "\n" not in text.strip():
        return [line]
    if line.is_label or (len(text) <= LONGEST_HEADING and scheme.find_named(text.replace("\n", "")) is not None):
        return [replace(line, paragraph=Paragraph((Run(_WRAPPED.sub("", text)),), line.paragraph.location))]
    lines = list(_iterate_lines(line))
    heads = [judge_line(part, scheme) for part in lines]
    is_cut = [_cuts(piece, at == 0) for at, piece in enumerate(heads)]
    if not any(is_cut):
        return [_join_wrapped(line)] if line.wraps else [line]
    if not line.wraps:
        return lines
    made: list[Line] = []
    open_line = False
    for part, cut in zip(lines, is_cut, strict=True):
        if not cut and open_line:
            last = made.pop()
            joined = (*last.paragraph.runs, Run("\n"), *part.paragraph.runs)
            made.append(replace(last, paragraph=Paragraph(joined, last.paragraph.location)))
        else:
            made.append(part)
        open_line = not cut
    return [_join_wrapped(part) for part in made]


def _cuts(piece: TextLine, is_first: bool) -> bool:
    """Whether a line inside a paragraph is clearly a heading, so that the paragraph is split there."""
    if piece.named is not None:
        return True
    if piece.sign is None or piece.rest is not None:
        return False
    return (
        piece.sign.startswith("number") and not piece.sign.endswith(("letter", "circled")) and len(piece.text) <= 20
    ) or (is_first and piece.sign in ("bold", "bare"))


def _iterate_lines(line: Line) -> Iterator[Line]:
    runs, place = line.paragraph.runs, line.paragraph.location
    is_first = True
    while runs:
        text = "".join(run.text for run in runs)
        end = text.find("\n")
        head, runs = cut_runs(runs, end if end >= 0 else len(text))
        runs = cut_runs(runs, 1)[1]
        if any(run.text.strip() for run in head):
            head = _strip_indent(head)
            bold = all(run.bold for run in head if run.text.strip())
            level, number = (line.level, line.number) if is_first else (None, "")
            made = replace(line, paragraph=Paragraph(head, place), level=level, number=number, is_bold=bold)
            yield replace(made, is_heading=line.is_heading and is_first)
            is_first = False


def _strip_indent(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    text = "".join(run.text for run in runs)
    return cut_runs(runs, len(text) - len(_INDENT.sub("", text)))[1]


def _join_wrapped(line: Line) -> Line:
    """The lines of a wrapped source joined into one, with a space between Latin words."""
    if "\n" not in line.paragraph.text:
        return line
    runs = tuple(
        replace(run, text=re.sub(r"(?<=[!-~])\s*\n\s*(?=[!-~])", " ", run.text)) for run in line.paragraph.runs
    )
    runs = tuple(replace(run, text=_WRAPPED.sub("", run.text)) for run in runs)
    return replace(line, paragraph=Paragraph(runs, line.paragraph.location))
