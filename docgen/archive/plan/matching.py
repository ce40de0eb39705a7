"""Matches files of a folder to documents of the plan or to filing items, by points that add up.

Up to 75 points for the title: 60 times the likeness of the file's name or of the title inside, whichever is greater,
and 15 times the lesser. 10 for lying in the folder of the document's filing item, 10 off for lying in another item's.
15 for naming whom the document is made for; 40 off for naming another one in the path, 25 off for naming another one
inside. A file is matched when its title is near enough to the document's, from ``THRESHOLD`` on (15 less where nobody
need be named), only when no other document is as near as ``MARGIN``, and never against the name of whom it is made for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal

from docgen.archive.plan.clues import Holder, HolderNames, PathClues, find_dated, find_item, remove_names
from docgen.content.file_names import SpokenName, read_name
from docgen.content.folding import fold_text, keep_letters
from docgen.content.heading_text import normalize_heading
from docgen.content.title_likeness import find_part_names, liken_documents, list_title_forms, names_kind

THRESHOLD = 55
MARGIN = 8
SURE_TITLE, SURE_WITH_HOLDER, NEAR_TITLE = 0.91, 0.86, 0.75
"""The title likeness (0 to 1) that a match needs: by itself, where the path names the document's holder, and in the
folder of the document's item. A file that reaches the last isn't filed as anything else; for one below it the report
doesn't suggest the document's name."""

_MOST, _LESSER, _FOLDER, _HOLDER = 60, 15, 10, 15
_OTHER_IN_PATH, _OTHER_INSIDE = 40, 25
_HALF = _MOST // 2
_PICTURE_LEAST = 0.8
_PARTLY = 0.92
_FOLDER_NAME, _FOLDER_OF_OTHERS = 0.92, 0.7
_LATER_LINE = 0.9
_BETWEEN = re.compile(r"[\s_\-]+")
_NOTHING_SAID = re.compile(
    r"(?:微信|图片|图像|扫描|全能王|新建|microsoft|word|excel|wps|文字|文稿|文档|工作表|未命名|[^\u4e00-\u9fff])*"
)
_FIRST_LINES, _SHORTEST_PART = 3, 3
_HEADINGS_LEAST, _HEADINGS_SHARE = 3, 0.5

Why = Literal["title", "holder", "document", "unlike", "conflict", "blank", "sections"]
"""Why a file isn't matched: it has no title, two holders fit, two documents fit, no document is near, its name and its
content contradict each other, its name marks it as a template, or it lacks all sections of the document."""


@dataclass(frozen=True)
class DocumentSlot:
    """A document of the plan that a file can match: its type, names, expected headings, filing item and holder.

    The holder is whom the document is made for, an entry of the list ``per``; both are empty for a document of the
    project. ``is_open`` marks a type with any number of copies, because the record doesn't say for whom they are.
    """

    id: str
    type: str
    names: tuple[str, ...]
    item: str
    per: str = ""
    holder: str = ""
    headings: tuple[str, ...] = ()
    is_open: bool = False

    @cached_property
    def spelled(self) -> tuple[str, ...]:
        """The document's names and table numbers, normalised for comparison."""
        return tuple(dict.fromkeys(text for name in self.names for text in list_title_forms(name)))

    @cached_property
    def parts(self) -> frozenset[str]:
        """The table numbers among the document's names (表X.1)."""
        return frozenset(part for name in self.names for part in find_part_names(name))

    @cached_property
    def sections(self) -> frozenset[str]:
        """The document's headings, normalised for comparison."""
        return frozenset(normalize_heading(heading) for heading in self.headings)


@dataclass(frozen=True, slots=True)
class FileClue:
    """The clues of a file: its path below the folder, its first lines and headings, its kind."""

    path: PurePosixPath
    lines: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    is_picture: bool = False


@dataclass(frozen=True, slots=True)
class MatchPoints:
    """The points of a file for a document, by source."""

    name: int = 0
    inside: int = 0
    folder: int = 0
    holder: int = 0

    @property
    def total(self) -> int:
        """The sum of the points, 0 to 100."""
        return max(0, min(100, self.name + self.inside + self.folder + self.holder))

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sources that gave points."""
        return tuple(key for key in ("name", "inside", "folder", "holder") if getattr(self, key) > 0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that a file may match, with the file's points for it.

    ``title`` is the likeness of the titles, 0 to 1, and ``least`` the likeness that a match needs; ``needs_holder``
    says that only the holder's name tells the document from others of its type.
    """

    slot: DocumentSlot
    points: MatchPoints
    title: float
    least: float
    needs_holder: bool

    @property
    def lead(self) -> int:
        """The rank of a candidate: its points, plus a handicap where the file need not name a holder."""
        return self.points.total + (0 if self.needs_holder or self.points.holder else _HOLDER)

    @property
    def has_title(self) -> bool:
        """Whether the title is near enough for a match."""
        return self.title >= self.least

    @property
    def is_guess(self) -> bool:
        """Whether the title is near enough to suggest the document, so that the file isn't filed as anything else."""
        return self.title >= NEAR_TITLE


