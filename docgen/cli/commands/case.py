"""``docgen case``: length and shares of a good case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import path_type, profile_option
from docgen.cli.report import Report, WrittenFile, finish, weigh
from docgen.cli.session import Session
from docgen.cli.views.case_view import BesideView, CaseView, PartView, describe_case, spell_case, spell_summary
from docgen.diagnostics import Diagnostic, Severity, count_by_severity
from docgen.errors import EXIT_OK, DocgenError

if TYPE_CHECKING:
    from docgen.pipeline import CaseJudgement


@click.command("case", cls=LocalizedCommand)
@click.argument("files", metavar="FILE", nargs=-1, required=True, type=path_type)
@profile_option
@click.option("--annotate", metavar="OUT", type=path_type)
@click.option("--force", is_flag=True)
@click.pass_obj
def case(session: Session, files: tuple[Path, ...], profile_id: str | None, annotate: Path | None, force: bool) -> int:
    """Judge every text of every file; with ``--annotate``, write a copy of each Word file with what was found."""
    from docgen.pipeline import Options, judge_case
    from docgen.pipeline.services.annotation import annotate_case, choose_target

    found: list[Diagnostic] = []
    lines: list[str] = []
    described: list[dict[str, Any]] = []
    shown: list[tuple[str, CaseView]] = []
    written: list[WrittenFile] = []
    worst = EXIT_OK
    for path in files:
        try:
            outcome = judge_case(path, Options(session.enter_folder(path.parent), profile_id))
            if annotate is not None:
                target = choose_target(path, annotate, len(files))
                annotate_case(path, target, weigh(session, outcome.diagnostics), session.lang, force=force)
                written.append(WrittenFile(target, path.name))
        except DocgenError as fault:
            found += fault.diagnostics
            worst = max(worst, fault.exit_code)
            continue
        found += outcome.diagnostics
        for judged in outcome.cases:
            view = view_case(judged)
            lines += [*([""] if lines else []), *spell_case(session, view)]
            shown.append((path.name, view))
            described.append({"path": str(path), **describe_case(view)})
    if len(shown) > 1:
        lines += ["", *spell_summary(session, shown)]
    report = Report(
        tuple(found), outputs=tuple(written), lines=tuple(lines), data={"cases": described}, exit_code=worst
    )
    return finish(session, report)


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
    counts, inventory = count_by_severity(judged.diagnostics), judged.inventory
    return CaseView(
        judged.name,
        judged.title,
        parts,
        lengths.total.low,
        lengths.total.high,
        judged.limit,
        tuple((fact.key, fact.label, fact.words) for fact in judged.facts),
        judged.pairs,
        lengths.units,
        BesideView(
            inventory.tables,
            inventory.table_count.high,
            inventory.pictures,
            inventory.charts,
            inventory.text_boxes,
            inventory.text_box_count.high,
            lengths.inclusive.high,
        ),
        counts[Severity.ERROR],
        counts[Severity.WARNING],
    )
