"""Checking receipts: their contents, chain and register, and their signatures by the user's own program."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docgen.archive.receipts.chain import (
    CheckResult,
    ReadReceipt,
    check_chain,
    check_contents,
    compare_with_register,
    find_receipts,
    list_signed,
    read_receipt,
)
from docgen.archive.receipts.register import REGISTER, Register, read_register
from docgen.archive.verify.report import Verdict
from docgen.diagnostics import Diagnostic, Location, error, has_errors, info
from docgen.errors import ArchiveError
from docgen.pipeline.services.signing import OutsideProgram, SignatureCheck, check_signature, find_signature


@dataclass(frozen=True, slots=True)
class ReceiptsChecked:
    """What checking receipts found, step by step."""

    receipts: tuple[ReadReceipt, ...]
    results: tuple[CheckResult, ...]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Everything found, in the order of the steps."""
        return tuple(item for result in self.results for item in result.diagnostics)


def check_receipts(
    paths: Sequence[Path], register: Path | None = None, verifier: OutsideProgram | None = None
) -> ReceiptsChecked:
    """Check receipts, or all of a folder; without ``register`` the one that lies in that folder is used, if it does.

    Raises ArchiveError V101 for what can't be read, V267 where there is nothing to check; OutputError V258 when the
    register can't be read.
    """
    folder = next((path for path in paths if path.is_dir()), None)
    read = _read_all(paths)
    if register is None and folder is not None and (folder / REGISTER).is_file():
        register = folder / REGISTER
    with contextlib.ExitStack() as stack:
        known = stack.enter_context(read_register(register)) if register is not None else None
        if not read and known is None:
            raise ArchiveError(error("V267", Location(file=str(paths[0])), path=str(paths[0])))
        place = Location(file=str(folder or paths[0]))
        results = (
            check_contents(read),
            check_chain(read, whole=folder is not None),
            compare_with_register(read, known, place, whole=folder is not None),
            _check_signatures(read, known, verifier, place),
        )
    return ReceiptsChecked(tuple(read), results)


def _read_all(paths: Sequence[Path]) -> list[ReadReceipt]:
    read: dict[Path, ReadReceipt] = {}
    faults: list[Diagnostic] = []
    for path in paths:
        try:
            for found in find_receipts(path) if path.is_dir() else [path]:
                item = read_receipt(found)
                read[item.path] = item
        except OSError as fault:
            reason = fault.strerror or str(fault)
            faults.append(error("V101", Location(file=str(path)), path=str(path), reason=reason))
    if faults:
        raise ArchiveError(*faults)
    return list(read.values())


def _check_signatures(
    read: Sequence[ReadReceipt], register: Register | None, verifier: OutsideProgram | None, place: Location
) -> CheckResult:
    """V251–V253: signatures that lie beside receipts, and those that the register knows of and that don't."""
    signed = list_signed(register)
    there = [item for item in read if find_signature(item.path).is_file()]
    names = {item.path.stem for item in there}
    gone = [item for item in read if signed.get(item.path.stem) and item.path.stem not in names]
    found: list[Diagnostic] = []
    for item in gone:
        found.append(error("V252", item.place, member=find_signature(item.path).name))
    if not there and not gone and verifier is None:
        return CheckResult("signature", Verdict.NOT_APPLICABLE)
    if verifier is None:
        if there:
            first = there[0].path
            found.append(info("V265", place, path=str(first), member=find_signature(first).name))
        return CheckResult("signature", Verdict.FAILED if gone else Verdict.NOT_RUN, tuple(found))
    checked: list[SignatureCheck] = [check_signature(item.path, verifier) for item in read if item not in gone]
    found += [told for item in checked for told in item.diagnostics]
    verdicts = {item.verdict for item in checked}
    if gone or Verdict.FAILED in verdicts:
        return CheckResult("signature", Verdict.FAILED, tuple(found))
    verdict = Verdict.PASSED if verdicts == {Verdict.PASSED} and not has_errors(found) else Verdict.NOT_RUN
    return CheckResult("signature", verdict, tuple(found))
