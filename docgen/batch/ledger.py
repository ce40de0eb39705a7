"""The batch's memory: an SQLite file in the output folder that knows what was made, and of what.

One transaction per job, written before its outputs are moved into place: whoever is killed between the two finds, the
next time, an output that is not as the ledger says, and makes it again. Nothing is held in memory: ten thousand jobs
are rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from docgen.archive.names import fold_name
from docgen.batch.fingerprint import FileMark
from docgen.batch.jobs import Job
from docgen.batch.result import About, JobResult, Produced, State, dump_diagnostics, parse_diagnostics
from docgen.diagnostics import Diagnostic, Location, count_by_severity, error
from docgen.errors import OutputError

FOLDER = ".docgen-batch"
"""The batch's own folder in the output folder: the ledger, and what isn't in its place yet."""

_SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS job (
  product TEXT NOT NULL, key TEXT NOT NULL,
  run INTEGER NOT NULL, number INTEGER NOT NULL, path TEXT NOT NULL, root TEXT NOT NULL, row TEXT NOT NULL,
  label TEXT NOT NULL, content TEXT NOT NULL, made_content TEXT NOT NULL DEFAULT '',
  done_run INTEGER NOT NULL DEFAULT 0, settled_run INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'open', exit_code INTEGER NOT NULL DEFAULT 0, setting TEXT NOT NULL DEFAULT '',
  profile_id TEXT NOT NULL DEFAULT '', profile TEXT NOT NULL DEFAULT '', templates TEXT NOT NULL DEFAULT '{}',
  inputs TEXT NOT NULL DEFAULT '[]', diagnostics TEXT NOT NULL DEFAULT '[]', about TEXT NOT NULL DEFAULT '{}',
  errors INTEGER NOT NULL DEFAULT 0, warnings INTEGER NOT NULL DEFAULT 0, seconds REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (product, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS job_order ON job (product, run, number);
CREATE TABLE IF NOT EXISTS output (
  folded TEXT PRIMARY KEY, path TEXT NOT NULL, product TEXT NOT NULL, key TEXT NOT NULL, position INTEGER NOT NULL,
  kind TEXT NOT NULL, title TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL,
  synced INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS output_job ON output (product, key, position);
"""


