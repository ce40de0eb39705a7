"""What the pipeline gives at its door, and what it doesn't load for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import docgen.pipeline
from docgen.diagnostics import error
from docgen.errors import EXIT_CANNOT_RUN, EXIT_OK, SourceError
from docgen.pipeline import Outcome
from docgen.pipeline.services.attempts import attempt_each


def test_the_door_has_what_it_names_and_nothing_else() -> None:
    assert all(getattr(docgen.pipeline, name) for name in docgen.pipeline.__all__)
    with pytest.raises(AttributeError, match="no_such_thing"):
        getattr(docgen.pipeline, "no_such_thing")  # noqa: B009


@pytest.mark.heavy
def test_the_options_load_nothing_that_makes_documents() -> None:
    code = "import sys; from docgen.pipeline import Options; Options(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = done.stdout.split()
    assert "docgen.pipeline.stages.outcome" in loaded
    assert [name for name in loaded if name.startswith(("docgen.render", "docgen.checks", "pydantic", "lxml"))] == []


def test_a_file_that_cannot_be_read_keeps_no_other_from_it() -> None:
    told: list[tuple[str, int, int]] = []

    def work(path: Path) -> Outcome:
        if path.name == "b":
            raise SourceError(error("X110", path="b", reason="denied"))
        return Outcome((error("X111", path=path.name),))

    paths = [Path(name) for name in "abc"]
    done = attempt_each(paths, work, lambda *state: told.append(state))
    assert told == [("a", 0, 3), ("b", 1, 3), ("c", 2, 3)]
    assert [path.name for path, _ in done.results] == ["a", "c"]
    assert [item.code for item in done.diagnostics] == ["X111", "X110", "X111"]
    assert done.exit_code == EXIT_CANNOT_RUN
    assert attempt_each(paths[:1], work).exit_code == EXIT_OK
