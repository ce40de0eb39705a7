"""Compares a package's identity with one that was given from elsewhere; pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from docgen.archive.verify.report import Verdict
from docgen.archive.zip.names import escape_name
from docgen.diagnostics import Diagnostic, Location, error

_IDENTITY = re.compile(r"[0-9a-f]{64}")


def read_identity(text: str) -> str | None:
    """An identity as somebody typed it: 64 hexadecimal digits, spaces among them or not; None when it is none."""
    found = "".join(text.split()).lower().removeprefix("sha256:")
    return found if _IDENTITY.fullmatch(found) else None


def judge_identity(
    path: Path, identity: str | None, identities: Collection[str]
) -> tuple[Verdict, tuple[Diagnostic, ...]]:
    """未检测 without identities from elsewhere; V188 when the one of the package at ``path`` isn't among them.

    Whoever remakes all of a package, manifests included, makes another sound one: nothing in it tells them apart.
    """
    if not identities:
        return Verdict.NOT_RUN, ()
    if identity in identities:
        return Verdict.PASSED, ()
    place = Location("archive", file=str(path))
    fault = error("V188", place, path=escape_name(path.name), found=identity or "—")
    return Verdict.FAILED, (fault,)