@dataclass(frozen=True, slots=True)
class FileMatch:
    """The result for a file: its document (``slot``), or the item that its folder names, or the reason for neither.

    ``best`` is the likeliest document in any case, ``second`` the next; ``holders`` are the keys of the holders that
    the file's path or, failing that, its first lines name.
    """

    clue: FileClue
    spoken: SpokenName
    slot: DocumentSlot | None = None
    item: str | None = None
    best: Candidate | None = None
    second: Candidate | None = None
    why: Why | None = None
    holders: frozenset[str] = frozenset()

    @property
    def score(self) -> int:
        """The points for the matched document; 0 without one."""
        return self.best.points.total if self.slot is not None and self.best is not None else 0


@dataclass(frozen=True)
class Matcher:
    """Matches files to documents (``slots``), or to the folders of filing items (``places``).

    ``holders`` are whom documents are made for; ``common`` are the names of the project and its parties, which don't
    tell one document from another.
    """

    slots: tuple[DocumentSlot, ...]
    places: tuple[PathClues, ...]
    holders: tuple[Holder, ...] = ()
    common: tuple[str, ...] = ()

    def match(self, clue: FileClue) -> FileMatch:
        """The match of a file; it depends on the clues alone."""
        view = _ClueView.of(clue, self)
        ranked = sorted(self._score_all(view), key=lambda item: -item.lead)
        best = next((item for item in ranked if item.has_title), ranked[0] if ranked else None)
        second = next((item for item in ranked if item is not best), None)
        undecided = FileMatch(clue, view.spoken, best=best, second=second, holders=view.in_path or view.inside)
        gap = best.lead - second.lead if best and second else 100
        sure = best is not None and best.has_title and best.lead >= THRESHOLD and gap >= MARGIN
        if best is not None and sure and best.points.holder >= 0 and not view.spoken.blank:
            return _decide(undecided, slot=best.slot)
        why = "blank" if sure and view.spoken.blank else _explain(best, second, gap)
        near = best is not None and best.is_guess and not clue.is_picture
        if view.item is not None and not near:
            return _decide(undecided, item=view.item)
        return _decide(undecided, why=why)

    @cached_property
    def _types(self) -> tuple[tuple[DocumentSlot, ...], ...]:
        """The slots of each type of document."""
        types: dict[str, list[DocumentSlot]] = {}
        for slot in self.slots:
            types.setdefault(slot.type, []).append(slot)
        return tuple(tuple(slots) for slots in types.values())

    @cached_property
    def names(self) -> HolderNames:
        """The names of the holders."""
        titles = (name for slot in self.slots for name in slot.names)
        return HolderNames(self.holders, frozenset(map(keep_letters, (*titles, *self.common))))

    def _score_all(self, view: _ClueView) -> Iterator[Candidate]:
        """All documents that can rank first or second: of a type's copies whose holder isn't named, two are enough."""
        for slots in self._types:
            name, inside = view.liken_name(slots[0]), view.liken_inside(slots[0])
            greater, lesser = (_MOST, _LESSER) if name >= inside else (_LESSER, _MOST)
            folder = 0 if view.item is None else _FOLDER if view.item == slots[0].item else -_FOLDER
            named = view.in_path | view.dated | view.inside
            type_holders = frozenset(slot.holder for slot in slots)
            others = [slot for slot in slots if slot.holder not in named][:2]
            for slot in (*(slot for slot in slots if slot.holder in named), *others):
                points = MatchPoints(
                    round(greater * name), round(lesser * inside), folder, _score_holder(view, slot, type_holders)
                )
                alone = SURE_WITH_HOLDER if slot.holder in view.in_path else SURE_TITLE
                least = NEAR_TITLE if folder > 0 else alone
                yield Candidate(slot, points, max(name, inside), least, _needs_holder(view, slot, type_holders))


def _needs_holder(view: _ClueView, slot: DocumentSlot, type_holders: frozenset[str]) -> bool:
    """Whether only the holder's name tells a document from others of its type."""
    if slot.is_open:
        return bool((view.in_path | view.dated | view.inside) & type_holders)
    return len(type_holders) > 1 if slot.per else bool(view.in_path)


def _score_holder(view: _ClueView, slot: DocumentSlot, type_holders: frozenset[str]) -> int:
    """The points for the document's holder; ``type_holders`` are the holders of all documents of that type."""
    if slot.is_open or not slot.per:
        return 0
    in_path, inside = view.in_path & type_holders or view.dated & type_holders, view.inside & type_holders
    points = _HOLDER if slot.holder in in_path | inside else 0
    if in_path and slot.holder not in in_path:
        points -= _OTHER_IN_PATH
    if inside and slot.holder not in inside:
        points -= _OTHER_INSIDE
    return points


