"""Stores received packages in an SQLite file of the job's folder: written one by one, read a page at a time.

The server reads it, too: this module imports no reader of packages, and loads only the rows that a page shows.
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NAME = "received.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS package (
  number INTEGER PRIMARY KEY, rank INTEGER NOT NULL, verdict TEXT NOT NULL, errors INTEGER NOT NULL,
  name TEXT NOT NULL, title TEXT NOT NULL, first TEXT NOT NULL, told TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS finding (
  package INTEGER NOT NULL, place INTEGER NOT NULL, step TEXT NOT NULL, found TEXT NOT NULL,
  PRIMARY KEY (package, place)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS word (
  package INTEGER NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, folded TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS word_package ON word (package);
"""
RANKS = ("faulty", "failed", "unproven", "open", "sound")
"""The verdicts, the most urgent first."""
_SECONDS = 10.0
_LONGEST_QUERY, _MOST_TERMS = 200, 8


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """A package in a list; ``first`` is a JSON list (``dump_diagnostics``) of its first error, or of none."""

    number: int
    verdict: str
    errors: int
    name: str
    title: str
    first: str


@dataclass(frozen=True, slots=True)
class ReceivedDetails:
    """A package in full: ``details`` is data for its page, ``findings`` are pairs of a step and a diagnostic as JSON.

    ``unlisted`` counts the findings beyond the limit.
    """

    row: ReceivedRow
    details: Mapping[str, Any]
    findings: Sequence[tuple[str, str]]
    unlisted: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A package that matches a query, and the matching texts with their kinds."""

    row: ReceivedRow
    words: tuple[tuple[str, str], ...]


class ReceivedStore:
    """The packages of one job."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(
        self,
        row: ReceivedRow,
        details: Mapping[str, Any],
        findings: Iterable[tuple[str, str]],
        words: Iterable[tuple[str, str]],
    ) -> None:
        """Store a package, replacing an earlier row of its number; ``words`` are kinds and texts to search it by."""
        with self._db:
            for table in ("finding", "word"):
                self._db.execute(f"DELETE FROM {table} WHERE package = ?", (row.number,))
            values = (row.number, RANKS.index(row.verdict), row.verdict, row.errors)
            texts = (make_storable(row.name), make_storable(row.title), row.first, json.dumps(details))
            self._db.execute("INSERT OR REPLACE INTO package VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*values, *texts))
            rows = ((row.number, place, step, finding) for place, (step, finding) in enumerate(findings))
            self._db.executemany("INSERT INTO finding VALUES (?, ?, ?, ?)", rows)
            texts_by_kind = dict.fromkeys((kind, make_storable(text)) for kind, text in words if text)
            lines = ((row.number, kind, text, fold(text)) for kind, text in texts_by_kind)
            self._db.executemany("INSERT INTO word VALUES (?, ?, ?, ?)", lines)

    def clear(self) -> None:
        """Remove all packages, before they are verified again."""
        with self._db:
            for table in ("package", "finding", "word"):
                self._db.execute(f"DELETE FROM {table}")

    def count_verdicts(self) -> dict[str, int]:
        """The number of packages with each verdict, the most urgent first."""
        counts = dict(self._db.execute("SELECT verdict, COUNT(*) FROM package GROUP BY verdict").fetchall())
        return {name: counts[name] for name in RANKS if name in counts}

    def list_rows(self, verdict: str = "", *, start: int = 0, most: int = 100) -> list[ReceivedRow]:
        """Packages with one verdict or all, the most urgent first."""
        condition = "WHERE verdict = :verdict" if verdict else ""
        values = {"verdict": verdict, "start": start, "most": most}
        order = "ORDER BY rank, errors DESC, number LIMIT :most OFFSET :start"
        return [ReceivedRow(*row) for row in self._db.execute(f"{_SELECT} {condition} {order}", values)]

    def find(self, number: int, most: int = 300) -> ReceivedDetails | None:
        """A package with at most so many findings; None where no package has that number."""
        row = self._db.execute(f"{_SELECT} WHERE number = ?", (number,)).fetchone()
        if row is None:
            return None
        (details,) = self._db.execute("SELECT told FROM package WHERE number = ?", (number,)).fetchone()
        query = "SELECT step, found FROM finding WHERE package = ? ORDER BY place LIMIT ?"
        findings = self._db.execute(query, (number, most)).fetchall()
        (count,) = self._db.execute("SELECT COUNT(*) FROM finding WHERE package = ?", (number,)).fetchone()
        return ReceivedDetails(ReceivedRow(*row), json.loads(details), findings, count - len(findings))

    def list_repeating(self, most: int = 100) -> list[tuple[ReceivedRow, Mapping[str, Any]]]:
        """The packages that share files with others, with their details."""
        query = f"{_SELECT.replace(' FROM', ', told FROM')} WHERE json_extract(told, '$.repeats[0]') IS NOT NULL"
        rows = self._db.execute(f"{query} ORDER BY number LIMIT ?", (most,)).fetchall()
        return [(ReceivedRow(*row), json.loads(details)) for *row, details in rows]

    def iterate_findings(self) -> Iterator[str]:
        """Iterate the findings of all packages, in their order."""
        for (finding,) in self._db.execute("SELECT found FROM finding ORDER BY package, place"):
            yield finding

    def search(self, query: str, most: int = 100) -> list[Hit]:
        """The packages whose words contain every term of a query, in their order."""
        terms = list_terms(query)
        if not terms:
            return []
        match = "EXISTS (SELECT 1 FROM word WHERE package = number AND folded LIKE ? ESCAPE '\\')"
        patterns = [_make_pattern(term) for term in terms]
        statement = f"{_SELECT} WHERE {' AND '.join([match] * len(terms))} ORDER BY number LIMIT ?"
        rows = [ReceivedRow(*row) for row in self._db.execute(statement, (*patterns, most))]
        return [Hit(row, self._list_words(row.number, patterns)) for row in rows]

    def _list_words(self, number: int, patterns: Sequence[str], most: int = 5) -> tuple[tuple[str, str], ...]:
        match = " OR ".join(["folded LIKE ? ESCAPE '\\'"] * len(patterns))
        statement = f"SELECT kind, text FROM word WHERE package = ? AND ({match}) LIMIT ?"
        return tuple(self._db.execute(statement, (number, *patterns, most)).fetchall())


_SELECT = "SELECT number, verdict, errors, name, title, first FROM package"


def fold(text: str) -> str:
    """A text normalized for search: half-width, without case and invisible characters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in plain if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))


def list_terms(query: str) -> list[str]:
    """The terms of a query, folded."""
    return fold(query[:_LONGEST_QUERY].replace("\n", " ")).split()[:_MOST_TERMS]


def _make_pattern(term: str) -> str:
    for char in "\\%_":
        term = term.replace(char, f"\\{char}")
    return f"%{term}%"


def make_storable(text: str) -> str:
    """A text without lone surrogates, which can't be encoded."""
    return text.encode("utf-8", "replace").decode()


@contextmanager
def write_store(folder: Path) -> Iterator[ReceivedStore]:
    """Open a job's store for writing; make it where there is none."""
    with closing(sqlite3.connect(folder / _NAME, timeout=_SECONDS)) as connection:
        connection.execute("PRAGMA synchronous = OFF")  # after a power failure the packages are verified again
        connection.executescript(_SCHEMA)
        yield ReceivedStore(connection)


@contextmanager
def read_store(folder: Path) -> Iterator[ReceivedStore | None]:
    """Open a job's store for reading; None where there is none yet."""
    path = folder / _NAME
    if not path.is_file():
        yield None
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=_SECONDS)) as connection:
        connection.execute("PRAGMA cache_size = -1024")  # KiB
        try:
            connection.execute("SELECT 1 FROM word LIMIT 1")
        except sqlite3.OperationalError:  # another process is making it
            yield None
            return
        yield ReceivedStore(connection)
