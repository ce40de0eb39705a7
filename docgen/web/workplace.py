"""The folder in which everything lies that came and was made: a folder for each job, gone when it is cleared."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from docgen.diagnostics import Location, error
from docgen.errors import OutputError

_JOBS, _LASTING = "jobs", "program-key"
_ID = re.compile(r"[0-9a-f]{24}")


class Workplace:
    """A folder of the user's that holds uploads, jobs and results, and the key of programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._jobs = folder / _JOBS

    @property
    def key_file(self) -> Path:
        """Where the lasting key of programs lies, readable by its owner only."""
        return self.folder / _LASTING

    @property
    def jobs(self) -> Path:
        """The folder of all jobs."""
        return self._jobs

    def prepare(self) -> None:
        """Make the folder, for its owner alone; OutputError N166 when that can't be."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._jobs.mkdir(exist_ok=True, mode=0o700)
        except OSError as fault:
            reason = fault.strerror or str(fault)
            place = Location(file=str(self.folder))
            raise OutputError(error("N166", place, folder=str(self.folder), reason=reason)) from None

    def read_lasting_key(self) -> str:
        """The key of programs, made at the first start; one that others may read is made anew."""
        with suppress(OSError, UnicodeDecodeError):
            is_ours = os.name == "nt" or not self.key_file.stat().st_mode & 0o077
            key = self.key_file.read_text("ascii").strip()
            if is_ours and len(key) >= 32:
                return key
        key = secrets.token_urlsafe(32)
        self.key_file.unlink(missing_ok=True)
        with os.fdopen(os.open(self.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key + "\n")
        return key

    def make(self) -> str:
        """A new job's folder; its id."""
        job_id = secrets.token_hex(12)
        (self._jobs / job_id).mkdir(mode=0o700)
        return job_id

    @contextmanager
    def hold(self) -> Iterator[str]:
        """The id of a new job's folder; the folder goes again when the block fails."""
        job_id = self.make()
        try:
            yield job_id
        except BaseException:
            self.remove(job_id)
            raise

    def find(self, job_id: str) -> Path:
        """The folder of a job; ValueError for what is no id."""
        if not _ID.fullmatch(job_id):
            raise ValueError(job_id)
        return self._jobs / job_id

    def list_ids(self) -> Iterator[str]:
        """The ids of all folders that are there."""
        for path in self._jobs.iterdir():
            if _ID.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
                yield path.name

    def remove(self, job_id: str) -> None:
        """Throw away a job's folder with all that is in it; what is open elsewhere goes at the next try."""
        shutil.rmtree(self.find(job_id), ignore_errors=True)

    def find_age(self, job_id: str) -> float:
        """The seconds since something was last put into a job's folder."""
        try:
            return time.time() - self.find(job_id).stat().st_mtime
        except OSError:
            return 0.0
