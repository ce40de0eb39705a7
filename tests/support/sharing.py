"""How the tests are shared out among processes (pytest-xdist)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[2]


@cache
def needs_office(path: Path) -> bool:
    """Whether a file has tests with LibreOffice."""
    return "pytest.mark.office" in path.read_text("utf-8")


class FilesAndOffice(LoadScopeScheduling):
    """One process runs all tests of a file, and one runs all files that need LibreOffice.

    So a file's fixtures are made once, and LibreOffice starts for one test at a time, with one profile.
    """

    def _split_scope(self, nodeid: str) -> str:
        name = nodeid.partition("::")[0]
        return "office" if needs_office(ROOT / name) else name
