"""What every test may use: the markers ``office`` and ``unpack``, the fixture ``office``, the check ``ooxml_check``."""

from __future__ import annotations

import pytest
import unpack_tools
from office_tools import Office, OoxmlCheck, find_ooxml_tool, find_program, is_required, load_ooxml_check

_ABSENT = "LibreOffice (soffice, pdftoppm) is absent: run scripts/install-office"
_NO_CHECK = "no schema check for Office files: set DOCGEN_OOXML_CHECK to ooxml_check.py"


def pytest_report_header() -> list[str]:
    office = f"found, {find_program()}" if find_program() else f"ABSENT, its tests {_fate()} (scripts/install-office)"
    tool = "found" if find_ooxml_tool() else "ABSENT, what needs it is skipped (DOCGEN_OOXML_CHECK)"
    absent = ", ".join(unpack_tools.list_absent())
    fate = "fail" if unpack_tools.is_required() else "are skipped"
    unpackers = f"{absent} ABSENT, the tests {fate} (scripts/install-tools)" if absent else "found"
    return [f"LibreOffice: {office}", f"ooxml_check: {tool}", f"unpackers: {unpackers}"]


def _fate() -> str:
    return "fail" if is_required() else "are skipped"


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("unpack"):
        _need_program(*marker.args)
    if item.get_closest_marker("office") is None or find_program() is not None:
        return
    if is_required():
        pytest.fail(_ABSENT, pytrace=False)
    pytest.skip(_ABSENT)


def _need_program(program: str) -> None:
    if program in unpack_tools.list_absent():
        absent = unpack_tools.ABSENT.format(program=program)
        if unpack_tools.is_required():
            pytest.fail(absent, pytrace=False)
        pytest.skip(absent)


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
