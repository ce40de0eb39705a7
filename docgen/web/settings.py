"""Defines the settings of a served page: its folder, its keys, its limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from docgen.archive.zip.limits import DEFAULT_LIMITS, Limits
from docgen.messages import Catalogue, Language, catalogue
from docgen.resources import Resources

LOOPBACK = "127.0.0.1"
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """The limits of one form: bytes in all, number of files, bytes of fields that are no files."""

    size: int = 4096 * MIB
    files: int = 2000
    fields: int = 8 * MIB


@dataclass(frozen=True, slots=True)
class PageSettings:
    """The settings of one run of the page.

    ``entry_key`` is in the address that opens the page and is valid once; ``session_key`` is the cookie's value
    afterwards; ``api_key`` is that of programs. ``limits`` are those of uploads, ``verifying`` those of reading
    packages. Files are kept for ``days``; ``at_once`` jobs run at the same time. With ``stands_by`` a
    process of some 50 MB waits for the next job.
    """

    folder: Path
    port: int
    entry_key: str
    session_key: str
    api_key: str
    lang: Language = "zh"
    resources: Resources = field(default_factory=Resources)
    limits: UploadLimits = field(default_factory=UploadLimits)
    verifying: Limits = DEFAULT_LIMITS
    days: int = 30
    at_once: int = 2
    stands_by: bool = False

    @property
    def host(self) -> str:
        """The only host that is allowed in a request."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def origin(self) -> str:
        """The only origin that is allowed in a request."""
        return f"http://{self.host}"

    @property
    def cookie(self) -> str:
        """The cookie's name; it has the port, since cookies are shared by all ports of a host."""
        return f"docgen-{self.port}"

    @property
    def words(self) -> Catalogue:
        """The texts of the page."""
        return catalogue(self.lang)
