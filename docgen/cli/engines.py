"""Chooses the engine that runs many tasks: this computer's processes, or Dask's workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.localized import ChoiceType
from docgen.cli.session import Session
from docgen.diagnostics import Diagnostic

if TYPE_CHECKING:
    from docgen.batch.engines import Engine

_ENGINES = ("local", "dask")


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """The chosen engine: this computer's processes, or Dask's workers, those of a ``scheduler`` or of this computer.

    ``diagnostics`` are those of the workers, kept for the JSON report; people see them at once.
    """

    is_dask: bool = False
    scheduler: str = ""
    diagnostics: list[Diagnostic] = field(default_factory=list)


def choose_engine(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command ``--engine`` and ``--scheduler``, and in their place one ``engine``, an EngineChoice."""

    @click.option("--engine", "engine", type=ChoiceType(_ENGINES), default="local")
    @click.option("--scheduler", metavar="ADDRESS", default="")
    @wraps(command)
    def call(*args: Any, engine: str, scheduler: str, **arguments: Any) -> int:
        if scheduler and engine != "dask":
            from docgen.cli.usage import UsageFault
            from docgen.diagnostics import error

            raise UsageFault(error("B154"), click.get_current_context())
        return command(*args, engine=EngineChoice(engine == "dask", scheduler), **arguments)

    return call


@contextmanager
def open_engine(
    session: Session,
    choice: EngineChoice,
    *,
    jobs: int | None = None,
    folder: Path | None = None,
    inputs: Sequence[Path] = (),
    with_office: bool = False,
) -> Iterator[Engine | None]:
    """Dask's engine, None where this computer's processes were chosen; for the parameters see ``WorkerPlace``.

    Workers must be able to read ``inputs`` and the user's own folders.
    """
    if not choice.is_dask:
        yield None
        return
    from docgen.batch.engines.cluster import Cluster, WorkerPlace

    own = session.find_resources()
    visible = (*inputs, *own.own_profiles, *own.own_templates, *own.outside)
    cluster = Cluster(
        WorkerPlace(choice.scheduler, jobs, folder, visible, with_office),
        lambda item: _report_diagnostic(session, choice, item),
    )
    try:
        yield cluster
    finally:
        cluster.close()


def _report_diagnostic(session: Session, choice: EngineChoice, item: Diagnostic) -> None:
    if session.is_json:
        choice.diagnostics.append(item)
        return
    from docgen.cli.report import format_diagnostic

    for line in format_diagnostic(session, item):
        session.console.write_message(line)
