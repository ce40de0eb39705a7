"""Compares a package's identity with those stated outside the package; pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from docgen.archive.verify.report import Verdict
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, Location, error

_IDENTITY = re.compile(r"[0-9a-f]{64}")


def parse_identity(text: str) -> str | None:
    """Parse an identity that was typed: 64 hexadecimal digits, with or without spaces; None for any other text."""
    digits = "".join(text.split()).lower().removeprefix("sha256:")
    return digits if _IDENTITY.fullmatch(digits) else None


def judge_identity(
    path: Path, identity: str | None, identities: Collection[str]
) -> tuple[Verdict, tuple[Diagnostic, ...]]:
    """V188 when the identity of the package at ``path`` isn't among ``identities``; 未检测 when these are none.

    A package that was changed and given new manifests is sound in itself: only an identity from elsewhere reveals it.
    """
    if not identities:
        return Verdict.NOT_RUN, ()
    if identity in identities:
        return Verdict.PASSED, ()
    place = Location("archive", file=str(path))
    fault = error("V188", place, path=escape_name(path.name), found=identity or "—")
    return Verdict.FAILED, (fault,)
