"""``docgen case``: checks length and shares of a good case, or of all in a folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import force_option, jobs_option, path_type, profile_option, take_options
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.cli.usage import UsageFault
from docgen.cli.views.case_view import format_case, format_summary
from docgen.diagnostics import error
from docgen.errors import SourceError
from docgen.messages.answer import WrittenFile

if TYPE_CHECKING:
    from docgen.batch.cases import ReviewedFile
    from docgen.pipeline import Options

_SHOWN_WHOLE = 10


@click.command("case", cls=LocalizedCommand)
@click.argument("files", metavar="FILE|DIR", nargs=-1, required=True, type=path_type)
@click.option("-o", "--out", metavar="TABLE.xlsx", type=path_type)
@profile_option
@click.option("--parts", metavar="N=PART,...")
@click.option("--annotate", metavar="OUT", type=path_type)
@jobs_option
@force_option
@take_options
def case(
    session: Session,
    *,
    options: Options,
    files: tuple[Path, ...],
    out: Path | None,
    parts: str | None,
    annotate: Path | None,
    jobs: int | None,
) -> int:
    """Check every text; with ``--out``, write the table of all, with ``--annotate``, commented copies."""
    from docgen.batch.cases import find_cases, review_cases
    from docgen.batch.cases.view import describe_reviewed, view_case
    from docgen.pipeline.services.annotation import Annotation

    headings = read_parts(parts)
    cases, others = find_cases(files, annotate)
    is_many = len(files) > 1 or any(path.is_dir() for path in files)
    copies = None
    if annotate is not None:
        copies = Annotation(annotate, session.lang, is_many, session.strict, options.force)
    reviewed = review_cases(
        cases,
        lambda folder: replace(options, resources=session.enter_folder(folder)),
        headings,
        annotation=copies,
        jobs=jobs,
        progress=session.console.show_progress if len(cases) > 1 else None,
    )
    views = [
        [view_case(session.words, item, judged, strict=session.strict) for judged in item.cases] for item in reviewed
    ]
    pairs = [(item, view) for item, own in zip(reviewed, views, strict=True) for view in own]
    lines: list[str] = []
    for _, view in pairs if len(pairs) <= _SHOWN_WHOLE else ():
        lines += [*([""] if lines else []), *format_case(session, view)]
    if len(pairs) > 1:
        lines += [*([""] if lines else []), *format_summary(session, [(item.case.name, view) for item, view in pairs])]
    if others:
        lines.append(session.text("case.others", count=others))
    written = [WrittenFile(item.copy, item.case.name) for item in reviewed if item.copy is not None]
    if out is not None:
        _write_table(session, out, reviewed, options.force)
        written.insert(0, WrittenFile(out, session.text("case.table")))
    described_pairs = zip(reviewed, views, strict=True) if session.is_json else ()
    data = {"cases": [described for item, own in described_pairs for described in describe_reviewed(item, own)]}
    diagnostics = tuple(diagnostic for item in reviewed for diagnostic in item.diagnostics)
    if not reviewed:
        diagnostics = (error("C158", folder="、".join(map(str, files))),)
    code = max((item.exit_code for item in reviewed), default=0)
    return finish(session, Report(diagnostics, tuple(written), tuple(lines), data, (), code))


def read_parts(text: str | None) -> dict[str, str]:
    """The headings of ``--parts``, by number or words, with the parts that they begin; UsageFault when malformed."""
    from docgen.pipeline.services.case import split_parts

    try:
        return split_parts(text or "")
    except SourceError as fault:
        raise UsageFault(fault.diagnostics[0], click.get_current_context()) from None


def _write_table(session: Session, out: Path, reviewed: list[ReviewedFile], force: bool) -> None:
    from docgen.archive.writing.target import open_target
    from docgen.batch.cases.book import write_case_book

    with open_target(out, force=force) as file:
        write_case_book(file, reviewed, session.strict)
