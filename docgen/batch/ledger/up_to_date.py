"""Check whether a job is up to date: its inputs, profile, templates, options and outputs haven't changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from docgen.batch.ledger.fingerprint import FileMark, compare_file
from docgen.batch.ledger.profile_digest import find_profile_digest
from docgen.batch.ledger.rows import LedgerEntry, parse_marks
from docgen.batch.ledger.store import Ledger
from docgen.content.files import hash_file
from docgen.resources import Resources

_FORBIDDEN = '"E150"'


class UpToDateCheck:
    """Checks whether jobs are up to date; each profile and template is checked once.

    ``setting`` is the digest of what decides an outcome besides files. With ``trust_stamps`` a file whose size and
    stamp haven't changed isn't read. ``note_unsynced`` is called with outputs that may not be on the disk yet, and were
    therefore compared by their content.
    """

    def __init__(
        self, ledger: Ledger, out: Path, setting: str, note_unsynced: Callable[[FileMark], None], *, trust_stamps: bool
    ) -> None:
        self._ledger = ledger
        self._out = str(out)
        self._setting = setting
        self._note_unsynced = note_unsynced
        self._trust_stamps = trust_stamps
        self._keeps_resources = lru_cache(maxsize=64)(self._compare_resources)
        self._find_profile = lru_cache(maxsize=64)(self._find_profile_digest)
        self._find_template = lru_cache(maxsize=4096)(_find_template_digest)

    def keeps(self, entry: LedgerEntry, resources: Resources | None) -> bool:
        """Whether a job is up to date; if so, the ledger keeps it, with the new stamps of its files.

        Without ``resources`` it used no profile and none of docgen's templates.
        """
        if entry.state not in ("made", "faulty") or entry.setting != self._setting or not entry.is_same:
            return False
        if _FORBIDDEN in entry.diagnostics:
            return False  # a file outside of the allowed folders may be allowed now
        if entry.diagnostics != "[]" and not entry.is_there:
            return False  # the rows moved: the places in its diagnostics are wrong now
        used = entry.profile_id, entry.profile, entry.templates
        if resources is not None and not self._keeps_resources(resources, *used):
            return False
        inputs = self._compare_inputs(entry)
        if inputs is None or (entry.state == "made" and not self._keeps_outputs(entry)):
            return False
        self._ledger.keep(entry.job.key, inputs or None)
        return True

    def _compare_inputs(self, entry: LedgerEntry) -> list[FileMark] | None:
        """The marks with their new stamps, none if no stamp is new; None when an input has changed."""
        marks = parse_marks(entry.inputs)
        folder = str(entry.job.path.parent)
        now: list[FileMark] = []
        for mark in marks:
            mark_now = compare_file(mark, os.path.join(folder, mark.path), trust_stamp=self._trust_stamps)  # noqa: PTH118
            if mark_now is None:
                return None
            now.append(mark_now)
        return now if now != marks else []

    def _keeps_outputs(self, entry: LedgerEntry) -> bool:
        """Whether every output exists, unchanged."""
        changed: list[FileMark] = []
        for output in entry.outputs:
            path = os.path.join(self._out, output.path)  # noqa: PTH118  # as for the inputs, a Path takes its time
            mark_now = compare_file(output.mark, path, trust_stamp=output.synced and self._trust_stamps)
            if mark_now is None:
                return False
            if not output.synced:
                self._note_unsynced(mark_now)
            elif mark_now != output.mark:
                changed.append(mark_now)
        if changed:
            self._ledger.mark_outputs(changed, synced=False)
        return True

    def _compare_resources(self, resources: Resources, profile_id: str, profile: str, templates: str) -> bool:
        """Whether the profile and the used templates are unchanged."""
        if self._find_profile(resources, profile_id) != profile:
            return False
        used: dict[str, str] = json.loads(templates)
        return all(self._find_template(resources, name) == digest for name, digest in used.items())

    def _find_profile_digest(self, resources: Resources, profile_id: str) -> str:
        return find_profile_digest(resources, profile_id, self._ledger)


def _find_template_digest(resources: Resources, name: str) -> str:
    path = resources.find_template(name)
    try:
        return hash_file(path) if path is not None else ""
    except OSError:
        return ""
