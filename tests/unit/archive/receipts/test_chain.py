"""Receipts that are checked: what makes one, before any is compared with another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from docgen.archive.receipts.chain import check_chain, check_contents, read_receipt
from docgen.archive.receipts.model import Receipt, parse_receipt

FINDINGS = {
    "package": {"file": "甲.zip"},
    "verified_by": "docgen",
    "state": "sound",
    "proposed": "accepted",
    "steps": {},
    "items": [],
}
ISSUED = {
    "number": "HZ-2026-0001",
    "sequence": 1,
    "issued": "2026-03-02T09:30:00+08:00",
    "decision": "accepted",
    "findings": FINDINGS,
    "document": {"file": "HZ-2026-0001.docx", "sha256": ""},
}
DRAFT = {"number": "", "sequence": 0, "decision": None}


@pytest.mark.parametrize("part", DRAFT)
def test_a_receipt_without_one_of_number_place_and_decision_is_none(part: str, tmp_path: Path) -> None:
    assert parse_receipt(json.dumps(ISSUED).encode()) is not None
    draft = parse_receipt(json.dumps(ISSUED | DRAFT).encode())
    assert draft is not None
    assert draft.is_draft
    incomplete: dict[str, Any] = ISSUED | {part: DRAFT[part]}
    path = tmp_path / "HZ-2026-0001.json"
    path.write_text(json.dumps(incomplete), "utf-8")
    read = [read_receipt(path)]
    assert [item.code for item in check_contents(read).diagnostics] == ["V240"]
    assert check_chain(read, whole=True).diagnostics == ()


@pytest.mark.parametrize("sha256", ["", "0" * 64])
def test_a_receipt_without_its_word_file_fails_whatever_digest_it_states(sha256: str, tmp_path: Path) -> None:
    document = {"file": "HZ-2026-0001.docx", "sha256": sha256}
    path = tmp_path / "HZ-2026-0001.json"
    path.write_bytes(Receipt.model_validate(ISSUED | {"document": document}).seal().dump())
    assert [item.code for item in check_contents([read_receipt(path)]).diagnostics] == ["V242"]
