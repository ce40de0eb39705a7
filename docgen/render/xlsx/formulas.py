"""Parses formulas, once when a template is compiled: text, and references to the template's rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from docgen.ooxml.cells import number_column
from docgen.ooxml.xml import escape_text
from docgen.render.xlsx.tokens import load_tokenizer

_OPERAND = re.compile(
    r"(?P<prefix>:?(?:(?:'(?:[^']|'')+'|[^!'\[\]:]+)!)?)"
    r"(?:(?P<col1>\$?[A-Za-z]{1,3})(?P<abs1>\$?)(?P<row1>[1-9]\d{0,6})"
    r"(?P<colon>:(?P<col2>\$?[A-Za-z]{1,3})(?P<abs2>\$?)(?P<row2>[1-9]\d{0,6}))?"
    r"|(?P<line_abs1>\$?)(?P<line1>[1-9]\d{0,6}):(?P<line_abs2>\$?)(?P<line2>[1-9]\d{0,6}))"
)
_TWICE = re.compile(r"((?:'(?:[^']|'')+'|[^!'\[\]:]+)!)([^!:]+):\1([^!:]+)")
_ACROSS = re.compile(r"'?([^!'\[\]:]+):([^!'\[\]:]+)'?!.*\d")


class UnreadableFormulaError(ValueError):
    """A formula that openpyxl's tokenizer can't parse."""


class SharedFormulas:
    """Expands shared formulas, which a sheet stores once for several cells, by number."""

    def __init__(self) -> None:
        self._masters: dict[str, tuple[str, str]] = {}

    def expand(self, cell: str, number: str, text: str) -> str:
        """Expand the formula of a cell that holds the shared formula (``text``) or only its number."""
        if text or number not in self._masters:
            self._masters[number] = cell, text
            return text
        from openpyxl.formula.translate import Translator

        origin, master = self._masters[number]
        return str(Translator(f"={master}", origin=origin).translate_formula(cell))[1:]


@dataclass(frozen=True, slots=True)
class CellReference:
    """A reference of a formula to a cell or a range; ``sheet`` is the number of its sheet.

    ``col1`` and ``col2`` keep their ``$``, and are empty for whole rows; ``row2`` is 0 for a single cell.
    """

    prefix: str
    sheet: int
    foreign: bool
    col1: str
    abs1: bool
    row1: int
    col2: str
    abs2: bool
    row2: int

    @property
    def first(self) -> int:
        """The upper row."""
        return min(self.row1, self.row2 or self.row1)

    @property
    def last(self) -> int:
        """The lower row."""
        return max(self.row1, self.row2)

    def format(self) -> str:
        """Format the reference as the template has it."""
        text = f"{self.prefix}{self.col1}{'$' if self.abs1 else ''}{self.row1}"
        return f"{text}:{self.col2}{'$' if self.abs2 else ''}{self.row2}" if self.row2 else text


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula: text, references, and (as int) rows that move with the formula's own row.

    ``fixed`` is the whole text of a precomputed formula that is the same in every row; ``across`` are the numbers of
    the sheets of references over several sheets (``一月:三月!A3``), which ``references`` leaves out.
    """

    pieces: tuple[str | int | CellReference, ...]
    fixed: str = ""
    across: frozenset[int] = frozenset()

    @property
    def references(self) -> tuple[CellReference, ...]:
        """Its references."""
        return tuple(piece for piece in self.pieces if isinstance(piece, CellReference))

    def format(self) -> str:
        """Format the formula as the template has it."""
        return "".join([piece.format() if isinstance(piece, CellReference) else str(piece) for piece in self.pieces])

    def precompute(self, is_own: Callable[[int], bool], in_loop: bool, moves: Callable[[int], bool]) -> Formula:
        """Precompute what every rendering shares: escaped text, fixed references, those to the formula's own rows."""
        pieces: list[str | int | CellReference] = []

        def add(text: str) -> None:
            if pieces and isinstance(pieces[-1], str):
                pieces[-1] += text
            else:
                pieces.append(text)

        for piece in self.pieces:
            if not isinstance(piece, CellReference):
                add(escape_text(str(piece)))
            elif not moves(piece.sheet):
                add(escape_text(piece.format()))
            elif piece.foreign or piece.row2 or (piece.abs1 and in_loop) or not is_own(piece.row1):
                pieces.append(replace(piece, prefix=escape_text(piece.prefix)))
            else:
                add(escape_text(piece.prefix) + piece.col1 + ("$" if piece.abs1 else ""))
                pieces.append(piece.row1)
        fixed = pieces[0] if len(pieces) == 1 else ""
        return Formula(tuple(pieces), fixed if isinstance(fixed, str) else "")


