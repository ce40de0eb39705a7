"""Which enterprises a workbook has, and in which order: kept, so that a copy that comes back is known to be a part."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from docgen.batch.intake import OpenedIntake, find_owner, make_row_key
from docgen.batch.ledger import Ledger
from docgen.batch.membership import Membership
from docgen.batch.returning import was_returned
from docgen.sources.intake.source import is_part


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