def _explain(best: Candidate | None, second: Candidate | None, gap: int) -> Why:
    """Why a file isn't matched."""
    if best is None or not (best.points.name or best.points.inside):
        return "title"
    if not best.has_title:
        return "unlike"
    total = best.lead
    if best.points.holder < 0 and total - best.points.holder >= THRESHOLD:
        return "conflict"
    if second is not None and gap < MARGIN and best.slot.type == second.slot.type and total + _HOLDER >= THRESHOLD:
        return "holder"
    if second is None or gap >= MARGIN or total < THRESHOLD:
        return "unlike"
    by_name = best.points.name >= _HALF, second.points.name >= _HALF
    by_title = best.points.inside >= _HALF, second.points.inside >= _HALF
    return "conflict" if by_name[0] != by_name[1] and by_title[0] != by_title[1] else "document"


def _decide(
    undecided: FileMatch, *, slot: DocumentSlot | None = None, item: str | None = None, why: Why | None = None
) -> FileMatch:
    return FileMatch(
        undecided.clue, undecided.spoken, slot, item, undecided.best, undecided.second, why, undecided.holders
    )


@dataclass(frozen=True)
class _ClueView:
    """A file's clues, normalised for comparison."""

    clue: FileClue
    spoken: SpokenName
    item: str | None
    in_path: frozenset[str]
    dated: frozenset[str]
    inside: frozenset[str]
    names: tuple[str, ...]
    folders: tuple[str, ...]
    first: tuple[str, ...]
    later: tuple[str, ...]
    parts: frozenset[str]
    sections: frozenset[str]
    has_name: bool

    @classmethod
    def of(cls, clue: FileClue, matcher: Matcher) -> _ClueView:
        spoken = read_name(clue.path.stem)
        folders = clue.path.parts[:-1]
        item, item_folder = find_item(folders, matcher.places)
        in_path = matcher.names.find((clue.path.stem, *folders))
        inside = matcher.names.find(clue.lines, only_whole=True)
        named = [*in_path.words, *inside.words]

        def format(texts: Sequence[str]) -> tuple[str, ...]:
            own = [remove_names(fold_text(text), matcher.common).strip() or text for text in texts]
            read = [read_name(each) for text in own for each in (text, remove_names(fold_text(text), named))]
            spellings = [text for name in read for text in (name.text, name.bare)]
            return tuple(dict.fromkeys(text for each in spellings for text in list_title_forms(each)))

        free = [text for index, text in enumerate(folders) if index != item_folder]
        # a separator may divide the title from other words (检查报告_王工改); two titles together may be a third title
        bare = read_name(remove_names(fold_text(clue.path.stem), [*named, *matcher.common])).text
        parts = [part for part in _BETWEEN.split(bare) if len(part) > _SHORTEST_PART]
        parts = parts if sum(map(names_kind, _BETWEEN.split(bare))) <= 1 else []
        return cls(
            clue,
            spoken,
            item,
            in_path.keys,
            find_dated(spoken.date, matcher.holders),
            inside.keys,
            format((clue.path.stem, *parts)),
            format(free),
            format(clue.lines[:_FIRST_LINES]),
            format(clue.lines[_FIRST_LINES:]),
            frozenset(find_part_names(clue.path.stem)),
            frozenset(normalize_heading(heading) for heading in clue.headings),
            _NOTHING_SAID.fullmatch(bare) is None,
        )

    def liken_name(self, slot: DocumentSlot) -> float:
        """The likeness of the file's name, or of a folder's, to the document's names, 0 to 1.

        A folder's name counts less if the file's own name says anything.
        """
        folder = _FOLDER_OF_OTHERS if self.has_name else _FOLDER_NAME
        likeness = max(
            liken_documents(self.names, slot.spelled),
            folder * liken_documents(self.folders, slot.spelled),
            _PARTLY if self.parts & slot.parts else 0.0,
        )
        return likeness if likeness >= _PICTURE_LEAST or not self.clue.is_picture else 0.0

    def liken_inside(self, slot: DocumentSlot) -> float:
        """The likeness of the title or headings inside the file to those of the document, 0 to 1."""
        likeness = max(
            liken_documents(self.first, slot.spelled), _LATER_LINE * liken_documents(self.later, slot.spelled)
        )
        shared = len(self.sections & slot.sections)
        if shared >= _HEADINGS_LEAST and shared >= _HEADINGS_SHARE * len(slot.sections):
            likeness = max(likeness, _PARTLY)
        return likeness
