"""What every test may use, and how the tests are shared out among processes.

The markers ``office``, ``browser``, ``unpack`` and ``slow``; the fixtures ``office``, ``browser`` and ``ooxml_check``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support import browser as browser_tools
from support import processes, unpack_tools
from support.office_schemas import OoxmlCheck, check_file, find_second
from support.office_tools import Office, find_program, is_required

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_ABSENT = "LibreOffice (soffice, pdftoppm) is absent: run scripts/install-office"
_OFFICE_SECONDS = 400  # LibreOffice takes its time, most of all when it starts


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked slow, too")


def pytest_configure() -> None:
    processes.hear_interrupts()


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What docgen keeps for the next time isn't kept among the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
            patch.setenv(name, str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a cache that is still empty."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    return tmp_path / "cache"


def pytest_report_header() -> list[str]:
    office = f"found, {find_program()}" if find_program() else f"ABSENT, its tests {_fate()} (scripts/install-office)"
    second = "found" if find_second() else "none (DOCGEN_OOXML_CHECK)"
    absent = ", ".join(unpack_tools.list_absent())
    fate = "fail" if unpack_tools.is_required() else "are skipped"
    unpackers = f"{absent} ABSENT, the tests {fate} (scripts/install-tools)" if absent else "found"
    chromium = browser_tools.find_browser()
    unseen = "fail" if browser_tools.is_required() else "are skipped"
    shown = f"found, {chromium}" if chromium else f"ABSENT, its tests {unseen} (scripts/install-browser)"
    return [
        f"Chromium: {shown}",
        f"LibreOffice: {office}",
        f"second opinion on Office files: {second}",
        f"unpackers: {unpackers}",
    ]


def _fate() -> str:
    return "fail" if is_required() else "are skipped"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from support.sharing import FilesAndOffice

    config.option.loadscopereorder = False  # the longest come first as it is: see below
    return FilesAndOffice(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is slow; put first what takes longest, so that no process is left alone at the end.

    That is LibreOffice, then the acceptance tests, which come before the unit tests by their name.
    """
    if not config.getoption("--slow"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("slow")])
        items[:] = [item for item in items if not item.get_closest_marker("slow")]
    for item in items:
        if item.get_closest_marker("office") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_OFFICE_SECONDS))
    files = {item.path: None for item in items if item.get_closest_marker("office")}
    items.sort(key=lambda item: item.path not in files)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("unpack"):
        _need_program(*marker.args)
    if item.get_closest_marker("browser") is not None and browser_tools.find_browser() is None:
        if browser_tools.is_required():
            pytest.fail(browser_tools.ABSENT, pytrace=False)
        pytest.skip(browser_tools.ABSENT)
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; tests that use it carry ``@pytest.mark.browser``."""
    with browser_tools.open_browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def ooxml_check() -> OoxmlCheck:
    """The faults of an Office file by the published schemas: ``ooxml_check(path) -> list[str]``."""
    return check_file
