"""Reads the receiver's form: an inbox on this computer, identities to compare with."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docgen.archive.verify.identity import parse_identity
from docgen.diagnostics import Location, error
from docgen.errors import SourceError

INBOX, IDENTITY = "inbox", "identity"
"""The form's fields."""
_SEPARATORS = re.compile(r"[,;，；、\r\n]+")
_QUOTES = "\"'“”‘’「」"


def read_inbox(options: Mapping[str, Any], own: Path) -> Path | None:
    """The folder whose packages are to be verified; None where none is named.

    SourceError N189 for a path that isn't absolute, N178 for a folder that can't be read, N179 when it contains the
    page's folder (``own``) or is in it.
    """
    typed = next(iter(options.get(INBOX, ())), "").strip().strip(_QUOTES).strip()
    if not typed:
        return None
    folder, place = Path(typed).expanduser(), Location(file=typed)
    if "\0" in typed or not folder.is_absolute():
        raise SourceError(error("N189", place, path=typed))
    try:
        real = folder.resolve(strict=True)
        with os.scandir(real):
            pass
    except OSError as fault:
        raise SourceError(error("N178", place, path=typed, reason=fault.strerror or str(fault))) from None
    page_folder = own.resolve()
    if real == page_folder or real in page_folder.parents or page_folder in real.parents:
        raise SourceError(error("N179", place, path=typed, folder=str(own)))
    return folder


def read_identities(options: Mapping[str, Any]) -> tuple[str, ...]:
    """The typed identities, one in a line; SourceError N190 names invalid ones."""
    typed = [part.strip() for text in options.get(IDENTITY, ()) for part in _SEPARATORS.split(text) if part.strip()]
    identities = {text: parse_identity(text) for text in typed}
    if wrong := [text for text, identity in identities.items() if identity is None]:
        raise SourceError(*(error("N190", typed=text[:80], number=len("".join(text.split()))) for text in wrong))
    return tuple(identity for identity in identities.values() if identity is not None)
