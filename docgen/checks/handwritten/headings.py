"""Does a report have the headings that its clause asks for, and something below each?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from docgen.content.blocks import Block, Heading, ListBlock, Paragraph, Picture, Table
from docgen.content.headings import WantedHeading, divide_document
from docgen.content.model import DocumentContent
from docgen.diagnostics import Diagnostic
from docgen.profile.document import HeadingSpec
from docgen.profile.levels import report_at_level


def list_wanted_headings(
    headings: Sequence[HeadingSpec], synonyms: Mapping[str, Sequence[str]]
) -> tuple[WantedHeading, ...]:
    """A profile's headings as they are looked for; ``synonyms`` by their keys."""
    return tuple(WantedHeading(item.key, item.title, tuple(synonyms.get(item.key, ()))) for item in headings)


def check_headings(
    content: DocumentContent,
    headings: Sequence[HeadingSpec],
    synonyms: Mapping[str, Sequence[str]],
    ruled_keys: Collection[str] = (),
) -> Iterator[Diagnostic]:
    """F105 for a heading that isn't there, F106 for one with nothing below it, each as grave as the heading's level.

    What is only allowed (可) isn't missed, and a heading with sections needs no text of its own.

    ``ruled_keys`` are the keys of headings that a rule of the profile looks after.
    """
    matches = divide_document(content, list_wanted_headings(headings, synonyms)).matches
    for spec, match in zip(headings, matches, strict=True):
        if spec.key in ruled_keys or spec.level not in ("应", "宜"):
            continue
        if match.section is None:
            yield report_at_level(spec.level, "F105", content.location, clause=spec.clause, title=spec.title)
        elif not spec.sections and not any(holds_something(block) for block in match.section.blocks):
            place = match.section.location
            yield report_at_level(spec.level, "F106", place, clause=spec.clause, title=match.section.title)


def holds_something(block: Block) -> bool:
    """Whether a block has text, cells with text, or a picture; a heading alone is nothing."""
    if isinstance(block, Paragraph):
        return bool(block.text.strip())
    if isinstance(block, Table):
        return any(run.text.strip() for row in block.rows for cell in row for run in cell)
    if isinstance(block, ListBlock):
        return any(holds_something(inner) for item in block.items for inner in item)
    assert isinstance(block, Heading | Picture)
    return isinstance(block, Picture)