@dataclass(frozen=True, slots=True)
class LedgerOutput:
    """An output as the ledger knows it; ``synced`` says that the disk has it for certain."""

    path: str
    kind: str
    title: str
    mark: FileMark
    synced: bool


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A job of the present run and what is known of it; ``was_made`` says that this run made it.

    ``is_same``: the rows of a workbook are what they were when it was settled.
    """

    number: int
    job: Job
    state: State
    exit_code: int
    setting: str
    profile_id: str
    profile: str
    templates: dict[str, str]
    inputs: tuple[FileMark, ...]
    about: About
    errors: int
    warnings: int
    seconds: float
    was_made: bool
    is_settled: bool
    is_same: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """The job that an output belongs to: its record, and its number if this run has it."""

    key: str
    record: Path
    number: int
    is_current: bool


class Ledger:
    """What a run knows of its jobs; made by ``open_ledger``. ``product`` keeps packages and single types apart."""

    def __init__(self, connection: sqlite3.Connection, product: str) -> None:
        self._db = connection
        self._product = product
        self.run = int(self._read_meta("run", "0")) + 1
        self._write_meta("run", str(self.run))
        self._db.commit()

    def register(self, jobs: Iterator[Job]) -> int:
        """Take in the jobs of this run in their order; gives their number. One that comes twice counts once."""
        number = 0
        with self._db:
            for job in jobs:
                number += self._db.execute(
                    "INSERT INTO job (product, key, run, number, path, root, row, label, content) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (product, key) DO UPDATE SET run = excluded.run, number = excluded.number, "
                    "path = excluded.path, root = excluded.root, row = excluded.row, label = excluded.label, "
                    "content = excluded.content WHERE run < excluded.run",
                    (
                        *(self._product, job.key, self.run, number + 1, str(job.path), str(job.root)),
                        *(job.row, job.label, job.content),
                    ),
                ).rowcount
        return number

    def iterate(self) -> Iterator[LedgerEntry]:
        """The jobs of this run in their order."""
        last = 0
        while True:  # a cursor would hold the table while others are written
            rows = self._db.execute(
                f"SELECT {_ENTRY} FROM job WHERE product = ? AND run = ? AND number > ? ORDER BY number LIMIT 50",
                (self._product, self.run, last),
            ).fetchall()
            if not rows:
                return
            for row in rows:
                entry = self._make_entry(row)
                last = entry.number
                yield entry

    def find(self, number: int) -> LedgerEntry:
        """The job of this run with that number."""
        row = self._db.execute(
            f"SELECT {_ENTRY} FROM job WHERE product = ? AND run = ? AND number = ?", (self._product, self.run, number)
        ).fetchone()
        return self._make_entry(row)

    def find_number(self, key: str) -> int:
        """A job's place in the order of this run."""
        row = self._db.execute("SELECT number FROM job WHERE product = ? AND key = ?", (self._product, key)).fetchone()
        return int(row[0])

    def read_diagnostics(self, key: str) -> tuple[Diagnostic, ...]:
        """What was found in a job."""
        row = self._db.execute(
            "SELECT diagnostics FROM job WHERE product = ? AND key = ?", (self._product, key)
        ).fetchone()
        return parse_diagnostics(row[0]) if row else ()

    def is_made(self, key: str) -> bool:
        """Whether what a job of this or an earlier run made stands as its result."""
        row = self._db.execute("SELECT state FROM job WHERE product = ? AND key = ?", (self._product, key)).fetchone()
        return row is not None and row[0] == "made"

    def list_outputs(self, key: str) -> tuple[LedgerOutput, ...]:
        """What a job made, in its order."""
        rows = self._db.execute(
            "SELECT path, kind, title, size, mtime_ns, sha256, synced FROM output "
            "WHERE product = ? AND key = ? ORDER BY position",
            (self._product, key),
        )
        return tuple(LedgerOutput(row[0], row[1], row[2], FileMark(row[0], *row[3:6]), bool(row[6])) for row in rows)

    def find_claim(self, path: str) -> Claim | None:
        """Whose an output is, None when it isn't the batch's."""
        row = self._db.execute(
            "SELECT job.key, job.path, number, run = ? AND job.product = ? FROM output JOIN job "
            "ON job.product = output.product AND job.key = output.key WHERE folded = ?",
            (self.run, self._product, fold_name(path)),
        ).fetchone()
        return Claim(row[0], Path(row[1]), row[2], bool(row[3])) if row is not None else None

    def settle(self, key: str, setting: str, result: JobResult) -> None:
        """Write down what came of a job, with its outputs in the place of older ones, in one transaction.

        Where nothing was made, what was made before stays the job's.
        """
        counts = count_by_severity(result.diagnostics)
        errors, warnings, _infos = counts.values()
        with self._db:
            self._db.execute(
                "UPDATE job SET state = ?, exit_code = ?, setting = ?, profile_id = ?, profile = ?, templates = ?, "
                "inputs = ?, diagnostics = ?, about = ?, errors = ?, warnings = ?, seconds = ?, done_run = ?, "
                "settled_run = ?, made_content = content WHERE product = ? AND key = ?",
                (
                    *(result.state, result.exit_code, setting, result.profile_id, result.profile),
                    json.dumps(dict(result.templates or {}), ensure_ascii=False),
                    _dump_marks(result.inputs),
                    dump_diagnostics(result.diagnostics),
                    json.dumps(asdict(result.about), ensure_ascii=False),
                    *(errors, warnings, result.seconds, self.run, self.run, self._product, key),
                ),
            )
            if result.outputs:
                self._db.execute("DELETE FROM output WHERE product = ? AND key = ?", (self._product, key))
            for position, item in enumerate(result.outputs):
                self._write_output(key, position, item)

    def keep(self, key: str, inputs: Sequence[FileMark] | None = None) -> None:
        """Note that a job is as it was; with ``inputs`` their new times."""
        with self._db:
            if inputs is not None:
                self._db.execute(
                    "UPDATE job SET inputs = ? WHERE product = ? AND key = ?", (_dump_marks(inputs), self._product, key)
                )
            self._db.execute(
                "UPDATE job SET settled_run = ? WHERE product = ? AND key = ?", (self.run, self._product, key)
            )

    def mark_output(self, mark: FileMark, *, synced: bool) -> None:
        """Take down an output's present time, and that the disk has it."""
        with self._db:
            self._db.execute(
                "UPDATE output SET mtime_ns = ?, synced = max(synced, ?) WHERE folded = ?",
                (mark.mtime_ns, int(synced), fold_name(mark.path)),
            )

    def read_note(self, name: str) -> str:
        """What was written down for this product under a name, "" for nothing."""
        return self._read_meta(f"{self._product}: {name}", "")

    def write_note(self, name: str, text: str) -> None:
        """Write something down for this product."""
        with self._db:
            self._write_meta(f"{self._product}: {name}", text)

    def count(self) -> dict[str, int]:
        """How many jobs of this run there are, and how they stand; the sums of errors and warnings; the worst code."""
        row = self._db.execute(
            "SELECT count(*), sum(settled_run = run AND state = 'made' AND done_run = run), "
            "sum(settled_run = run AND state = 'made' AND done_run < run), "
            "sum(settled_run = run AND state = 'faulty'), sum(settled_run = run AND state = 'failed'), "
            "sum(settled_run < run), sum((settled_run = run) * errors), sum((settled_run = run) * warnings), "
            "max((settled_run = run) * exit_code) FROM job WHERE product = ? AND run = ?",
            (self._product, self.run),
        ).fetchone()
        names = ("total", "made", "kept", "faulty", "failed", "open", "errors", "warnings", "worst")
        return {name: value or 0 for name, value in zip(names, row, strict=True)}

    def _write_output(self, key: str, position: int, item: Produced) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO output (folded, path, product, key, position, kind, title, size, mtime_ns, sha256) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(fold_name(item.path), item.path, self._product, key, position, item.kind, item.title),
                *(item.mark.size, item.mark.mtime_ns, item.mark.sha256),
            ),
        )

    def _make_entry(self, row: Sequence[object]) -> LedgerEntry:
        number, key, path, root, inner, label, content, made_content, done_run, settled_run, state, *rest = row
        exit_code, setting, profile_id, profile, templates, inputs, about, errors, warnings, seconds = rest
        return LedgerEntry(
            number,  # type: ignore[arg-type]  # SQLite gives what the schema says
            Job(str(key), Path(str(path)), Path(str(root)), str(inner), str(label), str(content)),
            state,  # type: ignore[arg-type]
            exit_code,  # type: ignore[arg-type]
            str(setting),
            str(profile_id),
            str(profile),
            json.loads(str(templates)),
            tuple(FileMark(*item) for item in json.loads(str(inputs))),
            About(**json.loads(str(about))),
            errors,  # type: ignore[arg-type]
            warnings,  # type: ignore[arg-type]
            seconds,  # type: ignore[arg-type]
            done_run == self.run,
            settled_run == self.run,
            content == made_content,
        )

    def _read_meta(self, key: str, default: str) -> str:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else default

    def _write_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


