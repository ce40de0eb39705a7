"""``docgen case``: length and shares of a good case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.case_view import CaseView, PartView, describe_case, spell_case
from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import path_type, profile_option
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.diagnostics import Diagnostic
from docgen.errors import EXIT_OK, DocgenError

if TYPE_CHECKING:
    from docgen.pipeline import CaseJudgement


@click.command("case", cls=LocalizedCommand)
@click.argument("files", metavar="FILE", nargs=-1, required=True, type=path_type)
@profile_option
@click.pass_obj
def case(session: Session, files: tuple[Path, ...], profile_id: str | None) -> int:
    """Judge every text of every file."""
    from docgen.pipeline import Options, judge_case

    found: list[Diagnostic] = []
    lines: list[str] = []
    described: list[dict[str, Any]] = []
    worst = EXIT_OK
    for path in files:
        try:
            outcome = judge_case(path, Options(session.enter_folder(path.parent), profile_id))
        except DocgenError as fault:
            found += fault.diagnostics
            worst = max(worst, fault.exit_code)
            continue
        found += outcome.diagnostics
        for judged in outcome.cases:
            view = view_case(judged)
            lines += [*([""] if lines else []), *spell_case(session, view)]
            described.append({"path": str(path), **describe_case(view)})
    return finish(session, Report(tuple(found), lines=tuple(lines), data={"cases": described}, exit_code=worst))


def view_case(judged: CaseJudgement) -> CaseView:
    """A judgement as it is shown."""
    lengths = judged.lengths
    parts = tuple(
        PartView(
            key=item.part.key,
            title=item.part.title,
            count=item.count.high,
            share=float(item.share or 0),
            low=float(item.part.low),
            high=float(item.part.high),
            change=item.to_band,
        )
        for item in lengths.parts
    )
    return CaseView(judged.name, judged.title, parts, lengths.total.low, lengths.total.high, judged.limit)
