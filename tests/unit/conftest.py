"""What the unit tests keep to."""

from __future__ import annotations

import subprocess

import pytest


@pytest.fixture(autouse=True)
def quick_tests_stay_in_memory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a test marked ``heavy`` or ``office`` starts a process, so that ``make test-unit`` is quick."""
    if not any(request.node.get_closest_marker(name) for name in ("heavy", "office")):

        def refuse(words: object, **_details: object) -> None:
            pytest.fail(f"{words} is started by a test that isn't marked heavy")

        monkeypatch.setattr(subprocess, "Popen", refuse)
