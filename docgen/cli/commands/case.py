"""``docgen case``: length and shares of a good case."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import path_type, profile_option
from docgen.cli.report import Report, WrittenFile, finish
from docgen.cli.session import Session
from docgen.cli.views.case_view import BesideView, CaseView, PartView, describe_case, spell_case, spell_summary
from docgen.diagnostics import Severity, count_by_severity

if TYPE_CHECKING:
    from docgen.pipeline.services.case import CaseJudgement


@click.command("case", cls=LocalizedCommand)
@click.argument("files", metavar="FILE", nargs=-1, required=True, type=path_type)
@profile_option
@click.option("--annotate", metavar="OUT", type=path_type)
@click.option("--force", is_flag=True)
@click.pass_obj
def case(session: Session, files: tuple[Path, ...], profile_id: str | None, annotate: Path | None, force: bool) -> int:
    """Judge every text of every file; with ``--annotate``, write a copy of each Word file with what was found."""
    from docgen.pipeline import Options
    from docgen.pipeline.services.attempts import attempt_each
    from docgen.pipeline.services.case import CaseOutcome, judge_case

    def judge(path: Path) -> CaseOutcome:
        options, copy = Options(session.enter_folder(path.parent), profile_id), None
        if annotate is not None:
            from docgen.pipeline.services.annotation import Annotation

            copy = Annotation(annotate, session.lang, len(files) > 1, session.strict, force)
        return judge_case(path, options, copy)

    lines: list[str] = []
    described: list[dict[str, Any]] = []
    shown: list[tuple[str, CaseView]] = []
    done = attempt_each(files, judge)
    written = tuple(WrittenFile(item.copy, path.name) for path, item in done.results if item.copy is not None)
    for path, outcome in done.results:
        for judged in outcome.cases:
            view = view_case(judged)
            lines += [*([""] if lines else []), *spell_case(session, view)]
            shown.append((path.name, view))
            described.append({"path": str(path), **describe_case(view)})
    if len(shown) > 1:
        lines += ["", *spell_summary(session, shown)]
    return finish(session, Report(done.diagnostics, written, tuple(lines), {"cases": described}, (), done.exit_code))


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
