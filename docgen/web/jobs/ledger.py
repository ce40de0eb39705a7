"""The ledger of jobs, in a file that one server has alone; nothing personal stands in it."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docgen.batch.ledger.file import open_database
from docgen.diagnostics import Location, error
from docgen.errors import OutputError
from docgen.web.jobs.model import ENDED, PageJob, State

_NAME = "jobs.sqlite"
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS job (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, created REAL NOT NULL, ended REAL
) WITHOUT ROWID;
"""
_COLUMNS = "id, kind, state, created, ended"


class JobLedger:
    """The rows, for any thread of one server."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def add(self, job_id: str, kind: str) -> PageJob:
        """Note a job that waits."""
        job = PageJob(job_id, kind, "waiting", time.time())
        self._write(
            "INSERT INTO job (id, kind, state, created) VALUES (?, ?, ?, ?)", job.id, kind, job.state, job.created
        )
        return job

    def set_state(self, job_id: str, state: State) -> None:
        """Note how a job stands; one that is over stays so."""
        ended = time.time() if state in ENDED else None
        over = ", ".join(f"'{name}'" for name in ENDED)
        self._write(f"UPDATE job SET state = ?, ended = ? WHERE id = ? AND state NOT IN ({over})", state, ended, job_id)

    def reopen(self, job_id: str, kind: str) -> None:
        """Let a job that is over wait again, as another kind."""
        self._write("UPDATE job SET kind = ?, state = 'waiting', ended = NULL WHERE id = ?", kind, job_id)

    def find(self, job_id: str) -> PageJob | None:
        """A job, or None."""
        return next(self._select("WHERE id = ?", job_id), None)

    def list_all(self) -> list[PageJob]:
        """Every job, the newest first."""
        return list(self._select("ORDER BY created DESC"))

    def remove(self, job_id: str) -> None:
        """Forget a job."""
        self._write("DELETE FROM job WHERE id = ?", job_id)

    def _write(self, command: str, *values: object) -> None:
        with self._lock, self._connection:
            self._connection.execute(command, values)

    def _select(self, condition: str, *values: object) -> Iterator[PageJob]:
        with self._lock:
            rows = self._connection.execute(f"SELECT {_COLUMNS} FROM job {condition}", values).fetchall()
        return (PageJob(*row) for row in rows)


@contextmanager
def open_job_ledger(folder: Path) -> Iterator[JobLedger]:
    """The ledger of a folder; OutputError N161 when another server has it, B102 when it can't be used."""
    try:
        with open_database(folder / _NAME, _prepare, (0, _VERSION), any_thread=True) as connection:
            yield JobLedger(connection)
    except OutputError as fault:
        if any(item.code == "B101" for item in fault.diagnostics):
            raise OutputError(error("N161", Location(file=str(folder)), folder=str(folder))) from None
        raise


def _prepare(connection: sqlite3.Connection, version: int) -> None:
    if version == 0:
        connection.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
