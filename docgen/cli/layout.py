"""Lays out text for a terminal, where a Chinese character takes two columns and a line may break after each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

_NOT_AT_START = "，。、；：？！”’）》】〕…—％%,.;:?!)]}"
_NOT_AT_END = "（《【〔“‘"
_WIDE = "WF"
_PIECES = re.compile(r"\s+|[!-~¡-˿]+|.", re.DOTALL)
_HIDDEN = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), 127, *range(0x80, 0xA0))}
_HIDDEN |= {code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)}


def clean_text(text: str) -> str:
    """The text with control characters (escape sequences, changes of direction) as visible codes."""
    return text.translate(_HIDDEN)


def clean_line(text: str) -> str:
    """The text as a single clean line."""
    return clean_text(text.replace("\r\n", "\n").replace("\n", " ").replace("\t", " "))


def find_columns() -> int:
    """The columns of the terminal to use: at least 40, at most 100."""
    import shutil

    return max(40, min(100, shutil.get_terminal_size().columns))


def measure_text(text: str) -> int:
    """The columns that a text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text
    )


def pad_text(text: str, columns: int) -> str:
    """The text, filled with spaces to a number of columns."""
    return text + " " * (columns - measure_text(text))


def cut_text(text: str, columns: int) -> str:
    """The text, cut to a number of columns."""
    taken = 0
    for index, char in enumerate(text):
        taken += measure_text(char)
        if taken > columns:
            return text[:index]
    return text


def _split_pieces(text: str) -> Iterator[str]:
    """The pieces between which a line may break: a word, or a character with the punctuation that belongs to it."""
    pending = ""
    for piece in _PIECES.findall(text):
        is_joined = pending and not pending.isspace() and (piece[0] in _NOT_AT_START or pending[-1] in _NOT_AT_END)
        if pending and not is_joined:
            yield pending
            pending = ""
        pending += piece
    if pending:
        yield pending


def wrap_text(text: str, columns: int) -> list[str]:
    """The lines of one paragraph, none wider than ``columns`` unless a single word is."""
    lines, line = [], ""
    for piece in _split_pieces(" ".join(text.split())):
        if line and measure_text(line) + measure_text(piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        if line or not piece.isspace():
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def format_paragraphs(text: str, columns: int, indent: int = 0) -> list[str]:
    """The lines of paragraphs; a line that begins with spaces (an example) isn't wrapped."""
    margin, lines = " " * indent, []
    for line in text.strip().splitlines():
        if line.startswith(" ") or not line:
            lines.append((margin + line).rstrip())
        else:
            lines += [margin + part for part in wrap_text(line, columns - indent)]
    return lines


def format_definitions(rows: Sequence[tuple[str, str]], columns: int, indent: int = 2) -> list[str]:
    """A term and its explanation per row, the explanations under each other."""
    margin = " " * indent
    term_width = min(max((measure_text(term) for term, _ in rows), default=0), columns // 3)
    explanation_start = indent + term_width + 2
    lines = []
    for term, explanation in rows:
        parts = wrap_text(explanation, columns - explanation_start) or [""]
        if measure_text(term) > term_width:
            lines.append(margin + term)
        else:
            lines.append((margin + pad_text(term, term_width + 2) + parts.pop(0)).rstrip())
        lines += [" " * explanation_start + part for part in parts]
    return lines


def format_table(rows: Iterable[Sequence[str]], indent: int = 0) -> list[str]:
    """Columns as wide as their widest cell, two spaces apart."""
    cleaned = [tuple(clean_line(cell) for cell in row) for row in rows]
    widths = [max(measure_text(cell) for cell in column) for column in zip(*cleaned, strict=True)]
    margin = " " * indent
    return [
        (margin + "  ".join(pad_text(cell, width) for cell, width in zip(row, widths, strict=True))).rstrip()
        for row in cleaned
    ]
