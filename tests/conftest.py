"""What every test may use: the ``office`` marker and fixture, the schema check ``ooxml_check``."""

from __future__ import annotations

import pytest
from office_tools import Office, OoxmlCheck, find_ooxml_tool, find_program, is_required, load_ooxml_check

_ABSENT = "LibreOffice (soffice, pdftoppm) is absent: run scripts/install-office"
_NO_CHECK = "no schema check for Office files: set DOCGEN_OOXML_CHECK to ooxml_check.py"


def pytest_report_header() -> list[str]:
    office = f"found, {find_program()}" if find_program() else f"ABSENT, its tests {_fate()} (scripts/install-office)"
    tool = "found" if find_ooxml_tool() else "ABSENT, what needs it is skipped (DOCGEN_OOXML_CHECK)"
    return [f"LibreOffice: {office}", f"ooxml_check: {tool}"]


def _fate() -> str:
    return "fail" if is_required() else "are skipped"


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("office") is None or find_program() is not None:
        return
    if is_required():
        pytest.fail(_ABSENT, pytrace=False)
    pytest.skip(_ABSENT)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """LibreOffice with a profile of this session's own; tests that use it carry ``@pytest.mark.office``."""
    program = find_program()
    if program is None:
        pytest.fail(f"{_ABSENT}; mark the test with @pytest.mark.office", pytrace=False)
    return Office(program, tmp_path_factory.mktemp("office-profile"))


@pytest.fixture(scope="session")
def ooxml_check() -> OoxmlCheck:
    """The faults of an Office file by the published schemas: ``ooxml_check(path) -> list[str]``."""
    tool = find_ooxml_tool()
    if tool is None:
        pytest.skip(_NO_CHECK)
    return load_ooxml_check(tool)
