"""Footnotes and endnotes in a loop: each turn has a note of its own, which sees what the turn sees.

Such a note stands behind its reference while the document is made, and goes back to the part of the notes afterwards.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from docgen.render.docx.measure import W
from docgen.render.docx.walk import walk_paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml.etree import _Element

    from docgen.render.docx.walk import TagStep

KINDS = ("footnote", "endnote")
_NOTE = re.compile(
    r'(?P<reference><w:(?P<kind>foot|end)noteReference\b[^>]*?\sw:id=")(?P<id>-?\d+)(?P<rest>"[^>]*/>)'
    r"<w:(?P=kind)note(?P<head>\b[^>]*)>(?P<inner>.*?)</w:(?P=kind)note>",
    re.DOTALL,
)
_NOTE_ID = re.compile(r'<w:(?:foot|end)note\b[^>]*?\sw:id="(-?\d+)"')
_DECLARED = re.compile(r'\sxmlns:(\w+)="[^"]*"')
_ROOT = re.compile(r"<w:\w+\b[^>]*>")


def place_notes(document: _Element, find_notes: Callable[[str], _Element | None]) -> frozenset[str]:
    """Put the notes that a loop repeats behind their references; the kinds of which there are some.

    ``find_notes`` gives the part with the notes of a kind, which are taken out there.
    """
    references = [reference for kind in KINDS for reference in document.iter(f"{W}{kind}Reference")]
    if not references:
        return frozenset()
    looping = {step.paragraph for step in walk_paragraphs(document) if _is_repeated(step)}
    uses = Counter((reference.tag, reference.get(f"{W}id")) for reference in references)
    found: set[str] = set()
    for reference in references:
        paragraph = next(reference.iterancestors(f"{W}p"), None)
        if paragraph not in looping or uses[reference.tag, reference.get(f"{W}id")] > 1:
            continue
        kind = str(reference.tag).removeprefix(W).removesuffix("Reference")
        notes = find_notes(kind)
        number = reference.get(f"{W}id")
        note = None if notes is None else next((note for note in notes if note.get(f"{W}id") == number), None)
        if note is not None:
            reference.addnext(note)
            found.add(kind)
    return frozenset(found)


def _is_repeated(step: TagStep) -> bool:
    """Whether a loop that is open before a paragraph, or opens in it, repeats what the paragraph holds."""
    return bool(step.opened) or any(block.repeats for block in step.around)


def take_notes(text: str, parts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Take the notes out of a rendered document; it and the parts of notes by kind, each note with an id of its own."""
    seen = {kind: set(map(int, _NOTE_ID.findall(part))) for kind, part in parts.items()}
    last = {kind: max(numbers, default=0) for kind, numbers in seen.items()}
    written: dict[str, list[str]] = {kind: [] for kind in parts}
    root = _ROOT.search(text)
    declared = {} if root is None else {found[1]: found[0] for found in _DECLARED.finditer(root[0])}

    def take(found: re.Match[str]) -> str:
        kind = f"{found['kind']}note"
        number = int(found["id"])
        if number in seen[kind]:
            number = last[kind] + 1
        seen[kind].add(number)
        last[kind] = max(last[kind], number)
        own = _DECLARED.findall(found["head"])
        spaces = "".join(
            text
            for prefix, text in declared.items()
            if prefix not in own and (f"<{prefix}:" in found["inner"] or f" {prefix}:" in found["inner"])
        )
        head = re.sub(r'\sw:id="[^"]*"', f' w:id="{number}"', found["head"], count=1)
        written[kind].append(f"<w:{kind}{head}{spaces}>{found['inner']}</w:{kind}>")
        return f"{found['reference']}{number}{found['rest']}"

    text = _NOTE.sub(take, text)
    return text, {kind: _add(part, "".join(written[kind])) for kind, part in parts.items()}


def _add(part: str, notes: str) -> str:
    at = part.rfind("</w:")
    if at >= 0:
        return part[:at] + notes + part[at:]
    root = _ROOT.search(part)  # all of its notes were put elsewhere
    if root is None or not notes:
        return part
    name = root[0][1:].split(maxsplit=1)[0]
    return f"{part[: root.end() - 2]}>{notes}</{name}>"
