"""Compare running text paragraph by paragraph, so that one moved comma doesn't hide the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from docgen.content.blocks import Block, Heading, ListBlock, Paragraph, Picture, Run, Table
from docgen.content.model import DocumentContent, Section
from docgen.diagnostics import NOWHERE, Location, Param, Term
from docgen.pipeline.comparison.model import Change, LineChange, find_kind


def list_lines(blocks: Sequence[Block]) -> list[str]:
    """The text of blocks, a line for each paragraph, list item, row of a table and picture."""
    return list(_iterate_lines(blocks))


def compare_lines(before: Sequence[str], after: Sequence[str]) -> tuple[LineChange, ...]:
    """The lines that were removed and added, in the order of the text."""
    changes: list[LineChange] = []
    for operation, start, stop, new_start, new_stop in SequenceMatcher(None, before, after, False).get_opcodes():
        if operation != "equal":
            changes += (LineChange("removed", line) for line in before[start:stop])
            changes += (LineChange("added", line) for line in after[new_start:new_stop])
    return tuple(changes)


def compare_text(
    names: tuple[Param, ...],
    before: Sequence[Block] | None,
    after: Sequence[Block] | None,
    *,
    place_before: Location = NOWHERE,
    place_after: Location = NOWHERE,
) -> Iterator[Change]:
    """Compare two texts; None stands for an absent one."""
    old, new = list_lines(before or ()), list_lines(after or ())
    if old == new and (before is None) == (after is None):
        return
    kind = find_kind(before, after)
    yield Change(
        "section",
        kind,
        names,
        _measure(old) if before is not None else None,
        _measure(new) if after is not None else None,
        compare_lines(old, new) if kind == "changed" else (),
        place_before,
        place_after,
    )


def compare_contents(names: tuple[Param, ...], before: DocumentContent, after: DocumentContent) -> Iterator[Change]:
    """Compare title, preamble and each section; sections are matched by their headings."""
    if before.title != after.title:
        kind = find_kind(before.title, after.title)
        yield Change("section", kind, (*names, Term("diff.title")), before.title, after.title)
    yield from compare_text((*names, Term("diff.preamble")), before.preamble or None, after.preamble or None)
    old, new = [section.title for section in before.sections], [section.title for section in after.sections]
    for operation, start, stop, new_start, new_stop in SequenceMatcher(None, old, new, False).get_opcodes():
        old_sections, new_sections = before.sections[start:stop], after.sections[new_start:new_stop]
        if operation == "replace" and len(old_sections) == len(new_sections):
            # as many headings as before: they were renamed
            for one, other in zip(old_sections, new_sections, strict=True):
                yield Change("section", "changed", (*names, Term("diff.heading")), one.title, other.title)
        if len(old_sections) == len(new_sections):
            for one, other in zip(old_sections, new_sections, strict=True):
                yield from _compare_sections(names, one, other)
        else:
            for section in old_sections:
                yield from _compare_sections(names, section, None)
            for section in new_sections:
                yield from _compare_sections(names, None, section)


def _compare_sections(names: tuple[Param, ...], before: Section | None, after: Section | None) -> Iterator[Change]:
    named = after or before
    assert named is not None
    yield from compare_text(
        (*names, named.title),
        before.blocks if before is not None else None,
        after.blocks if after is not None else None,
        place_before=before.location if before is not None else NOWHERE,
        place_after=after.location if after is not None else NOWHERE,
    )


def _iterate_lines(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph | Heading):
            yield block.text
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _iterate_lines(item)
        elif isinstance(block, Table):
            yield from (" | ".join(_join_runs(cell) for cell in row) for row in block.rows)
            yield from [block.caption] if block.caption else []
        elif isinstance(block, Picture):
            yield f"[{block.path.name}]{block.caption or ''}"


def _join_runs(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs)


def _measure(lines: Sequence[str]) -> Term:
    return Term("diff.length", {"length": sum(len("".join(line.split())) for line in lines)})
