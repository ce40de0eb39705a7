"""Manages the page's folder: a folder for each job with its uploads and results, and the API key."""

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

_JOBS, _API_KEY = "jobs", "program-key"
_ID = re.compile(r"[0-9a-f]{24}")


class Workplace:
    """The page's folder, which the user chooses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.jobs = folder / _JOBS

    @property
    def key_file(self) -> Path:
        """The file of the API key, readable by its owner only."""
        return self.folder / _API_KEY

    def prepare(self) -> None:
        """Make the folder, for its owner only; OutputError N166 when that fails."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.jobs.mkdir(exist_ok=True, mode=0o700)
        except OSError as fault:
            reason = fault.strerror or str(fault)
            place = Location(file=str(self.folder))
            raise OutputError(error("N166", place, folder=str(self.folder), reason=reason)) from None

    def read_api_key(self) -> str:
        """The API key; made at the first start, and anew when others could read its file."""
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
        """Make the folder of a new job and return the job's id."""
        job_id = secrets.token_hex(12)
        (self.jobs / job_id).mkdir(mode=0o700)
        return job_id

    @contextmanager
    def hold(self) -> Iterator[str]:
        """Make a new job's folder and yield the job's id; remove the folder when the block fails."""
        job_id = self.make()
        try:
            yield job_id
        except BaseException:
            self.remove(job_id)
            raise

    def find(self, job_id: str) -> Path:
        """The folder of a job; ValueError for an invalid id."""
        if not _ID.fullmatch(job_id):
            raise ValueError(job_id)
        return self.jobs / job_id

    def list_ids(self) -> Iterator[str]:
        """The ids of all jobs that have a folder."""
        for path in self.jobs.iterdir():
            if _ID.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
                yield path.name

    def remove(self, job_id: str) -> None:
        """Remove a job's folder; files that are open elsewhere stay until it is removed again."""
        shutil.rmtree(self.find(job_id), ignore_errors=True)

    def find_age(self, job_id: str) -> float:
        """The seconds since a job's folder changed; 0 where there is none."""
        try:
            return time.time() - self.find(job_id).stat().st_mtime
        except OSError:
            return 0.0
