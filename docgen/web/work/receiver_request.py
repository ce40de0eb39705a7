"""The request of the receiver's door: an inbox on this computer, identities from elsewhere."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docgen.archive.verify.identity import read_identity
from docgen.diagnostics import Location, error
from docgen.errors import SourceError

INBOX, IDENTITY = "inbox", "identity"
"""The form's fields."""
_BETWEEN = re.compile(r"[,;，；、\r\n]+")
_QUOTES = "\"'“”‘’「」"


def read_inbox(options: Mapping[str, Any], own: Path) -> Path | None:
    """The folder whose packages are to be verified; None where none is named.

    Raises SourceError: N178 when it isn't there, no folder or can't be read, N179 when the page's own files (``own``)
    lie in it or it lies among them.
    """
    said = next(iter(options.get(INBOX, ())), "").strip().strip(_QUOTES).strip()
    if not said:
        return None
    folder, place = Path(said).expanduser(), Location(file=said)
    if "\0" in said or not folder.is_absolute():
        raise SourceError(error("N189", place, path=said))
    try:
        real = folder.resolve(strict=True)
        with os.scandir(real):
            pass
    except OSError as fault:
        raise SourceError(error("N178", place, path=said, reason=fault.strerror or str(fault))) from None
    mine = own.resolve()
    if real == mine or real in mine.parents or mine in real.parents:
        raise SourceError(error("N179", place, path=said, folder=str(own)))
    return folder


def read_identities(options: Mapping[str, Any]) -> tuple[str, ...]:
    """The identities that somebody typed, one in a line; SourceError N190 names those that are none."""
    typed = [part.strip() for text in options.get(IDENTITY, ()) for part in _BETWEEN.split(text) if part.strip()]
    found = {text: read_identity(text) for text in typed}
    if wrong := [text for text, identity in found.items() if identity is None]:
        raise SourceError(*(error("N190", typed=text[:80], number=len("".join(text.split()))) for text in wrong))
    return tuple(identity for identity in found.values() if identity is not None)
