"""The register of a receiver's receipts: one SQLite file that gives the numbers and keeps every receipt in full.

The transaction that gives a number also writes the receipt. So two processes never give the same number, and a process
that is killed leaves either nothing or a whole receipt, whose files the next process writes that opens the register.
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
"""The seconds that a process waits for another one's transaction; signing in it may take more."""
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
    """What the register gives a new receipt: its number, moment and place in the chain.

    ``earlier`` is the last receipt for the same package.
    """

    number: str
    sequence: int
    moment: dt.datetime
    previous: Previous | None
    earlier: RegisterEntry | None


@dataclass(frozen=True, slots=True)
class Issued:
    """A finished receipt, and the bytes of its files: JSON (``body``), Word (``document``) and signature, if any."""

    receipt: Receipt
    body: bytes
    document: bytes
    signature: bytes | None = None


class Register:
    """An open register; the receipts' files lie in ``folder``."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._db = connection
        self.folder = folder

    def issue(
        self, package: str, decision: Decision, clock: Callable[[], dt.datetime], make: Callable[[ReceiptPlace], Issued]
    ) -> tuple[RegisterEntry, bool]:
        """Register the receipt that ``make`` makes for a package; the entry, and whether it is new.

        ``package`` is ``ReceiptPackage.key``. If the package's last receipt has the same decision, its entry is
        returned and nothing is made; packages without a key are never the same. When ``make`` raises, no number is
        given.
        """
        self._db.execute("BEGIN IMMEDIATE")
        try:
            earlier = self._find_last("WHERE package = ?", package) if package else None
            if earlier is not None and earlier.decision == decision:
                self._db.execute("ROLLBACK")
                return earlier, False
            last, moment = self._find_last(), clock()
            query = "SELECT COALESCE(MAX(serial), 0) + 1 FROM receipt WHERE year = ?"
            (serial,) = self._db.execute(query, (moment.year,)).fetchone()
            previous = Previous(number=last.number, sha256=last.sha256) if last is not None else None
            sequence = last.sequence + 1 if last is not None else 1
            place = ReceiptPlace(format_number(moment.year, serial), sequence, moment, previous, earlier)
            self._insert(package, moment.year, serial, make(place))
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        (entry,) = self.list_entries(numbers=(place.number,))
        return entry, True

    def _insert(self, key: str, year: int, serial: int, issued: Issued) -> None:
        receipt, package = issued.receipt, issued.receipt.findings.package
        facts = (
            *(package.file, package.title, package.sender),
            *(package.archive_number, package.project_number, package.identity),
        )
        row = (
            *(receipt.sequence, year, serial, receipt.number, receipt.issued.isoformat(), receipt.decision, key),
            *facts,
            _fold("\n".join((receipt.number, *facts, *package.digests.values()))),
            *(hashlib.sha256(issued.body).hexdigest(), issued.body, issued.document, issued.signature),
        )
        self._db.execute(f"INSERT INTO receipt VALUES ({', '.join('?' * len(row))}, 0)", row)

    def _find_last(self, where: str = "", *values: str) -> RegisterEntry | None:
        query = f"SELECT {_ENTRY} FROM receipt {where} ORDER BY sequence DESC LIMIT 1"
        return next((_parse_entry(row) for row in self._db.execute(query, values)), None)

    def place_files(self) -> tuple[str, ...]:
        """Write the files of every receipt whose files aren't written yet; the numbers of these receipts.

        A file that has the same bytes already is left alone; OutputError (A101–A107) when another file has the name.
        """
        query = "SELECT number, body, document, signature FROM receipt WHERE NOT placed ORDER BY sequence"
        numbers = []
        for number, *contents in self._db.execute(query).fetchall():
            for path, data in zip(self._list_paths(number), contents, strict=True):
                if data is not None:
                    _write_file(data, path)
            self._db.execute("UPDATE receipt SET placed = 1 WHERE number = ?", (number,))
            numbers.append(number)
        return tuple(numbers)

    def _list_paths(self, number: str) -> tuple[Path, Path, Path]:
        body = self.folder / f"{number}.json"
        return body, self.folder / f"{number}.docx", body.with_name(f"{body.name}{SIGNATURE_SUFFIX}")

    def list_files(self, entry: RegisterEntry) -> tuple[Path, ...]:
        """The paths of a receipt's files."""
        paths = self._list_paths(entry.number)
        return paths if entry.is_signed else paths[:2]

    def list_entries(self, query: str = "", numbers: Sequence[str] = (), most: int = -1) -> list[RegisterEntry]:
        """The receipts that contain every word of ``query``, with these ``numbers`` if any are given.

        They come in the chain's order, at most ``most`` of them (-1: all).
        """
        words = _fold(query).split()
        conditions = ["instr(words, ?) > 0"] * len(words)
        if numbers:
            conditions.append(f"number IN ({', '.join('?' * len(numbers))})")
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        statement = f"SELECT {_ENTRY} FROM receipt {where} ORDER BY sequence LIMIT ?"
        return [_parse_entry(row) for row in self._db.execute(statement, (*words, *numbers, most))]


def _write_file(data: bytes, path: Path) -> None:
    try:
        write_target(data, path, force=False)
    except OutputError:
        # a run wrote it and was killed before it could note that, or another run is writing the same file now
        if not path.is_file() or path.read_bytes() != data:
            raise


def _parse_entry(row: tuple[Any, ...]) -> RegisterEntry:
    values = (*row[:-1], bool(row[-1]))
    return RegisterEntry(*values)


def find_receipts(folder: Path) -> list[Path]:
    """The files in a folder that have a receipt's name, sorted; raises OSError."""
    return sorted(path for path in folder.iterdir() if is_receipt_name(path.name))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().encode("utf-8", "replace").decode()


@contextmanager
def open_register(folder: Path, patience: float = PATIENCE) -> Iterator[Register]:
    """Open the register of a folder, or begin it; first the files of receipts that lack them are written.

    Raises OutputError: V258 when it can't be used or is busy for longer than ``patience`` seconds, V259 when there are
    receipts in the folder and no register, A101–A107 when files can't be written.
    """
    path = folder / REGISTER
    if not path.exists() and folder.is_dir() and (receipts := find_receipts(folder)):
        count, first = len(receipts), receipts[0].name
        raise OutputError(error("V259", Location(file=str(path)), path=str(path), count=count, member=first))
    with _connect(path, f"{path.absolute().as_uri()}?mode=rwc", patience) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(_SCHEMA)
        register = Register(connection, folder)
        register.place_files()
        yield register


@contextmanager
def read_register(path: Path) -> Iterator[Register]:
    """Open a register for reading; OutputError V258 when it can't be read."""
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
