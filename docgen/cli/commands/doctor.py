"""``docgen doctor``: checks that this computer has everything that docgen needs."""

from __future__ import annotations

import click

from docgen.cli.engines import EngineChoice, choose_engine
from docgen.cli.layout import clean_line, measure_text, pad_text
from docgen.cli.localized import LocalizedCommand
from docgen.cli.report import Report, finish
from docgen.cli.session import Session


@click.command("doctor", cls=LocalizedCommand)
@choose_engine
@click.pass_obj
def doctor(session: Session, *, engine: EngineChoice) -> int:
    """Check everything and report all results."""
    from docgen.cli.views.computer_checks import check_cluster, check_computer

    results = [*check_computer(session), *(check_cluster(session, engine.scheduler) if engine.is_dask else ())]
    marks = {True: session.text("doctor.fine"), False: session.text("doctor.faulty"), None: session.text("doctor.note")}
    titles = [session.text(f"doctor.{item.name}") for item in results]
    mark_width, title_width = max(map(measure_text, marks.values())), max(map(measure_text, titles))
    lines = tuple(
        f"{pad_text(marks[item.fine], mark_width)}  {pad_text(title, title_width)}  {clean_line(item.detail)}".rstrip()
        for item, title in zip(results, titles, strict=True)
    )
    diagnostics = tuple(diagnostic for item in results for diagnostic in item.diagnostics)
    data = {"checks": [{"name": item.name, "fine": item.fine, "detail": item.detail} for item in results]}
    return finish(session, Report(diagnostics, lines=lines, data=data))
