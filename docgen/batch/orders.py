"""Which enterprises a workbook has, and in which order: kept, so that a copy that comes back is known to be a part."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from docgen.batch.intake import OpenedIntake, find_owner, make_row_key
from docgen.batch.ledger import Ledger
from docgen.batch.returning import was_returned
from docgen.sources.intake.source import is_part


@dataclass(frozen=True, slots=True)
class Membership:
    """The jobs that belong together with those of a run.

    ``wholes`` has, for a job that is in a part of a workbook, all the jobs of the whole in their order. ``strays`` are
    parts of which the whole isn't known: another output folder, another project's number.
    """

    wholes: Mapping[str, tuple[str, ...]]
    strays: tuple[Path, ...]

    def complete(self, keys: Iterable[str]) -> Iterator[str]:
        """The keys of a run's jobs, in the place of a part the whole; each once."""
        seen: set[str] = set()
        for key in keys:
            for member in self.wholes.get(key, (key,)):
                if member not in seen:
                    seen.add(member)
                    yield member


def note_orders(ledger: Ledger, workbooks: Iterable[OpenedIntake], out: Path) -> Membership:
    """Write down what the workbooks of a run hold, and find what its parts are parts of.

    A row that was added in a part comes behind all others.
    """
    wholes: dict[str, tuple[str, ...]] = {}
    strays: list[Path] = []
    for opened in workbooks:
        path = opened.source.path
        owner = find_owner(opened, path, out)
        keys = [make_row_key(owner, row) for row in opened.states]
        note = f"order {owner}"
        if is_part(opened.book) or was_returned(ledger, path):
            known = json.loads(ledger.read_note(note) or "[]")
            if not known:
                strays.append(path)
                continue
            keys = list(dict.fromkeys((*known, *keys)))
            wholes |= dict.fromkeys(keys, tuple(keys))
        ledger.write_note(note, json.dumps(keys, ensure_ascii=False))
    return Membership(wholes, tuple(strays))