_ENTRY = (
    "number, key, path, root, row, label, content, made_content, done_run, settled_run, state, exit_code, setting, "
    "profile_id, profile, templates, inputs, about, errors, warnings, seconds"
)


def _dump_marks(marks: Sequence[FileMark]) -> str:
    return json.dumps([(item.path, item.size, item.mtime_ns, item.sha256) for item in marks], ensure_ascii=False)


@contextmanager
def open_ledger(out: Path, product: str) -> Iterator[Ledger]:
    """The ledger of an output folder, for one run; nobody else can open it meanwhile.

    Raises OutputError: B101 when another batch works in this folder, B102 when its ledger can't be used.
    """
    path = out / FOLDER / "ledger.sqlite"
    place = Location(file=str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=0.5)
    except (OSError, sqlite3.Error) as fault:
        raise OutputError(error("B102", place, path=str(path), reason=str(fault))) from None
    try:
        try:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA cache_size = -1024")  # KiB; the jobs come in their order, once
            connection.execute("BEGIN IMMEDIATE")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            connection.commit()
            if version not in (0, _SCHEMA_VERSION):
                raise OutputError(error("B102", place, path=str(path), reason=f"version {version}"))
            connection.executescript(f"{_SCHEMA} PRAGMA user_version = {_SCHEMA_VERSION};")
            ledger = Ledger(connection, product)
        except sqlite3.OperationalError as fault:
            code = "B101" if "locked" in str(fault) else "B102"
            raise OutputError(error(code, place, path=str(path), reason=str(fault), folder=str(out))) from None
        except sqlite3.DatabaseError as fault:
            raise OutputError(error("B102", place, path=str(path), reason=str(fault))) from None
        yield ledger
    finally:
        connection.close()
