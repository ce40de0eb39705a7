"""Chooses the user's programs for signatures: from the command line, else from the current ``docgen.toml``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.cli.session import Session

if TYPE_CHECKING:
    from docgen.pipeline.services.signing import OutsideProgram
    from docgen.settings import Signing


def choose_signer(session: Session, typed: str, received: Sequence[Path] = ()) -> OutsideProgram | None:
    """The program that signs; None where none is configured. SourceError V264 for an incomplete command."""
    from docgen.pipeline.services.signing import INPUT, OUTPUT, read_program

    settings = _read_settings(session, received)
    command = typed or settings.sign
    return read_program(command, (INPUT, OUTPUT), settings.seconds) if command else None


def choose_verifier(session: Session, typed: str, received: Sequence[Path]) -> OutsideProgram | None:
    """The program that checks signatures; None where none is configured. SourceError V264 for an incomplete command."""
    from docgen.pipeline.services.signing import INPUT, SIGNATURE, read_program

    settings = _read_settings(session, received)
    command = typed or settings.verify
    return read_program(command, (INPUT, SIGNATURE), settings.seconds) if command else None


def _read_settings(session: Session, received: Sequence[Path]) -> Signing:
    """The programs in the current ``docgen.toml``; none where that file came with what is received.

    A sender must not choose which program runs here.
    """
    from docgen.settings import Signing

    here = Path.cwd().resolve()
    is_foreign = any(path.is_dir() and path.resolve() in (here, *here.parents) for path in received)
    return Signing() if is_foreign else session.find_signing()
