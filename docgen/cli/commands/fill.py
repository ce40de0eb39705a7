"""``docgen fill``: a document for each row of any sheet, from anybody's template."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli import options as shared
from docgen.cli.engines import EngineChoice, choose_engine, open_engine
from docgen.cli.interrupts import listen_to_interrupts
from docgen.cli.localized import LocalizedCommand
from docgen.cli.report import Report, finish
from docgen.cli.session import Session, announce_reading
from docgen.cli.usage import UsageFault
from docgen.diagnostics import error
from docgen.errors import EXIT_INTERRUPTED
from docgen.messages.answer import WrittenFile
from docgen.messages.shell import format_typed_path

if TYPE_CHECKING:
    from docgen.batch import BatchOutcome
    from docgen.render.values.values import MissingMode


@click.command("fill", cls=LocalizedCommand)
@click.argument("template", metavar="TEMPLATE", type=shared.path_type)
@click.argument("data", metavar="DATA", required=False, type=shared.path_type)
@click.option("-o", "--out", metavar="OUT", type=shared.path_type)
@click.option("--name", "name", metavar="PATTERN")
@click.option("--group-by", metavar="COLUMN")
@click.option("--key", metavar="COLUMN")
@click.option("--sheet", metavar="SHEET")
@click.option("--match", "matches", metavar="TAG=COLUMN", multiple=True)
@click.option("--combine", is_flag=True)
@click.option("--pdf", is_flag=True)
@click.option("--check", is_flag=True)
@click.option("--make-sheet", metavar="X.xlsx", type=shared.path_type)
@shared.draft_option
@click.option("--blanks-by-hand", is_flag=True)
@shared.jobs_option
@choose_engine
@shared.force_option
@click.pass_obj
def fill(
    session: Session,
    /,
    *,
    template: Path,
    data: Path | None,
    out: Path | None,
    check: bool,
    make_sheet: Path | None,
    matches: tuple[str, ...],
    draft: bool,
    blanks_by_hand: bool,
    force: bool,
    jobs: int | None,
    engine: EngineChoice,
    **chosen: Any,
) -> int:
    """Make what is missing or out of date; ends with 1 where anything was refused."""
    from docgen.batch.fill.copies import Wishes
    from docgen.batch.fill.runner import FillRequest, Talk, fill_template
    from docgen.batch.ledger.file import FOLDER

    if make_sheet is not None:
        from docgen.batch.fill.fields import write_sheet

        write_sheet(template, make_sheet, force=force)
        return finish(session, Report(outputs=(WrittenFile(make_sheet, make_sheet.name),)))
    if data is None or (out is None and not check):
        raise UsageFault(error("W216"), click.get_current_context())
    announce_reading(session, (template, data))
    wishes = {name: chosen.pop(name) for name in ("name", "group_by", "key", "sheet")}
    mode: MissingMode = "by_hand" if blanks_by_hand else "error"
    request = FillRequest(
        template,
        data,
        None if check else out,
        Wishes(**wishes, mode=mode, draft=draft, match=_read_matches(matches)),
        converting=session.find_resources().converting,
        force=force,
        jobs=jobs,
        **chosen,
    )
    folder = out / FOLDER if out is not None else None
    workers = open_engine(session, engine, jobs=jobs, folder=folder, inputs=(template, data), with_office=request.pdf)
    with listen_to_interrupts(session) as interrupts, workers as opened:
        talk = Talk(partial(session.console.show_progress, template.name), lambda: interrupts.number > 0)
        outcome = fill_template(request, session.words, talk, opened)
    outcome = replace(outcome, diagnostics=(*outcome.diagnostics, *engine.diagnostics))
    return finish(session, _report(session, outcome))


def _read_matches(pairs: tuple[str, ...]) -> dict[str, str]:
    """The column that each tag means, by ``--match``; N231 where one isn't TAG=COLUMN or a tag has two columns."""
    headers: dict[str, str] = {}
    for pair in pairs:
        tag, _, header = (part.strip() for part in pair.replace("＝", "=").partition("="))
        if not tag or not header or headers.setdefault(tag, header) != header:
            raise UsageFault(error("N231", said=pair), click.get_current_context())
    return headers


def _report(session: Session, outcome: BatchOutcome) -> Report:
    from docgen.batch import format_counts
    from docgen.batch.records.written_files import list_batch_files

    hints = tuple(session.text("fill.mend-copy", path=format_typed_path(path)) for path in outcome.returned)
    code, notes = outcome.exit_code, outcome.diagnostics
    if outcome.was_stopped:
        code, notes = EXIT_INTERRUPTED, (*notes, error("B105", left=outcome.counts["open"]))
    counts = outcome.counts
    if outcome.summary is None and not outcome.was_stopped:
        line = session.text("fill.checked", **{name: counts[name] for name in ("rows", "rows_made", "rows_refused")})
    else:
        line = format_counts(counts, session.words)
    return Report(notes, list_batch_files(outcome, session.words), (line,), {"fill": dict(outcome.counts)}, hints, code)
