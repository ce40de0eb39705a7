"""The register of a receiver's receipts: one SQLite file that gives the numbers and keeps every receipt in full.

A number is given in the transaction that writes the receipt, so two processes never give one twice, and one that is
killed leaves either nothing or a whole receipt; its files are placed from the register by whoever opens it next.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docgen.archive.receipts.model import Decision, Previous, Receipt, format_number, is_receipt_name
from docgen.archive.verify.inbox import SIGNATURE_SUFFIX
from docgen.archive.writing.target import write_target
from docgen.diagnostics import Location, error
from docgen.errors import OutputError

REGISTER = "回执登记簿.sqlite"
PATIENCE = 60.0
"""Seconds that one who accepts waits for another one, beside what the other's signer may take."""
_VERSION = 1
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS receipt (
  sequence INTEGER PRIMARY KEY, year INTEGER NOT NULL, serial INTEGER NOT NULL, number TEXT NOT NULL UNIQUE,
  issued TEXT NOT NULL, decision TEXT NOT NULL, package TEXT NOT NULL, file TEXT NOT NULL, title TEXT NOT NULL,
  sender TEXT NOT NULL, archive_number TEXT NOT NULL, project_number TEXT NOT NULL, identity TEXT NOT NULL,
  words TEXT NOT NULL, sha256 TEXT NOT NULL, body BLOB NOT NULL, document BLOB NOT NULL, signature BLOB,
  placed INTEGER NOT NULL DEFAULT 0, UNIQUE (year, serial)
);
CREATE INDEX IF NOT EXISTS receipt_package ON receipt (package);
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_ENTRY = (
    "number, sequence, issued, decision, file, title, sender, archive_number, project_number, identity, sha256,"
    " signature IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A receipt as the register lists it; ``sha256`` is that of its file."""

    number: str
    sequence: int
    issued: str
    decision: Decision
    file: str
    title: str
    sender: str
    archive_number: str
    project_number: str
    identity: str
    sha256: str
    is_signed: bool


@dataclass(frozen=True, slots=True)
class ReceiptPlace:
    """What the register gives a new receipt: number, moment, place in the chain, the last one of the same package."""

    number: str
    sequence: int
    moment: dt.datetime
    previous: Previous | None
    earlier: RegisterEntry | None


@dataclass(frozen=True, slots=True)
class Issued:
    """A finished receipt: the data, the bytes of its file, of the Word file and, where there is one, the signature."""

    receipt: Receipt
    body: bytes
    document: bytes
    signature: bytes | None = None


class Register:
    """An open register; ``folder`` is where the receipts' files lie."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._db = connection
        self.folder = folder

    def issue(
        self, package: str, decision: Decision, clock: Callable[[], dt.datetime], make: Callable[[ReceiptPlace], Issued]
    ) -> tuple[RegisterEntry, bool]:
        """Register the receipt that ``make`` makes, and whether it is new.

        A package whose last receipt says the same gets no second one; "" is always another package. What ``make``
        raises leaves no number behind.
        """
        self._db.execute("BEGIN IMMEDIATE")
        try:
            earlier = self._find_last("WHERE package = ?", package) if package else None
            if earlier is not None and earlier.decision == decision:
                self._db.execute("ROLLBACK")
                return earlier, False
            last, moment = self._find_last(), clock()
            asked = "SELECT COALESCE(MAX(serial), 0) + 1 FROM receipt WHERE year = ?"
            (serial,) = self._db.execute(asked, (moment.year,)).fetchone()
            previous = Previous(number=last.number, sha256=last.sha256) if last is not None else None
            sequence = last.sequence + 1 if last is not None else 1
            place = ReceiptPlace(format_number(moment.year, serial), sequence, moment, previous, earlier)
            self._insert(package, (moment.year, serial), make(place))
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        (entry,) = self.list_entries(numbers=(place.number,))
        return entry, True

    def _insert(self, package: str, year: tuple[int, int], issued: Issued) -> None:
        receipt, told = issued.receipt, issued.receipt.findings.package
        words = (receipt.number, told.file, told.title, told.sender, told.archive_number, told.project_number)
        row = (
            *(receipt.sequence, *year, receipt.number, receipt.issued.isoformat(), receipt.decision, package),
            *(told.file, told.title, told.sender, told.archive_number, told.project_number, told.identity),
            *(_fold("\n".join((*words, told.identity, *told.digests.values()))),),
            *(hashlib.sha256(issued.body).hexdigest(), issued.body, issued.document, issued.signature),
        )
        self._db.execute(f"INSERT INTO receipt VALUES ({', '.join('?' * len(row))}, 0)", row)

    def _find_last(self, which: str = "", *values: str) -> RegisterEntry | None:
        asked = f"SELECT {_ENTRY} FROM receipt {which} ORDER BY sequence DESC LIMIT 1"
        return next((_read(row) for row in self._db.execute(asked, values)), None)

    def place_files(self) -> tuple[str, ...]:
        """Write the files of every receipt that has none yet; their numbers.

        A file of the same bytes is left as it is; OutputError (A101–A107) where another stands there.
        """
        asked = "SELECT number, body, document, signature FROM receipt WHERE NOT placed ORDER BY sequence"
        placed = []
        for number, *contents in self._db.execute(asked).fetchall():
            for path, data in zip(self._list_paths(number), contents, strict=True):
                if data is not None:
                    _place(data, path)
            self._db.execute("UPDATE receipt SET placed = 1 WHERE number = ?", (number,))
            placed.append(number)
        return tuple(placed)

    def _list_paths(self, number: str) -> tuple[Path, Path, Path]:
        body = self.folder / f"{number}.json"
        return body, self.folder / f"{number}.docx", body.with_name(f"{body.name}{SIGNATURE_SUFFIX}")

    def list_files(self, entry: RegisterEntry) -> tuple[Path, ...]:
        """Where the files of a receipt lie."""
        paths = self._list_paths(entry.number)
        return paths if entry.is_signed else paths[:2]

    def list_entries(self, query: str = "", numbers: Sequence[str] = (), most: int = -1) -> list[RegisterEntry]:
        """The receipts in whose words every term of ``query`` stands, of these ``numbers`` where some are given."""
        terms = _fold(query).split()
        tests = ["instr(words, ?) > 0"] * len(terms)
        if numbers:
            tests.append(f"number IN ({', '.join('?' * len(numbers))})")
        where = f"WHERE {' AND '.join(tests)}" if tests else ""
        asked = f"SELECT {_ENTRY} FROM receipt {where} ORDER BY sequence LIMIT ?"
        return [_read(row) for row in self._db.execute(asked, (*terms, *numbers, most))]


def _place(data: bytes, path: Path) -> None:
    try:
        write_target(data, path, force=False)
    except OutputError:
        # this run was killed before it could note that, or another one is placing the same file
        if not path.is_file() or path.read_bytes() != data:
            raise


def _read(row: tuple[Any, ...]) -> RegisterEntry:
    values = (*row[:-1], bool(row[-1]))
    return RegisterEntry(*values)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().encode("utf-8", "replace").decode()


@contextmanager
def open_register(folder: Path, patience: float = PATIENCE) -> Iterator[Register]:
    """The register of a folder, begun where there is none; receipts without files get them first.

    Raises OutputError: V258 when it can't be used or is busy for longer than ``patience`` seconds, V259 when receipts
    lie there without it, A101–A107 when files can't be written.
    """
    path = folder / REGISTER
    if not path.exists() and (left := _find_receipts(folder)):
        raise OutputError(error("V259", Location(file=str(path)), path=str(path), count=len(left), member=left[0].name))
    with _connect(path, f"{path.absolute().as_uri()}?mode=rwc", patience) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_SCHEMA)
        register = Register(connection, folder)
        register.place_files()
        yield register


@contextmanager
def read_register(path: Path) -> Iterator[Register]:
    """A register to read; OutputError V258 when it can't be."""
    with _connect(path, f"{path.absolute().as_uri()}?mode=ro", PATIENCE) as connection:
        yield Register(connection, path.parent)


@contextmanager
def _connect(path: Path, address: str, patience: float) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None)) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version not in (0, _VERSION):
                raise sqlite3.DatabaseError(f"version {version}")
            yield connection
    except sqlite3.Error as fault:
        raise OutputError(error("V258", Location(file=str(path)), path=str(path), reason=str(fault))) from fault


def _find_receipts(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if is_receipt_name(path.name)) if folder.is_dir() else []
