"""Settings of a served page: where its files lie, who may ask it, and how much it takes."""

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
    """How much one form may bring: bytes in all, files, and bytes of fields that are no files."""

    size: int = 4096 * MIB
    files: int = 2000
    fields: int = 8 * MIB


@dataclass(frozen=True, slots=True)
class PageSettings:
    """One run of the page.

    ``entry`` is the key in the address that opens it, good for one use; ``session`` what the cookie says afterwards;
    ``lasting`` the key of programs. ``limits`` are those of what is sent, ``verifying`` those within which packages are
    read. ``days`` is how long files stay, ``at_once`` how many jobs are done at once.
    """

    folder: Path
    port: int
    entry: str
    session: str
    lasting: str
    lang: Language = "zh"
    resources: Resources = field(default_factory=Resources)
    limits: UploadLimits = field(default_factory=UploadLimits)
    verifying: Limits = DEFAULT_LIMITS
    days: int = 30
    at_once: int = 2

    @property
    def host(self) -> str:
        """The only host that a request may name."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def origin(self) -> str:
        """The only origin that a request may come from."""
        return f"http://{self.host}"

    @property
    def cookie(self) -> str:
        """The cookie's name: cookies know no ports, so that it names the port."""
        return f"docgen-{self.port}"

    @property
    def words(self) -> Catalogue:
        """The texts of the page."""
        return catalogue(self.lang)
