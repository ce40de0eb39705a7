"""Names of cells: columns by letters, ``B7``, ``B7:C9``; rows and columns are counted from 1."""

from __future__ import annotations


def name_column(number: int) -> str:
    """A column's letters: 1 is ``A``, 27 is ``AA``."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def number_column(letters: str) -> int:
    """A column's number: ``A`` and ``a`` are 1; 0 for what is no column."""
    number = 0
    for letter in letters.upper():
        if not "A" <= letter <= "Z":
            return 0
        number = number * 26 + ord(letter) - 64
    return number


def name_cell(row: int, column: int) -> str:
    """A cell's name: ``name_cell(7, 2)`` is ``B7``."""
    return f"{name_column(column)}{row}"


def split_cell(reference: str) -> tuple[int, int]:
    """Row and column of ``B7``; 0 where there is none."""
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    return int(digits or 0), number_column(letters)


def split_range(reference: str) -> tuple[int, int, int, int]:
    """First row, first column, last row, last column of ``B7:C9`` or ``B7``."""
    first, _, last = reference.replace("$", "").partition(":")
    top, left = split_cell(first)
    bottom, right = split_cell(last or first)
    return top, left, bottom, right
