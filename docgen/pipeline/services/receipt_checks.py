"""Check receipts: their contents, chain and register, and their signatures by the user's own program."""

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
    list_signed,
    read_receipt,
)
from docgen.archive.receipts.register import REGISTER, Register, find_receipts, read_register
from docgen.archive.verify.report import Verdict
from docgen.diagnostics import Diagnostic, Location, error, has_errors, info
from docgen.errors import ArchiveError
from docgen.pipeline.services.signing import OutsideProgram, SignatureCheck, check_signature, find_signature


@dataclass(frozen=True, slots=True)
class ReceiptsChecked:
    """The results of checking receipts, step by step."""

    receipts: tuple[ReadReceipt, ...]
    results: tuple[CheckResult, ...]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The diagnostics of all steps, in order."""
        return tuple(item for result in self.results for item in result.diagnostics)


def check_receipts(
    paths: Sequence[Path], register: Path | None = None, verifier: OutsideProgram | None = None
) -> ReceiptsChecked:
    """Check receipts, or all of a folder; without ``register`` the one in that folder is used, if there is one.

    Raises ArchiveError V101 for files that can't be read, V267 where there is nothing to check; OutputError V258 when
    the register can't be read.
    """
    folder = next((path for path in paths if path.is_dir()), None)
    read = _read_all(paths)
    if register is None and folder is not None and (folder / REGISTER).is_file():
        register = folder / REGISTER
    with contextlib.ExitStack() as stack:
        register_read = stack.enter_context(read_register(register)) if register is not None else None
        if not read and register_read is None:
            raise ArchiveError(error("V267", Location(file=str(paths[0])), path=str(paths[0])))
        place = Location(file=str(folder or paths[0]))
        results = (
            check_contents(read),
            check_chain(read, whole=folder is not None),
            compare_with_register(read, register_read, place, whole=folder is not None),
            _check_signatures(read, register_read, verifier, place),
        )
    return ReceiptsChecked(tuple(read), results)


def _read_all(paths: Sequence[Path]) -> list[ReadReceipt]:
    read: dict[Path, ReadReceipt] = {}
    faults: list[Diagnostic] = []
    for path in paths:
        try:
            for receipt_path in find_receipts(path) if path.is_dir() else [path]:
                item = read_receipt(receipt_path)
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
    """Check signatures (V251–V253, V265): those beside receipts, and missing ones that the register lists."""
    signed = list_signed(register)
    with_signature = [item for item in read if find_signature(item.path).is_file()]
    names = {item.path.stem for item in with_signature}
    gone = [item for item in read if signed.get(item.path.stem) and item.path.stem not in names]
    diagnostics: list[Diagnostic] = []
    for item in gone:
        diagnostics.append(error("V252", item.place, member=find_signature(item.path).name))
    if not with_signature and not gone and verifier is None:
        return CheckResult("signature", Verdict.NOT_APPLICABLE)
    if verifier is None:
        if with_signature:
            first = with_signature[0].path
            diagnostics.append(info("V265", place, path=str(first), member=find_signature(first).name))
        return CheckResult("signature", Verdict.FAILED if gone else Verdict.NOT_RUN, tuple(diagnostics))
    checked: list[SignatureCheck] = [check_signature(item.path, verifier) for item in read if item not in gone]
    diagnostics += [diagnostic for item in checked for diagnostic in item.diagnostics]
    verdicts = {item.verdict for item in checked}
    if gone or Verdict.FAILED in verdicts:
        return CheckResult("signature", Verdict.FAILED, tuple(diagnostics))
    verdict = Verdict.PASSED if verdicts == {Verdict.PASSED} and not has_errors(diagnostics) else Verdict.NOT_RUN
    return CheckResult("signature", verdict, tuple(diagnostics))
