"""The file that the ledger lies in: made, opened for one run alone, brought up from an older form."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from docgen.batch.ledger.disk import report_disk
from docgen.diagnostics import Location, error
from docgen.errors import OutputError

FOLDER = ".docgen-batch"
"""The batch's own folder in the output folder: the ledger, and what isn't in its place yet."""

_VERSION = 3
_UNSTAMPED = 2
"""The version whose marks of files had a time, and no stamp."""

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
  kind TEXT NOT NULL, title TEXT NOT NULL, size INTEGER NOT NULL, stamp TEXT NOT NULL, sha256 TEXT NOT NULL,
  synced INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS output_job ON output (product, key, position);
"""


def clear_attempts(out: Path) -> None:
    """Throw away what was made and not moved into place, by this run and by those that were killed.

    A worker elsewhere may not know yet that its run was killed: with the folder that the run made for it, its way to
    write is gone.
    """
    for folder in (out / FOLDER).glob("run-*"):
        shutil.rmtree(folder, ignore_errors=True)


def keep_ledger_file(out: Path) -> Callable[[], None]:
    """What puts the ledger back as it is now, for a run that could read nothing; called when the ledger is closed.

    A ledger that a killed run left in two files is left to the run.
    """
    path = out / FOLDER / "ledger.sqlite"
    if not path.is_file() or path.with_name(f"{path.name}-wal").exists():
        return lambda: None
    former = path.read_bytes()

    def put_back() -> None:
        waiting = path.with_name(f"{path.name}.former")
        waiting.write_bytes(former)
        waiting.replace(path)

    return put_back


@contextmanager
def open_ledger_file(out: Path) -> Iterator[sqlite3.Connection]:
    """The database of an output folder, for one run; raises as ``open_database``."""
    versions = (0, _UNSTAMPED, _VERSION)
    with open_database(out / FOLDER / "ledger.sqlite", _prepare, versions, folder=out) as connection:
        yield connection


@contextmanager
def open_database(
    path: Path,
    prepare: Callable[[sqlite3.Connection, int], None],
    versions: Sequence[int],
    *,
    folder: Path | None = None,
    any_thread: bool = False,
) -> Iterator[sqlite3.Connection]:
    """A ledger's file, open for us alone. ``prepare`` brings one of the ``versions`` to the present form.

    Raises OutputError: B101 when somebody else works in this ``folder``, B102 when its ledger can't be used, B156 when
    the disk takes nothing more while it is used.
    """
    place = Location(file=str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, timeout=0.5, check_same_thread=not any_thread)
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
            if version not in versions:
                raise OutputError(error("B102", place, path=str(path), reason=f"version {version}"))
            prepare(connection, version)
        except sqlite3.OperationalError as fault:
            code = "B101" if "locked" in str(fault) else "B102"
            spoken = str(folder or path.parent)
            raise OutputError(error(code, place, path=str(path), reason=str(fault), folder=spoken)) from None
        except sqlite3.DatabaseError as fault:
            raise OutputError(error("B102", place, path=str(path), reason=str(fault))) from None
        try:
            yield connection
        except (OSError, sqlite3.Error) as fault:
            full = report_disk(fault, folder or path.parent)
            if full is None:
                raise
            raise OutputError(full) from None
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, version: int) -> None:
    """Bring a ledger to the present form, in one transaction; of an older one nothing is forgotten but times."""
    if version == _VERSION:
        return
    former = version == _UNSTAMPED
    script = "ALTER TABLE output RENAME TO former; DROP INDEX output_job;" if former else ""
    script += _SCHEMA
    if former:
        script += (
            "INSERT INTO output SELECT folded, path, product, key, position, kind, title, size, '', sha256, synced "
            "FROM former; DROP TABLE former;"
        )
    connection.create_function("without_times", 1, _drop_times, deterministic=True)
    script += "UPDATE job SET inputs = without_times(inputs);" if former else ""
    connection.executescript(f"BEGIN; {script} PRAGMA user_version = {_VERSION}; COMMIT;")


def _drop_times(inputs: str) -> str:
    return json.dumps([(path, size, "", sha256) for path, size, _, sha256 in json.loads(inputs)], ensure_ascii=False)
