"""Inspect evidence before it is packed, by the same inspection that the receiver of the package makes."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.content.programs import is_program
from docgen.diagnostics import Diagnostic, Location, Term, error
from docgen.sources.evidence import EvidenceFile

_SAME = ("V167", "V190")


def inspect_filed(file: EvidenceFile, place: Location) -> Iterator[Diagnostic]:
    """Find what the receiver would object to in a file: that it is a program, runs code, or doesn't open.

    Pictures and PDFs were opened already by the same readers, and their faults reported. OSError goes through.
    """
    name, is_known = file.path.name, file.kind in ("picture", "pdf")
    if is_known and not is_program(name):
        return
    from docgen.archive.bag.openable import OpenableFile, can_open, inspect_document, report_program
    from docgen.archive.zip.limits import OverLimitError, ReadingCost

    if is_known or not can_open(file.size):
        yield from report_program(name, place)
        return
    data = file.path.read_bytes()
    opened = OpenableFile(name, place, data, None, ReadingCost(size=len(data)))
    try:
        diagnostics = inspect_document(opened)
    except OverLimitError:
        yield error("E151", place, file=name, reason=Term("archive.office.large"))
        return
    for item in diagnostics:
        if item.code in _SAME:
            yield item
        elif item.code == "V161":
            yield error("E151", place, file=name, reason=item.params["reason"])
        elif item.code == "V169":
            yield error("E152", place, file=name)
