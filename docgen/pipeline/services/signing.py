"""Sign files and check signatures with the user's own program; docgen never has a key.

Only the user's own ``docgen.toml`` or command line names the program. It gets files as absolute paths, so that no name
in a package or receipt is taken for an option, and it is started without a shell.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import shlex
from threading import Event

from docgen.archive.verify.inbox import SIGNATURE_SUFFIX
from docgen.archive.verify.report import Verdict
from docgen.archive.writing.target import refuse_target, write_target
from docgen.diagnostics import NOWHERE, Diagnostic, Location, error, info, warning
from docgen.errors import ArchiveError, OutputError, SourceError
from docgen.render.office.process import Ending, Watch, run_watched

INPUT, OUTPUT, SIGNATURE = "{in}", "{out}", "{sig}"
SECONDS = 120
"""How long a signer may take: somebody may have to type a PIN."""
_MOST = 1 << 20
_PLACE = re.compile(r"\{(in|out|sig)\}")


@dataclass(frozen=True, slots=True)
class OutsideProgram:
    """A program with its arguments, in which ``{in}`` stands for the file and ``{out}`` or ``{sig}`` for the signature.

    It runs in the current folder, for so many ``seconds`` at most.
    """

    arguments: tuple[str, ...]
    seconds: int = SECONDS

    def run(self, folder: Path, paths: Mapping[str, Path]) -> Ending:
        """Run the program with the paths filled in; ``folder`` is where it may write."""
        command = [_PLACE.sub(lambda match: str(paths[match[1]]), argument) for argument in self.arguments]
        # looked up as the user's shell does, so that a .bat works on Windows
        command[0] = shutil.which(command[0]) or command[0]
        return run_watched(command, Path.cwd(), folder, Watch(self.seconds, Event()))


def read_program(command: str | Sequence[str], needed: Sequence[str], seconds: int = SECONDS) -> OutsideProgram:
    """Parse a program from a command line or a list of arguments.

    SourceError V264 when there is none, or it lacks one of the ``needed`` placeholders.
    """
    try:
        arguments = _split(command) if isinstance(command, str) else tuple(command)
    except ValueError:
        arguments = ()
    absent = [name for name in needed if not any(name in argument for argument in arguments[1:])]
    if not arguments or not arguments[0] or absent:
        shown = command if isinstance(command, str) else " ".join(command)
        raise SourceError(error("V264", typed=shown[:200], needed="、".join(absent or needed)))
    return OutsideProgram(arguments, seconds)


def _split(line: str) -> tuple[str, ...]:
    """Split a line into arguments: quotes group, a backslash is part of a path."""
    lexer = shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    return tuple(lexer)


def sign_data(signer: OutsideProgram, data: bytes) -> bytes:
    """Sign data that isn't in a file yet; OutputError V254–V257 when there is no signature."""
    with tempfile.TemporaryDirectory(prefix="docgen-sign-") as folder:
        path = Path(folder) / "signed"
        path.write_bytes(data)
        return _sign(signer, path, NOWHERE)


@dataclass(frozen=True, slots=True)
class Signed:
    """The path of a signature that was written."""

    path: Path
    diagnostics: tuple[Diagnostic, ...] = ()


def sign_file(signer: OutsideProgram, path: Path, *, force: bool) -> Signed:
    """Sign a file and write the signature beside it.

    Raises ArchiveError V101 when there is no such file, OutputError V254–V257 and A101–A107.
    """
    place = Location("archive", file=str(path))
    if not path.is_file():
        reason = os.strerror(errno.EISDIR if path.is_dir() else errno.ENOENT)
        raise ArchiveError(error("V101", place, path=str(path), reason=reason))
    target = find_signature(path)
    refuse_target(target, force=force)
    write_target(_sign(signer, path.absolute(), place), target, force=force)
    return Signed(target)


def find_signature(path: Path) -> Path:
    """The path of a file's signature."""
    return path.with_name(f"{path.name}{SIGNATURE_SUFFIX}")


def _sign(signer: OutsideProgram, path: Path, place: Location) -> bytes:
    with tempfile.TemporaryDirectory(prefix="docgen-sign-") as folder:
        out = Path(folder) / "signature"
        ended = signer.run(Path(folder), {"in": path, "out": out, "sig": out})
        shown, output = signer.arguments[0], ended.words
        if ended.hung:
            raise OutputError(error("V255", place, program=shown, seconds=signer.seconds))
        if ended.code is None:
            raise OutputError(error("V257", place, program=shown, reason=output))
        if ended.code:
            raise OutputError(error("V254", place, program=shown, exit=ended.code, words=output or "—"))
        size = out.stat().st_size if out.is_file() else 0
        if not 0 < size <= _MOST:
            raise OutputError(error("V256", place, program=shown, size=size))
        return out.read_bytes()


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """The result of checking the signature of a file; not applicable without one."""

    verdict: Verdict
    diagnostics: tuple[Diagnostic, ...] = ()


def check_signature(path: Path, verifier: OutsideProgram | None) -> SignatureCheck:
    """Check the signature beside a file by the user's own program (V251, V253, V265); nothing is raised.

    A folder has no signature.
    """
    if path.is_dir():
        return SignatureCheck(Verdict.NOT_APPLICABLE)
    signature, place = find_signature(path), Location("archive", file=str(path))
    if not signature.is_file():
        if verifier is None:
            return SignatureCheck(Verdict.NOT_APPLICABLE)
        absent = warning("V253", place, path=str(path), member=signature.name)
        return SignatureCheck(Verdict.NOT_RUN, (absent,))
    if verifier is None:
        return SignatureCheck(Verdict.NOT_RUN, (info("V265", place, path=str(path), member=signature.name),))
    fault = _run_verifier(verifier, path, signature, place)
    if fault is None:
        return SignatureCheck(Verdict.PASSED)
    return SignatureCheck(Verdict.FAILED if fault.code == "V251" else Verdict.NOT_RUN, (fault,))


def _run_verifier(verifier: OutsideProgram, path: Path, signature: Path, place: Location) -> Diagnostic | None:
    shown, signature_path = verifier.arguments[0], signature.absolute()
    with tempfile.TemporaryDirectory(prefix="docgen-sign-") as folder:
        ended = verifier.run(Path(folder), {"in": path.absolute(), "sig": signature_path, "out": signature_path})
    if ended.hung:
        return error("V255", place, program=shown, seconds=verifier.seconds)
    if ended.code is None:
        return error("V257", place, program=shown, reason=ended.words)
    if ended.code:
        return error("V251", place, path=str(path), member=signature.name, program=shown, words=ended.words or "—")
    return None
