"""``docgen doctor``: is everything there that docgen needs on this computer?"""

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
    """Look at everything, tell all of it."""
    from docgen.cli.views.examination import examine_cluster, examine_computer

    examined = [*examine_computer(session), *(examine_cluster(session, engine.scheduler) if engine.is_dask else ())]
    marks = {True: session.text("doctor.fine"), False: session.text("doctor.faulty"), None: session.text("doctor.note")}
    titles = [session.text(f"doctor.{item.name}") for item in examined]
    left, width = max(map(measure_text, marks.values())), max(map(measure_text, titles))
    lines = tuple(
        f"{pad_text(marks[item.fine], left)}  {pad_text(title, width)}  {clean_line(item.detail)}".rstrip()
        for item, title in zip(examined, titles, strict=True)
    )
    found = tuple(diagnostic for item in examined for diagnostic in item.diagnostics)
    data = {"checks": [{"name": item.name, "fine": item.fine, "detail": item.detail} for item in examined]}
    return finish(session, Report(found, lines=lines, data=data))
