"""Assigns headings to the parts of a text, by reasons that add up: its words, its place, what stands below."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from docgen.content.heading_text import normalize_heading
from docgen.content.parts.pieces import TextLine
from docgen.content.parts.scheme import PartScheme, TextScheme

Certainty = Literal["sure", "likely", "unsure"]
ReasonKind = Literal["title", "word", "place", "row", "cue", "longest", "twice", "asked", "run-in", "holds"]

_JOINED = re.compile(r"[与和及、暨/]|以及")
_LEAST_HEADS = 3
_LEAST_BELOW = 15
_MOST_PEERS = 60
"""The most headings of the same format that can be parts; more are a list or catalogue."""
_LEAST_ROW, _MOST_OTHERS = 4, 2
_RANK = (
    "style",
    "number chapter",
    "number chinese",
    "number bracket",
    "number roman",
    "number decimal",
    "cell",
    "bold",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for reading a heading as a part: its kind, and the word, the cue or the heading that it goes by."""

    kind: ReasonKind
    word: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A heading read as a part: its index, the certainty, and the reasons."""

    at: int
    key: str
    certainty: Certainty
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class HeadingDoubt:
    """A heading that may belong to several parts, the likeliest first."""

    at: int
    keys: tuple[str, ...]


@dataclass(slots=True)
class Assignment:
    """The readings by part, the doubtful headings, and other headings of the same rank."""

    readings: dict[str, Reading] = field(default_factory=dict)
    doubts: list[HeadingDoubt] = field(default_factory=list)
    peers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Gap:
    """Parts missing between two known ones, the headings of their rank there, and whether the numbers agree."""

    parts: Sequence[PartScheme]
    heads: Sequence[int]
    is_even: bool


@dataclass(slots=True)
class Assigner:
    """Assigns the headings of one text; ``measure`` gives the text below a heading, up to one of the others."""

    pieces: Mapping[int, TextLine]
    scheme: TextScheme
    measure: Callable[[int, int | None], str]
    asked: Mapping[int, str] = field(default_factory=dict)

    def assign(self) -> Assignment:
        """Assign headings with a part's title first, then others by position, words and content."""
        units = self.scheme.units.key if self.scheme.units is not None else None
        exact: dict[str, list[int]] = defaultdict(list)
        for at, piece in self.pieces.items():
            if piece.named is not None and piece.named != units:
                exact[piece.named].append(at)
        sign = self._choose_sign(exact)
        peers = self._list_peers(sign)
        readings = self._read_exact(exact, sign, peers)
        for at, key in self.asked.items():
            readings = {other: item for other, item in readings.items() if item.at != at}
            readings[key] = Reading(at, key, "sure", (Reason("asked"),))
        assignment = Assignment(readings, [], tuple(peers))
        if not readings and len(peers) > len(self.scheme.parts) + _MOST_OTHERS:
            for at in peers:  # headings inside parts look like theirs: none differs from the other
                self._doubt(assignment, at, peers, self.scheme.parts)
            return assignment
        self._fill_gaps(assignment)
        return assignment

    def _choose_sign(self, exact: Mapping[str, Sequence[int]]) -> str | None:
        """The format sign of the parts' headings: that of most exact titles, else that with the best readings."""
        counts: dict[str, int] = defaultdict(int)
        for places in exact.values():
            for sign in {str(self.pieces[at].sign) for at in places}:
                counts[sign] += 1
        groups: dict[str, list[int]] = defaultdict(list)
        for at, piece in self.pieces.items():
            if piece.sign != "field":
                groups[str(piece.sign)].append(at)
        if counts:
            best = max(counts, key=lambda sign: (counts[sign], self._count_words(sign), -_rank(sign)))
            return self._find_enclosing(best, exact, groups) or best
        scored = {
            sign: self._score_group(self._list_peers(sign))
            for sign, places in groups.items()
            if len(places) >= _LEAST_HEADS
        }
        scored = {sign: score for sign, score in scored.items() if score > 0}
        return max(scored, key=lambda sign: (scored[sign], -_rank(sign)), default=None)

    def _find_enclosing(
        self, sign: str, exact: Mapping[str, Sequence[int]], groups: Mapping[str, Sequence[int]]
    ) -> str | None:
        """The sign of higher headings of which one section holds all exact titles, which are then inside it."""
        exact_heads = [at for places in exact.values() for at in places if self.pieces[at].sign == sign]
        for other in sorted(groups, key=_rank):
            if _rank(other) >= _rank(sign) or other in {str(self.pieces[at].sign) for at in exact_heads}:
                continue
            peers = self._list_peers(other)
            inside = {sum(peer < at for peer in peers) for at in exact_heads}
            if (
                _LEAST_ROW <= len(peers) <= len(self.scheme.parts) + _MOST_OTHERS
                and len(inside) == 1
                and 0 not in inside
            ):
                return other
        return None

    def _count_words(self, sign: str) -> int:
        return sum(1 for at in self._list_peers(sign) if self._find_words(at))

    def _score_group(self, peers: Sequence[int]) -> int:
        if not _LEAST_HEADS <= len(peers) <= _MOST_PEERS:
            return 0
        parts = list(self.scheme.parts)
        matched = self._align(peers, parts, peers)
        score = sum(2 + self._score(at, part, peers) for at, part in matched)
        return score + (10 if len(peers) == len(parts) else 0)

    def _list_peers(self, sign: str | None) -> list[int]:
        """The headings with the same sign; if numbered, those that continue the count."""
        units = self.scheme.units.key if self.scheme.units is not None else None
        peers = [at for at, piece in self.pieces.items() if piece.sign == sign and piece.named != units]
        if sign is None or not is_counted(sign):
            return self._leave_lists(peers) if sign == "bare" else peers
        chain: list[int] = []
        expected = 1
        for number, at in enumerate(peers):
            piece = self.pieces[at]
            later = [self.pieces[other] for other in peers[number + 1 :]]
            goes_on = piece.value == expected and not _comes_again(expected, later)
            if piece.named is not None or goes_on or at in self.asked:
                chain.append(at)
                expected = (piece.value or expected) + 1
        return chain

    def _leave_lists(self, peers: Sequence[int]) -> list[int]:
        """Bare lines that stand before text; lines of a list stand together."""
        return [
            at for at in peers if self.pieces[at].named is not None or len(self.measure(at, at + 2)) >= _LEAST_BELOW
        ]

    def _read_exact(
        self, exact: Mapping[str, Sequence[int]], sign: str | None, peers: Sequence[int]
    ) -> dict[str, Reading]:
        """The headings with a part's title: among the peers first, else one that stands where the part is wanted."""
        readings: dict[str, Reading] = {}
        for part in self.scheme.parts:
            among = [at for at in exact.get(part.key, ()) if self.pieces[at].sign == sign]
            if among:
                filled = [at for at in among if self._holds_text(at, peers)]
                is_twice = len(filled) > 1
                reasons = (Reason("title"), Reason("twice")) if is_twice else (Reason("title"),)
                readings[part.key] = Reading((filled or among)[0], part.key, "likely" if is_twice else "sure", reasons)
        for part in self.scheme.parts:
            if part.key not in readings:
                reading = self._read_outside(part.key, exact.get(part.key, ()), readings, peers)
                if reading is not None:
                    readings[part.key] = reading
        return readings

    def _read_outside(
        self, key: str, places: Sequence[int], readings: Mapping[str, Reading], peers: Sequence[int]
    ) -> Reading | None:
        """A heading with a part's title that is no peer, where the part is wanted and no free peer comes first."""
        order = [part.key for part in self.scheme.parts]
        rank = order.index(key)
        low = max((item.at for other, item in readings.items() if order.index(other) < rank), default=-1)
        high = min((item.at for other, item in readings.items() if order.index(other) > rank), default=1 << 60)
        used = {item.at for item in readings.values()}
        free = [at for at in peers if low < at < high and at not in used and self.pieces[at].named is None]
        fitting = [at for at in places if low < at < high and not any(peer < at for peer in free)]
        if not fitting:
            return None
        filled = [at for at in fitting if self._holds_text(at, peers)]
        best = (filled or fitting)[0]
        is_loose = len(filled) > 1 or str(self.pieces[best].sign).startswith("run-in") or not readings
        reasons = (Reason("title"), Reason("run-in")) if is_loose else (Reason("title"),)
        return Reading(best, key, "likely" if is_loose else "sure", reasons)

    def _holds_text(self, at: int, peers: Sequence[int]) -> bool:
        return bool(self.measure(at, _find_next(at, peers)).strip())

    def _fill_gaps(self, assignment: Assignment) -> None:
        """Between parts that have their heading, give the free headings to the parts that have none, in their order."""
        readings = assignment.readings
        order = list(self.scheme.parts)
        ascending = _keep_ascending(
            [(readings[part.key].at, number) for number, part in enumerate(order) if part.key in readings]
        )
        edges = [(-1, -1), *ascending, (1 << 60, len(order))]
        used = {item.at for item in readings.values()}
        heads = sorted({*assignment.peers, *used})
        unfit = {normalize_heading(word) for word in self.scheme.afterwards}
        for (low, first), (high, last) in pairwise(edges):
            parts = [part for part in order[first + 1 : last] if part.key not in readings]
            free = [
                at
                for at in assignment.peers
                if low < at < high and at not in used and normalize_heading(self.pieces[at].text) not in unfit
            ]
            if not parts or not free or len(heads) > _MOST_PEERS:
                continue
            matched = self._align(free, parts, heads)
            gap = _Gap(parts, heads, len(free) == len(parts))
            for at, part in matched:
                self._judge(assignment, at, part, gap)
            unmatched = [at for at in free if at not in {at for at, _ in matched}]
            lacking = [part for part in parts if part.key not in readings]
            for at in unmatched:
                if lacking and self._score(at, lacking[0], heads):
                    self._doubt(assignment, at, heads, lacking)

    def _judge(self, assignment: Assignment, at: int, part: PartScheme, gap: _Gap) -> None:
        """Read a heading as a part, if the reasons are enough and no other part has nearly as many."""
        points, heads = self.scheme.points, gap.heads
        reasons = list(self._list_reasons(at, part, heads))
        total = self._score(at, part, heads) + points.place
        reasons.append(Reason("place"))
        if gap.is_even:
            total += points.row
            reasons.append(Reason("row"))
        rivals = [self._score(at, other, heads) for other in self.scheme.parts if other is not part]
        words = self._find_words(at)
        is_double = len(words) > 1 and bool(_JOINED.search(self.pieces[at].text))
        ahead = total - max(rivals, default=0)
        others = [key for key in words if key != part.key]
        contradicts = bool(others) and part.key not in words
        if total >= points.likely and ahead >= points.ahead and not is_double and not contradicts:
            assignment.readings[part.key] = Reading(at, part.key, "likely", tuple(reasons))
        else:
            self._doubt(assignment, at, heads, [part, *(other for other in gap.parts if other is not part)])

    def _doubt(self, assignment: Assignment, at: int, heads: Sequence[int], likely: Sequence[PartScheme]) -> None:
        """Note a heading with its two best readings."""
        first = likely[0].key
        scores = {
            part.key: self._score(at, part, heads) + (1 if part.key == first else 0) for part in self.scheme.parts
        }
        best = sorted(scores, key=lambda key: -scores[key])
        assignment.doubts.append(HeadingDoubt(at, tuple(best[:2])))

    def _align(
        self, free: Sequence[int], parts: Sequence[PartScheme], heads: Sequence[int]
    ) -> list[tuple[int, PartScheme]]:
        """As many headings as can be parts in the parts' order, with the greatest sum of reasons."""
        best: list[list[tuple[int, tuple[tuple[int, PartScheme], ...]]]] = [
            [(0, ())] * (len(parts) + 1) for _ in range(len(free) + 1)
        ]
        for i, at in enumerate(free, 1):
            for j, part in enumerate(parts, 1):
                choice = max(best[i - 1][j], best[i][j - 1], key=lambda entry: entry[0])
                before, pairs = best[i - 1][j - 1]
                score = before + self._score(at, part, heads) + 20
                if score > choice[0]:
                    choice = (score, (*pairs, (at, part)))
                best[i][j] = choice
        return list(best[-1][-1][1])

    def _score(self, at: int, part: PartScheme, heads: Sequence[int]) -> int:
        points = self.scheme.points
        worth = {"word": points.word, "longest": points.longest}
        reasons = self._list_reasons(at, part, heads)
        cues = min(sum(reason.kind == "cue" for reason in reasons), points.most_cues)
        return sum(worth.get(reason.kind, 0) for reason in reasons) + cues * points.cue

    def _list_reasons(self, at: int, part: PartScheme, heads: Sequence[int]) -> tuple[Reason, ...]:
        reasons: list[Reason] = []
        word = self._find_words(at).get(part.key)
        if word is not None:
            reasons.append(Reason("word", word))
        text = self.measure(at, _find_next(at, heads))
        reasons += [Reason("cue", cue.label) for cue in part.cues if cue.pattern.search(text)]
        if part.is_longest and len(heads) > 2:
            lengths = [len(self.measure(other, _find_next(other, heads))) for other in heads]
            if len(text) == max(lengths) and len(text) * 3 >= sum(lengths):
                reasons.append(Reason("longest"))
        return tuple(reasons)

    def _find_words(self, at: int) -> dict[str, str]:
        """The parts whose words a heading has; of two that no conjunction joins, only the last."""
        text = self.pieces[at].text
        words_by_part: dict[str, tuple[int, str]] = {}
        for part in self.scheme.parts:
            ends = [(text.rfind(word) + len(word), word) for word in part.words if word in text]
            if ends:
                words_by_part[part.key] = max(ends)
        if len(words_by_part) > 1 and not _JOINED.search(text):
            last = max(words_by_part, key=lambda key: words_by_part[key])
            return {last: words_by_part[last][1]}
        return {key: word for key, (_, word) in words_by_part.items()}


def is_counted(sign: str) -> bool:
    """Whether what sets a heading off is a number."""
    return sign.startswith(("number ", "run-in ")) and sign != "run-in bold"


def _comes_again(value: int, later: Sequence[TextLine]) -> bool:
    """Whether a number comes again before the next one: then this one counts inside a part."""
    for piece in later:
        if piece.value == value:
            return True
        if piece.named is not None or piece.value == value + 1:
            return False
    return False


def _find_next(at: int, heads: Sequence[int]) -> int | None:
    return next((other for other in sorted(heads) if other > at), None)


def _rank(sign: str) -> int:
    return next((rank for rank, name in enumerate(_RANK) if sign.startswith(name)), len(_RANK))


def _keep_ascending(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest row of parts that stand in their order."""
    best: list[list[tuple[int, int]]] = []
    for pair in sorted(pairs, key=lambda item: item[1]):
        ahead = [row for row in best if row[-1][0] < pair[0]]
        best.append([*max(ahead, key=len, default=[]), pair])
    return max(best, key=len, default=[])
