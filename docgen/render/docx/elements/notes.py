"""Repeats footnotes and endnotes in loops: each turn of a loop has its own note, which sees the loop's names.

Such a note stands behind its reference while the document is rendered, and returns to the notes part afterwards.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from docgen.render.docx.tree.walk import walk_paragraphs
from docgen.render.docx.wordml.measure import W

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml.etree import _Element

    from docgen.render.docx.tree.walk import ParagraphStep

KINDS = ("footnote", "endnote")
_NOTE = re.compile(
    r'(?P<reference><w:(?P<kind>foot|end)noteReference\b[^>]*?\sw:id=")(?P<id>-?\d+)(?P<rest>"[^>]*/>)'
    r"<w:(?P=kind)note(?P<head>\b[^>]*)>(?P<inner>.*?)</w:(?P=kind)note>",
    re.DOTALL,
)
_NOTE_ID = re.compile(r'<w:(?:foot|end)note\b[^>]*?\sw:id="(-?\d+)"')
_DECLARED = re.compile(r'\sxmlns:(\w+)="[^"]*"')
_ROOT = re.compile(r"<w:\w+\b[^>]*>")


def move_notes(document: _Element, find_notes: Callable[[str], _Element | None]) -> frozenset[str]:
    """Move the notes that a loop repeats behind their references; returns the kinds of these notes.

    ``find_notes`` gives the part with the notes of a kind, from which they are removed.
    """
    references = [reference for kind in KINDS for reference in document.iter(f"{W}{kind}Reference")]
    if not references:
        return frozenset()
    looping = {step.paragraph for step in walk_paragraphs(document) if _is_repeated(step)}
    uses = Counter((reference.tag, reference.get(f"{W}id")) for reference in references)
    kinds: set[str] = set()
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
            kinds.add(kind)
    return frozenset(kinds)


def _is_repeated(step: ParagraphStep) -> bool:
    """Whether a loop that is open before a paragraph, or opens in it, repeats its content."""
    return bool(step.opened) or any(block.repeats for block in step.around)


def return_notes(text: str, parts: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the notes of a rendered document to their parts, each with its own id; gives document, parts by kind."""
    seen = {kind: set(map(int, _NOTE_ID.findall(part))) for kind, part in parts.items()}
    last = {kind: max(numbers, default=0) for kind, numbers in seen.items()}
    notes: dict[str, list[str]] = {kind: [] for kind in parts}
    root = _ROOT.search(text)
    declared = {} if root is None else {match[1]: match[0] for match in _DECLARED.finditer(root[0])}

    def move_note(note: re.Match[str]) -> str:
        kind = f"{note['kind']}note"
        number = int(note["id"])
        if number in seen[kind]:
            number = last[kind] + 1
        seen[kind].add(number)
        last[kind] = max(last[kind], number)
        own = _DECLARED.findall(note["head"])
        namespaces = "".join(
            declaration
            for prefix, declaration in declared.items()
            if prefix not in own and (f"<{prefix}:" in note["inner"] or f" {prefix}:" in note["inner"])
        )
        head = re.sub(r'\sw:id="[^"]*"', f' w:id="{number}"', note["head"], count=1)
        notes[kind].append(f"<w:{kind}{head}{namespaces}>{note['inner']}</w:{kind}>")
        return f"{note['reference']}{number}{note['rest']}"

    text = _NOTE.sub(move_note, text)
    return text, {kind: _append_notes(part, "".join(notes[kind])) for kind, part in parts.items()}


def _append_notes(part: str, notes: str) -> str:
    at = part.rfind("</w:")
    if at >= 0:
        return part[:at] + notes + part[at:]
    root = _ROOT.search(part)  # an empty element: all of its notes were moved
    if root is None or not notes:
        return part
    name = root[0][1:].split(maxsplit=1)[0]
    return f"{part[: root.end() - 2]}>{notes}</{name}>"
