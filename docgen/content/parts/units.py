"""Names of units, however a line joins them: by marks, spaces or words, with numbers before and roles behind."""

from __future__ import annotations

import re
from collections.abc import Iterable

from docgen.content.flow import FlowTable, Line, iterate_lines
from docgen.content.parts.numbers import read_number
from docgen.content.parts.scheme import UnitScheme

_PARTS = re.compile(r"[\n\t、；;，,/|]+")
_INNER_NUMBER = re.compile(
    r"(?<=[\u4e00-\u9fff）)])[\s；;，,、。]*(?:[（(]?(?<!\d)\d{1,2}[、.．)）]|[①-⑳])\s*(?=[\u4e00-\u9fff])"
)
_SPACES = re.compile(r"[\s\u3000\xa0]+")
_JOINTS = re.compile(r"以及|和|及|与|暨|&")
_ROLE = re.compile(r"[（(\[【〔][^（）()\[\]【】〔〕]*[)）\]】〕]\s*$")
_LABEL = re.compile(r"^[^：:]{1,12}[：:]\s*")
_EDGES = ' \t\u3000\xa0。.；;，,、：:《》“”"*'
_ASIDE = re.compile(r"(?:等)$")
_NO_NAME = re.compile(r"[\d\s\-—./年月日()（）+]*")


def split_unit_names(text: str, scheme: UnitScheme) -> tuple[str, ...]:
    """Split a line that lists units into names.

    、 ， ； part names everywhere; a space, 和, 及, 与 only where a name of a unit ends before it and one follows.
    """
    names: list[str] = []
    for label in scheme.stops:
        text = re.split(rf"(?<=[\s；;，,。、]){re.escape(label)}\s*[：:]", text)[0]
    for piece in _PARTS.split(_keep_brackets(_INNER_NUMBER.sub("、", text))):
        names += _split_joined(_clean(piece.replace("\0", "、")), scheme)
    return tuple(name for name in names if name and not _NO_NAME.fullmatch(name))


def list_unit_names(text: str, scheme: UnitScheme) -> tuple[str, ...]:
    """The names in a line of unit names only; empty if the line holds anything else."""
    if len(text) > 120 or "。" in text.strip()[:-1]:
        return ()
    names = split_unit_names(text.strip("（()） "), scheme)
    return names if names and all(ends_as_unit(name, scheme) for name in names) else ()


def ends_as_unit(name: str, scheme: UnitScheme) -> bool:
    """Whether a text ends as a unit's name and holds more than the ending."""
    bare = _ROLE.sub("", name).strip(_EDGES)
    ending = next((ending for ending in scheme.endings if bare.endswith(ending)), None)
    return ending is not None and len(bare) > len(ending) and len(bare) <= 40


def list_cell_names(grid: FlowTable, scheme: UnitScheme) -> tuple[str, ...]:
    """The names in a table of units: cells that end as a unit's name, else the column with a unit's title."""
    names: list[str] = []
    texts = [[" ".join(line.text for line in iterate_lines(cell)) for cell in row] for row in grid.cells]
    for row in texts:
        for cell in row:
            names += [name for name in split_unit_names(cell, scheme) if ends_as_unit(name, scheme)]
    return tuple(dict.fromkeys(names))


def list_line_names(lines: Iterable[Line | str], scheme: UnitScheme) -> tuple[str, ...]:
    """The names in the lines below the title of the units."""
    names: list[str] = []
    for line in lines:
        text = line if isinstance(line, str) else line.text
        if len(text) <= 200:
            names += split_unit_names(text, scheme)
    return tuple(names)


def _keep_brackets(text: str) -> str:
    """Protect marks inside brackets, which don't separate names."""
    return re.sub(r"[（(][^（）()]*[)）]", lambda match: _PARTS.sub("\0", match[0]), text)


def _clean(piece: str) -> str:
    text = piece.strip(_EDGES)
    number = read_number(text)
    if number is not None and number.kind != "letter":
        text = text[number.end :]
    label = _LABEL.match(text)
    if label is not None and len(label[0]) < len(text):
        text = text[label.end() :]
    text = _ASIDE.sub("", text.strip(_EDGES))
    for opening, closing in ("（）", "()"):
        if text.endswith(closing) and opening not in text:
            text = text[:-1].strip(_EDGES)
        if text.startswith(opening) and closing not in text:
            text = text[1:].strip(_EDGES)
    return text


def _split_joined(text: str, scheme: UnitScheme) -> list[str]:
    """Split at spaces and joining words between two names of units."""
    for pattern in (_SPACES, _JOINTS):
        for joint in pattern.finditer(text):
            left, right = text[: joint.start()], text[joint.end() :]
            if ends_as_unit(left, scheme) and _begins_with_unit(right, scheme):
                return [*_split_joined(_clean(left), scheme), *_split_joined(_clean(right), scheme)]
    bare = _ROLE.sub("", text).strip(_EDGES)
    return [bare] if bare else []


def _begins_with_unit(text: str, scheme: UnitScheme) -> bool:
    """Whether the text up to its next joining word, or its end, is a unit's name."""
    ends = [len(text), *(joint.start() for pattern in (_SPACES, _JOINTS) for joint in pattern.finditer(text))]
    return any(ends_as_unit(text[:end], scheme) for end in ends)
