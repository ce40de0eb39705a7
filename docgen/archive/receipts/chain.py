"""Looking through receipts: is each as it was issued, is none missing, is their order the one of the register?

Each says the digest of the one before, so a change of any but the last is seen in the next. Whoever makes the last ones
anew, or takes them away, is found by the register alone, or by a signature.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from docgen.archive.receipts.model import MAX_RECEIPT, Receipt, is_receipt_name, parse_receipt
from docgen.archive.receipts.register import Register, RegisterEntry
from docgen.archive.verify.report import Verdict
from docgen.archive.zip.names import escape_name
from docgen.content.files import hash_file
from docgen.content.shown_names import format_some
from docgen.diagnostics import Diagnostic, Location, error, has_errors, info

CheckStep = Literal["content", "chain", "register", "signature"]
"""The steps of checking receipts, in their order; the text is ``receipt.step.<value>``."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A step, its verdict, and what it found."""

    step: CheckStep
    verdict: Verdict
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadReceipt:
    """A receipt's file, and what it says; ``receipt`` is None where it is none."""

    path: Path
    sha256: str
    receipt: Receipt | None

    @property
    def place(self) -> Location:
        """Where it lies."""
        return Location(file=str(self.path))


def find_receipts(folder: Path) -> list[Path]:
    """The files in a folder that are called as receipts are, in their order; raises OSError."""
    return sorted(path for path in folder.iterdir() if is_receipt_name(path.name))


def read_receipt(path: Path) -> ReadReceipt:
    """Read a receipt's file, the Word file's name stands for the one beside it; raises OSError."""
    path = path.with_suffix(".json") if path.suffix.lower() == ".docx" else path
    with path.open("rb") as file:
        data = file.read(MAX_RECEIPT + 1)
    receipt = parse_receipt(data) if len(data) <= MAX_RECEIPT else None
    return ReadReceipt(path, hashlib.sha256(data).hexdigest(), receipt)


def check_contents(read: Sequence[ReadReceipt]) -> CheckResult:
    """V240–V242: each is a receipt, says what it said when it was issued, and has its Word file beside it."""
    return _judge("content", [found for item in read for found in _check_content(item)])


def _check_content(item: ReadReceipt) -> Iterator[Diagnostic]:
    receipt, shown = item.receipt, escape_name(item.path.name)
    if receipt is None or receipt.is_draft or receipt.document is None:
        yield error("V240", item.place, member=shown)
        return
    if receipt.check != receipt.digest():
        yield error("V241", item.place, member=shown)
    try:
        found = hash_file(item.path.with_name(f"{receipt.number}.docx"))
    except OSError:
        found = ""
    if found != receipt.document.sha256:
        yield error("V242", item.place, member=f"{receipt.number}.docx", number=receipt.number)


def check_chain(read: Sequence[ReadReceipt], *, whole: bool) -> CheckResult:
    """V243–V246, V269: each lies under its number and follows the one that it names.

    ``whole``: none before the first may lack either.
    """
    found: list[Diagnostic] = []
    at: dict[int, ReadReceipt] = {}
    for item in read:
        if item.receipt is not None and not item.receipt.is_draft:
            if item.path.stem != item.receipt.number:
                shown, number = escape_name(item.path.name), item.receipt.number
                found.append(error("V245", item.place, member=shown, number=number))
            other = at.setdefault(item.receipt.sequence, item)
            if other is not item:
                names = format_some((escape_name(one.path.name) for one in (other, item)), _SHOWN)
                found.append(error("V246", item.place, number=item.receipt.number, members=names))
    last, is_whole = 0, True
    for sequence, item in sorted(at.items()):
        previous = item.receipt.previous if item.receipt is not None else None
        lacking = sequence - last - 1
        before = at.get(sequence - 1)
        if lacking and (last or whole):
            named = escape_name(previous.number) if previous is not None else "—"
            found.append(error("V244", item.place, count=lacking, number=named))
        elif lacking:
            is_whole = False
            found.append(info("V269", item.place, number=escape_name(previous.number) if previous is not None else "—"))
        elif before is not None and not _follows(item, before):
            named = escape_name(before.path.name)
            found.append(error("V243", item.place, member=escape_name(item.path.name), previous=named))
        elif sequence == 1 and previous is not None:
            found.append(
                error("V243", item.place, member=escape_name(item.path.name), previous=escape_name(previous.number))
            )
        last = sequence
    return _judge("chain", found, complete=is_whole and bool(at))


def _follows(item: ReadReceipt, before: ReadReceipt) -> bool:
    previous = item.receipt.previous if item.receipt is not None else None
    return previous is not None and before.receipt is not None and previous.sha256 == before.sha256


def compare_with_register(
    read: Sequence[ReadReceipt], register: Register | None, place: Location, *, whole: bool
) -> CheckResult:
    """V247–V250: each is the one of the register; ``whole``: the register has none that isn't here."""
    if register is None:
        return CheckResult("register", Verdict.NOT_RUN, (info("V250", place),))
    entries = {entry.number: entry for entry in register.list_entries()}
    here = {item.receipt.number: item for item in read if item.receipt is not None and not item.receipt.is_draft}
    found = [told for number, item in here.items() for told in _compare_entry(item, entries.get(number))]
    absent = [number for number in entries if number not in here] if whole else []
    if absent:
        found.append(error("V248", place, count=len(absent), numbers=format_some(absent, _SHOWN)))
    return _judge("register", found)


def _compare_entry(item: ReadReceipt, entry: RegisterEntry | None) -> Iterator[Diagnostic]:
    if entry is None:
        yield error("V249", item.place, member=escape_name(item.path.name))
    elif entry.sha256 != item.sha256:
        yield error("V247", item.place, member=escape_name(item.path.name), number=entry.number)


def _judge(step: CheckStep, found: Sequence[Diagnostic], *, complete: bool = True) -> CheckResult:
    if has_errors(found):
        return CheckResult(step, Verdict.FAILED, tuple(found))
    return CheckResult(step, Verdict.PASSED if complete else Verdict.NOT_RUN, tuple(found))


def list_signed(register: Register | None) -> Mapping[str, bool]:
    """Which numbers the register knows a signature of."""
    return {entry.number: entry.is_signed for entry in register.list_entries()} if register is not None else {}
