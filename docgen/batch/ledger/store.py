"""The batch's memory: an SQLite file in the output folder that knows what was made, and of what.

One transaction per job, written before its outputs are moved into place: if the process is killed between the two, the
next run finds an output that differs from the ledger, and makes it again. Nothing is held in memory.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docgen.archive.zip.names import fold_name
from docgen.batch.ledger.file import open_ledger_file
from docgen.batch.ledger.fingerprint import FileMark
from docgen.batch.ledger.jobs import Job
from docgen.batch.ledger.result import JobResult, ProducedOutput, dump_diagnostics
from docgen.batch.ledger.rows import (
    ENTRY_COLUMNS,
    OUTPUT_COLUMNS,
    LedgerEntry,
    LedgerOutput,
    OutputOwner,
    dump_marks,
    join_content,
    make_entry,
    make_output,
    parse_content,
)
from docgen.diagnostics import Diagnostic, count_by_severity
from docgen.errors import EXIT_CANNOT_RUN

_CHUNK = 100
"""How many jobs are read at a time."""

_UNREAD = "(state = 'failed' AND row = '' AND profile_id = '')"
"""Whether a job that was settled is a record of which nothing could be read."""

_UNDONE = f"({_UNREAD} OR (state = 'failed' AND exit_code = {EXIT_CANNOT_RUN}))"
"""Whether nothing could be done with a job, by the record or by what was asked for: no such type of document."""


class Ledger:
    """What a run knows of its jobs; made by ``open_ledger``. ``product`` keeps packages and single types apart."""

    def __init__(self, connection: sqlite3.Connection, product: str) -> None:
        self._db = connection
        self._product = product
        self._kept: list[tuple[str | None, int, str, str]] = []
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
                        *(job.row, job.label, join_content(job)),
                    ),
                ).rowcount
        return number

    def iterate(self, *, found_only: bool = False) -> Iterator[LedgerEntry]:
        """The jobs of this run in their order; with ``found_only`` those in which something was found."""
        self._write_kept()
        condition = "diagnostics != '[]'" if found_only else "1"
        last = 0
        while True:  # a cursor would hold the table while others are written
            rows = self._db.execute(
                f"SELECT {ENTRY_COLUMNS} FROM job WHERE product = ? AND run = ? AND number > ? AND {condition} "
                f"ORDER BY number LIMIT {_CHUNK}",
                (self._product, self.run, last),
            ).fetchall()
            if not rows:
                return
            outputs = self._read_outputs(rows[0][0], rows[-1][0])
            for row in rows:
                yield make_entry(row, outputs.get(row[1], ()))
            last = rows[-1][0]

    def find(self, number: int) -> LedgerEntry:
        """The job of this run with that number."""
        row = self._db.execute(
            # left to itself SQLite reads every job of the product
            f"SELECT {ENTRY_COLUMNS} FROM job INDEXED BY job_order WHERE product = ? AND run = ? AND number = ?",
            (self._product, self.run, number),
        ).fetchone()
        return make_entry(row, self.list_outputs(row[1]))

    def find_number(self, key: str) -> int:
        """A job's place in the order of this run."""
        row = self._db.execute("SELECT number FROM job WHERE product = ? AND key = ?", (self._product, key)).fetchone()
        return int(row[0])

    def is_made(self, key: str) -> bool:
        """Whether what a job of this or an earlier run made stands as its result."""
        row = self._db.execute("SELECT state FROM job WHERE product = ? AND key = ?", (self._product, key)).fetchone()
        return row is not None and row[0] == "made"

    def list_outputs(self, key: str) -> tuple[LedgerOutput, ...]:
        """What a job made, in its order."""
        rows = self._db.execute(
            f"SELECT {OUTPUT_COLUMNS} FROM output WHERE product = ? AND key = ? ORDER BY position", (self._product, key)
        )
        return tuple(map(make_output, rows))

    def find_claim(self, path: str) -> OutputOwner | None:
        """Whose an output is, None when it isn't the batch's."""
        self._write_kept()
        row = self._db.execute(
            "SELECT job.key, job.path, root, row, label, content, job.product, number, "
            f"run = ? AND job.product = ?, settled_run = ? AND state = 'made', settled_run = ? AND {_UNREAD} "
            "FROM output JOIN job "
            "ON job.product = output.product AND job.key = output.key WHERE folded = ?",
            (self.run, self._product, self.run, self.run, fold_name(path)),
        ).fetchone()
        if row is None:
            return None
        key, at, root, *inner, product, number, is_current, stands, is_unread = row
        row_key, label, content = inner
        job = Job(key, Path(at), Path(root), row_key, label, *parse_content(content))
        return OutputOwner(job, product, number, bool(is_current), bool(is_current and stands), bool(is_unread))

    def reopen(self, claim: OutputOwner) -> None:
        """Note that a job loses an output to another one: it has to be done again before it counts as made."""
        self._write_kept()
        with self._db:
            self._db.execute(
                "UPDATE job SET state = 'open', settled_run = 0 WHERE product = ? AND key = ? AND state = 'made'",
                (claim.product, claim.job.key),
            )

    def withdraw(self, key: str) -> None:
        """Note that nothing was made of a job after all."""
        with self._db:
            self._db.execute(
                "UPDATE job SET state = 'open', settled_run = 0 WHERE product = ? AND key = ?", (self._product, key)
            )
            self._db.execute("DELETE FROM output WHERE product = ? AND key = ?", (self._product, key))

    def settle(self, key: str, setting: str, result: JobResult) -> None:
        """Write down what came of a job, with its outputs in the place of older ones, in one transaction.

        Where nothing was made, what was made before stays the job's.
        """
        counts = count_by_severity(result.diagnostics)
        errors, warnings, _infos = counts.values()
        self._write_kept()
        with self._db:
            self._db.execute(
                "UPDATE job SET state = ?, exit_code = ?, setting = ?, profile_id = ?, profile = ?, templates = ?, "
                "inputs = ?, diagnostics = ?, about = ?, errors = ?, warnings = ?, seconds = ?, done_run = ?, "
                "settled_run = ?, made_content = content WHERE product = ? AND key = ?",
                (
                    *(result.state, result.exit_code, setting, result.profile_id, result.profile),
                    json.dumps(dict(result.templates or {}), ensure_ascii=False),
                    dump_marks(result.inputs),
                    dump_diagnostics(result.diagnostics),
                    json.dumps(asdict(result.about), ensure_ascii=False),
                    *(errors, warnings, result.seconds, self.run, self.run, self._product, key),
                ),
            )
            if result.outputs:
                self._db.execute("DELETE FROM output WHERE product = ? AND key = ?", (self._product, key))
            for position, item in enumerate(result.outputs):
                self._write_output(key, position, item)

    def retell(self, key: str, diagnostics: Sequence[Diagnostic]) -> None:
        """Write down what is told of a job now; what came of it stays."""
        errors, warnings, _infos = count_by_severity(diagnostics).values()
        with self._db:
            self._db.execute(
                "UPDATE job SET diagnostics = ?, errors = ?, warnings = ? WHERE product = ? AND key = ?",
                (dump_diagnostics(diagnostics), errors, warnings, self._product, key),
            )

    def keep(self, key: str, inputs: Sequence[FileMark] | None = None) -> None:
        """Note that a job is up to date; with ``inputs`` their new stamps. Many are written together."""
        self._kept.append((dump_marks(inputs) if inputs is not None else None, self.run, self._product, key))

    def mark_outputs(self, marks: Iterable[FileMark], *, synced: bool) -> None:
        """Take down the present stamps of outputs, and that the disk has them."""
        with self._db:
            self._db.executemany(
                "UPDATE output SET stamp = ?, synced = max(synced, ?) WHERE folded = ?",
                [(mark.stamp, int(synced), fold_name(mark.path)) for mark in marks],
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
        self._write_kept()
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

    def has_read(self) -> bool:
        """Whether this run could do anything with a record, or with an enterprise of a workbook."""
        self._write_kept()
        row = self._db.execute(
            f"SELECT 1 FROM job WHERE product = ? AND run = ? AND settled_run = run AND NOT {_UNDONE} LIMIT 1",
            (self._product, self.run),
        ).fetchone()
        return row is not None

    def list_unread(self) -> Iterator[Path]:
        """The records of this run of which nothing could be read."""
        rows = self._db.execute(
            f"SELECT path FROM job WHERE product = ? AND run = ? AND settled_run = run AND {_UNREAD} ORDER BY number",
            (self._product, self.run),
        )
        return (Path(path) for (path,) in rows)

    def count_outputs(self) -> Iterator[tuple[Path, int]]:
        """The records and workbooks of all runs of which something was made, and how many outputs they have."""
        rows = self._db.execute(
            "SELECT job.path, count(*) FROM job JOIN output USING (product, key) WHERE product = ? GROUP BY job.path",
            (self._product,),
        )
        return ((Path(path), number) for path, number in rows)

    def digest_results(self) -> str:
        """The digest of what a summary tells of this run's jobs: the same results have the same one."""
        digest = hashlib.sha256()
        queries = (
            "SELECT number, path, row, label, state, done_run = run, settled_run = run, exit_code, profile_id, about, "
            "diagnostics, errors, warnings FROM job WHERE product = ? AND run = ? ORDER BY number",
            "SELECT number, output.path, kind, title, size, sha256 FROM job JOIN output USING (product, key) "
            "WHERE job.product = ? AND run = ? ORDER BY number, position",
        )
        for query in queries:
            for row in self._db.execute(query, (self._product, self.run)):
                digest.update(repr(row).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def _write_kept(self) -> None:
        if self._kept:
            with self._db:
                self._db.executemany(
                    "UPDATE job SET inputs = coalesce(?, inputs), settled_run = ? WHERE product = ? AND key = ?",
                    self._kept,
                )
            self._kept.clear()

    def _read_outputs(self, first: int, last: int) -> dict[str, list[LedgerOutput]]:
        """What the jobs of this run from one number to another made, each in its order."""
        rows: Iterable[Any] = self._db.execute(
            f"SELECT job.key, {OUTPUT_COLUMNS} FROM job JOIN output USING (product, key) "
            "WHERE job.product = ? AND run = ? AND number BETWEEN ? AND ? ORDER BY number, position",
            (self._product, self.run, first, last),
        )
        outputs: dict[str, list[LedgerOutput]] = {}
        for key, *row in rows:
            outputs.setdefault(key, []).append(make_output(row))
        return outputs

    def _write_output(self, key: str, position: int, item: ProducedOutput) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO output (folded, path, product, key, position, kind, title, size, stamp, sha256) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(fold_name(item.path), item.path, self._product, key, position, item.kind, item.title),
                *(item.mark.size, item.mark.stamp, item.mark.sha256),
            ),
        )

    def _read_meta(self, key: str, default: str) -> str:
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else default

    def _write_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


@contextmanager
def open_ledger(out: Path, product: str) -> Iterator[Ledger]:
    """The ledger of an output folder, for one run; nobody else can open it meanwhile (B101, B102)."""
    with open_ledger_file(out) as connection:
        yield Ledger(connection, product)
