"""Compare two files of one kind, which is recognised by the suffix."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from docgen.content.read import read_text
from docgen.diagnostics import Location, Term, error
from docgen.errors import SourceError
from docgen.pipeline.comparison.model import AREAS, Change, Comparison, Side
from docgen.pipeline.comparison.packages import compare_packages, read_package_side
from docgen.pipeline.comparison.prose import compare_contents
from docgen.pipeline.comparison.records import compare_records, read_record_side
from docgen.pipeline.comparison.workbooks import compare_workbooks
from docgen.pipeline.stages.outcome import Options

_SIDES: dict[str, Side] = {
    ".yaml": "record",
    ".yml": "record",
    ".json": "record",
    ".zip": "package",
    ".docx": "document",
    ".md": "document",
    ".markdown": "document",
    ".xlsx": "workbook",
}


def compare_files(before: Path, after: Path, options: Options) -> Comparison:
    """Compare two files.

    Raises SourceError D101 when a file isn't there, D102 when one is of no known kind, D105 when they are of different
    kinds, and what reading either raises.
    """
    sides = [_find_side(path) for path in (before, after)]
    if sides[0] != sides[1]:
        kind_a, kind_b = (Term(f"diff.side.{side}") for side in sides)
        place = Location(file=str(after))
        raise SourceError(error("D105", place, a=before.name, b=after.name, kind_a=kind_a, kind_b=kind_b))
    changes = list(_compare(sides[0], before, after, options))
    return Comparison(sides[0], tuple(sorted(changes, key=lambda change: AREAS.index(change.area))))


def _find_side(path: Path) -> Side:
    if not path.is_file():
        raise SourceError(error("D101", Location(file=str(path)), path=str(path)))
    side = _SIDES.get(path.suffix.lower())
    if side is None:
        raise SourceError(error("D102", Location(file=str(path)), path=path.name, suffix=path.suffix or path.name))
    return side


def _compare(side: Side, before: Path, after: Path, options: Options) -> Iterator[Change]:
    if side == "record":
        yield from compare_records(read_record_side(before, options), read_record_side(after, options))
    elif side == "package":
        yield from compare_packages(read_package_side(before, options), read_package_side(after, options))
    elif side == "document":
        yield from compare_contents((), read_text(before), read_text(after))
    else:
        yield from compare_workbooks(before, after)
