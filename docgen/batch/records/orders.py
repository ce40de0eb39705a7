"""Keep the order of each workbook's enterprises in the ledger, so that a returned copy is recognised as a part."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docgen.batch.ledger import Ledger
from docgen.batch.ledger.jobs import Job, make_absolute, make_key
from docgen.batch.records.combine import Membership
from docgen.batch.records.intake import OpenedIntake, find_owner, make_row_key
from docgen.batch.records.returning import was_returned
from docgen.sources.intake.reading.source import find_origin, is_part

_Orders = dict[str, tuple[list[str], list[str]]]
"""By the key of a workbook: its own rows, and all rows that were combined with them."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a workbook; ``origin`` is the name of the workbook that it is a part of, None for a whole one."""

    owner: str
    path: Path
    keys: tuple[str, ...]
    origin: str | None


def write_orders(ledger: Ledger, workbooks: Iterable[OpenedIntake], out: Path) -> Membership:
    """Write the order of rows in the workbooks of a run to the ledger, and find the whole that each part belongs to.

    A row that was added in a part comes last. Several workbooks may belong to one project: each has an order of its
    own, and rows that a run combined stay together when a part of them comes back.
    """
    listed = list(_list_rows(ledger, workbooks, out))
    together: dict[str, None] = {}
    wholes: dict[str, tuple[str, ...]] = {}
    strays: list[Path] = []
    orders: list[tuple[_Rows, str, list[str]]] = []
    for rows in listed:
        key = make_key(rows.path, out)
        if rows.origin is None:
            orders.append((rows, key, list(rows.keys)))
            together |= dict.fromkeys(rows.keys)
            continue
        former = _read_orders(ledger, rows.owner)
        if not former:
            strays.append(rows.path)
            continue
        key = _find_whole(former, rows)
        own_rows, others = former[key]
        keys = tuple(dict.fromkeys((*others, *rows.keys)))
        orders.append((rows, key, list(dict.fromkeys((*own_rows, *rows.keys)))))
        together |= dict.fromkeys(keys)
        wholes |= dict.fromkeys(rows.keys, keys)
    for rows, key, rows_there in orders:
        former = _read_orders(ledger, rows.owner) | {key: (rows_there, list(together))}
        ledger.write_note(f"orders {rows.owner}", json.dumps(former, ensure_ascii=False))
    return Membership(wholes, tuple(strays))


class FormerRows:
    """Tells which rows of former runs are gone: their workbook is in this run, without them."""

    def __init__(self, ledger: Ledger, workbooks: Iterable[OpenedIntake], out: Path) -> None:
        self._ledger = ledger
        self._out = out
        self._wholes = [rows for rows in _list_rows(ledger, workbooks, out) if rows.origin is None]

    def is_gone(self, job: Job) -> bool:
        """Whether a row is no longer in its workbook; a returned copy says nothing about rows that it doesn't have.

        A workbook with another name replaces the former one when both have the project's number and a row in common.
        """
        path, owner = make_absolute(job.path), job.key.removesuffix(f"#{job.row}")
        if not job.row:
            return False
        if any(rows.path == path for rows in self._wholes):
            return True
        now = {key for rows in self._wholes if rows.owner == owner for key in rows.keys}
        former = _read_orders(self._ledger, owner).get(make_key(path, self._out))
        return bool(now) and (former is None or not now.isdisjoint(former[0]))


def _list_rows(ledger: Ledger, workbooks: Iterable[OpenedIntake], out: Path) -> Iterator[_Rows]:
    for opened in workbooks:
        path = opened.source.path
        owner = find_owner(opened, path, out)
        origin = (find_origin(opened.book) or "") if is_part(opened.book) or was_returned(ledger, path) else None
        yield _Rows(owner, path, tuple(make_row_key(owner, row) for row in opened.states), origin)


def _read_orders(ledger: Ledger, owner: str) -> _Orders:
    orders: _Orders = json.loads(ledger.read_note(f"orders {owner}") or "{}")
    return orders


def _find_whole(orders: _Orders, rows: _Rows) -> str:
    """Find the workbook that a part was taken from: the one that it names, of several the one with most of its rows."""
    own_keys = frozenset(rows.keys)
    return max(orders, key=lambda key: (Path(key).name == rows.origin, len(own_keys.intersection(orders[key][0]))))
