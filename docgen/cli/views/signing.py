"""The user's own programs for signatures: those of the command line, else of the current ``docgen.toml``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.cli.session import Session

if TYPE_CHECKING:
    from docgen.pipeline.services.signing import OutsideProgram
    from docgen.settings import Signing


def choose_signer(session: Session, typed: str, received: Sequence[Path] = ()) -> OutsideProgram | None:
    """What signs; None where nothing is named. SourceError V264 when its command isn't complete."""
    from docgen.pipeline.services.signing import INPUT, OUTPUT, read_program

    named = _find_own(session, received)
    said = typed or named.sign
    return read_program(said, (INPUT, OUTPUT), named.seconds) if said else None


def choose_verifier(session: Session, typed: str, received: Sequence[Path]) -> OutsideProgram | None:
    """What checks signatures; None where nothing is named. SourceError V264 when its command isn't complete."""
    from docgen.pipeline.services.signing import INPUT, SIGNATURE, read_program

    named = _find_own(session, received)
    said = typed or named.verify
    return read_program(said, (INPUT, SIGNATURE), named.seconds) if said else None


def _find_own(session: Session, received: Sequence[Path]) -> Signing:
    """What the user's own ``docgen.toml`` names: none that came with what is checked, wherever one works."""
    from docgen.settings import Signing

    here = Path.cwd().resolve()
    is_foreign = any(path.is_dir() and path.resolve() in (here, *here.parents) for path in received)
    return Signing() if is_foreign else session.find_signing()
