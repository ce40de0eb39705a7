"""Check receipts: each is as it was issued, follows the one before in the chain, and agrees with the register.

A receipt states the digest of the one before, so the next receipt shows when one was changed. That the last receipts
were replaced or removed is shown by the register alone, or by a signature.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from docgen.archive.receipts.model import MAX_RECEIPT, Previous, Receipt, parse_receipt
from docgen.archive.receipts.register import Register, RegisterEntry
from docgen.archive.verify.report import Verdict
from docgen.archive.zip.names import escape_name
from docgen.content.files import hash_file
from docgen.content.shown_names import format_first_few
from docgen.diagnostics import Diagnostic, Location, error, has_errors, info

CheckStep = Literal["content", "chain", "register", "signature"]
"""The steps of checking receipts, in order; the text is ``receipt.step.<value>``."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A step, its verdict and its diagnostics."""

    step: CheckStep
    verdict: Verdict
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadReceipt:
    """A receipt's file, the file's sha256, and the receipt in it; ``receipt`` is None when the file isn't one."""

    path: Path
    sha256: str
    receipt: Receipt | None

    @property
    def place(self) -> Location:
        """The file's place in diagnostics."""
        return Location(file=str(self.path))

    @property
    def name(self) -> str:
        """The file's name, as diagnostics show it."""
        return escape_name(self.path.name)

    @property
    def issued(self) -> Receipt | None:
        """The receipt, unless it is a draft."""
        return self.receipt if self.receipt is not None and not self.receipt.is_draft else None

    @property
    def previous(self) -> Previous | None:
        """The receipt that this one names as the one before."""
        return self.receipt.previous if self.receipt is not None else None


def read_receipt(path: Path) -> ReadReceipt:
    """Read a receipt's JSON file, or the one beside the Word file of this path; raises OSError."""
    path = path.with_suffix(".json") if path.suffix.lower() == ".docx" else path
    with path.open("rb") as file:
        data = file.read(MAX_RECEIPT + 1)
    receipt = parse_receipt(data) if len(data) <= MAX_RECEIPT else None
    return ReadReceipt(path, hashlib.sha256(data).hexdigest(), receipt)


def check_contents(read: Sequence[ReadReceipt]) -> CheckResult:
    """Check that each is a receipt, is as it was issued, and has its Word file beside it (V240–V242)."""
    return _judge("content", [diagnostic for item in read for diagnostic in _check_content(item)])


def _check_content(item: ReadReceipt) -> Iterator[Diagnostic]:
    receipt = item.issued
    if receipt is None or receipt.document is None:
        yield error("V240", item.place, member=item.name)
        return
    if receipt.check != receipt.digest():
        yield error("V241", item.place, member=item.name)
    word_file = f"{receipt.number}.docx"
    sha256: str | None = None
    with suppress(OSError):  # a Word file that can't be read counts as missing
        sha256 = hash_file(item.path.with_name(word_file))
    if sha256 != receipt.document.sha256:
        yield error("V242", item.place, member=word_file, number=receipt.number)


def check_chain(read: Sequence[ReadReceipt], *, whole: bool) -> CheckResult:
    """Check that each has its number as its name and follows the receipt that it names (V243–V246, V269).

    With ``whole`` the chain begins with the first receipt of all.
    """
    diagnostics: list[Diagnostic] = []
    by_sequence: dict[int, ReadReceipt] = {}
    for item in read:
        if (receipt := item.issued) is None:
            continue
        if item.path.stem != receipt.number:
            diagnostics.append(error("V245", item.place, member=item.name, number=receipt.number))
        first = by_sequence.setdefault(receipt.sequence, item)
        if first is not item:
            members = format_first_few((first.name, item.name), _SHOWN)
            diagnostics.append(error("V246", item.place, number=receipt.number, members=members))
    last, is_whole = 0, bool(by_sequence)
    for sequence, item in sorted(by_sequence.items()):
        missing = sequence - last - 1
        number = escape_name(item.previous.number) if item.previous is not None else "—"
        if not missing:
            diagnostics += _check_link(item, by_sequence.get(last))
        elif last or whole:
            diagnostics.append(error("V244", item.place, count=missing, number=number))
        else:
            is_whole = False
            diagnostics.append(info("V269", item.place, number=number))
        last = sequence
    return _judge("chain", diagnostics, complete=is_whole)


def _check_link(item: ReadReceipt, before: ReadReceipt | None) -> Iterator[Diagnostic]:
    """Check that a receipt names the one before (V243); ``before`` is None where it is the first of all."""
    previous = item.previous
    if before is None and previous is not None:
        yield error("V243", item.place, member=item.name, previous=escape_name(previous.number))
    elif before is not None and (previous is None or previous.sha256 != before.sha256):
        yield error("V243", item.place, member=item.name, previous=before.name)


def compare_with_register(
    read: Sequence[ReadReceipt], register: Register | None, place: Location, *, whole: bool
) -> CheckResult:
    """Check that each is the one that the register has (V247–V250); with ``whole`` it has no others.

    ``place`` is that of what concerns no single receipt.
    """
    if register is None:
        return CheckResult("register", Verdict.NOT_RUN, (info("V250", place),))
    entries = {entry.number: entry for entry in register.list_entries()}
    issued = {item.issued.number: item for item in read if item.issued is not None}
    diagnostics = [
        diagnostic for number, item in issued.items() for diagnostic in _compare_entry(item, entries.get(number))
    ]
    absent = [number for number in entries if number not in issued] if whole else []
    if absent:
        diagnostics.append(error("V248", place, count=len(absent), numbers=format_first_few(absent, _SHOWN)))
    return _judge("register", diagnostics)


def _compare_entry(item: ReadReceipt, entry: RegisterEntry | None) -> Iterator[Diagnostic]:
    if entry is None:
        yield error("V249", item.place, member=item.name)
    elif entry.sha256 != item.sha256:
        yield error("V247", item.place, member=item.name, number=entry.number)


def _judge(step: CheckStep, diagnostics: Sequence[Diagnostic], *, complete: bool = True) -> CheckResult:
    """The result of a step; one that isn't ``complete`` and has no errors counts as not run."""
    if has_errors(diagnostics):
        return CheckResult(step, Verdict.FAILED, tuple(diagnostics))
    return CheckResult(step, Verdict.PASSED if complete else Verdict.NOT_RUN, tuple(diagnostics))


def list_signed(register: Register | None) -> Mapping[str, bool]:
    """Whether the register holds a signature of a receipt, by the receipt's number."""
    return {entry.number: entry.is_signed for entry in register.list_entries()} if register is not None else {}