def split_formula(text: str) -> list[tuple[str, str]]:
    """Split a formula (without ``=``) into pairs of an operand ('' for none) and the text behind it.

    Raises UnreadableFormulaError.
    """
    Token, Tokenizer, TokenizerError = load_tokenizer()  # noqa: N806 - classes

    try:
        tokens = Tokenizer("=" + text).items
    except (TokenizerError, IndexError) as error:
        raise UnreadableFormulaError(text) from error
    pairs = []
    for token in tokens:
        value = token.value
        if token.type == Token.OPERAND and token.subtype == Token.RANGE:
            operand = _TWICE.sub(r"\1\2:\3", value)
            if operand.count(":") > 1 and not _ACROSS.match(operand):  # A3:B4:C5
                operand, colon, end = operand.rpartition(":")
                pairs += [(operand, ""), (colon + end, "")]
            else:
                pairs.append((operand, ""))
        elif token.type == Token.FUNC and token.subtype == Token.OPEN and ":" in value:
            operand, colon, rest = value.rpartition(":")  # A3:INDEX(
            pairs.append((operand, colon + rest))
        else:
            pairs.append(("", value))
    return pairs


def parse_formula(text: str, sheet: int, sheets: Mapping[str, int]) -> Formula:
    """Parse a formula (``text`` without ``=``); ``sheets`` has the numbers of the sheets by lower-case name.

    Raises UnreadableFormulaError. References to other workbooks, across sheets, whole columns and names stay as they
    are.
    """
    pieces: list[str | CellReference] = []
    across: set[int] = set()
    for operand, rest in split_formula(text):
        reference = _parse_reference(operand, sheet, sheets) if operand else None
        behind = rest
        if reference is not None:
            pieces.append(reference)
        else:
            behind = operand + rest
            across |= _list_across(operand, sheets)
        if behind and pieces and isinstance(pieces[-1], str):
            pieces[-1] += behind
        elif behind:
            pieces.append(behind)
    return Formula(tuple(pieces), across=frozenset(across))


def _list_across(operand: str, sheets: Mapping[str, int]) -> set[int]:
    match = _ACROSS.match(operand)
    ends = [sheets.get(name.lower()) for name in match.groups()] if match is not None else []
    numbers = sorted(end for end in ends if end is not None)
    return set(range(numbers[0], numbers[-1] + 1)) if numbers else set()


def find_sheet(prefix: str, sheet: int, sheets: Mapping[str, int]) -> int | None:
    """Find the sheet's number for a reference's prefix (``'表 1'!``): ``sheet`` without one; None for no sheet."""
    name = prefix.lstrip(":").removesuffix("!")
    if name.startswith("'"):
        name = name[1:-1].replace("''", "'")
    return sheets.get(name.lower()) if name else sheet


def _parse_reference(operand: str, sheet: int, sheets: Mapping[str, int]) -> CellReference | None:
    match = _OPERAND.fullmatch(operand)
    if match is None:
        return None
    prefix = match["prefix"]
    target = find_sheet(prefix, sheet, sheets)
    if target is None:
        return None
    foreign = target != sheet
    if match["line1"]:
        rows = int(match["line1"]), int(match["line2"])
        return CellReference(
            prefix, target, foreign, "", bool(match["line_abs1"]), rows[0], "", bool(match["line_abs2"]), rows[1]
        )
    if not _is_column(match["col1"]) or not _is_column(match["col2"] or "A"):
        return None
    return CellReference(
        prefix,
        target,
        foreign,
        match["col1"],
        bool(match["abs1"]),
        int(match["row1"]),
        match["col2"] or "",
        bool(match["abs2"]),
        int(match["row2"] or 0),
    )


def _is_column(letters: str) -> bool:
    return number_column(letters.lstrip("$")) <= 16_384
