"""``docgen case``: length and shares of a good case, or of all in a folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import force_option, jobs_option, path_type, profile_option, take_options
from docgen.cli.report import Report, WrittenFile, finish, weigh
from docgen.cli.session import Session
from docgen.cli.usage import UsageFault
from docgen.cli.views.case_view import BesideView, CaseView, PartView, describe_case, spell_case, spell_summary
from docgen.diagnostics import Severity, count_by_severity, error

if TYPE_CHECKING:
    from docgen.batch.cases import ReviewedFile
    from docgen.checks.rules.section_length import PartLength, SectionLengths
    from docgen.pipeline import Options
    from docgen.pipeline.services.case import CaseJudgement

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
    """Judge every text; with ``--out``, write the table of all, with ``--annotate``, commented copies."""
    from docgen.batch.cases import find_cases, review_cases
    from docgen.pipeline.services.annotation import Annotation

    said = read_parts(parts)
    found, others = find_cases(files, annotate)
    is_many = len(files) > 1 or any(path.is_dir() for path in files)
    copies = None
    if annotate is not None:
        copies = Annotation(annotate, session.lang, is_many, session.strict, options.force)
    reviewed = review_cases(
        found,
        lambda folder: replace(options, resources=session.enter_folder(folder)),
        said,
        annotation=copies,
        jobs=jobs,
        progress=session.console.show_progress if len(found) > 1 else None,
    )
    shown = [(item, view_case(session, item, judged)) for item in reviewed for judged in item.cases]
    lines: list[str] = []
    for _, view in shown if len(shown) <= _SHOWN_WHOLE else ():
        lines += [*([""] if lines else []), *spell_case(session, view)]
    if len(shown) > 1:
        lines += [*([""] if lines else []), *spell_summary(session, [(item.case.name, view) for item, view in shown])]
    if others:
        lines.append(session.text("case.others", count=others))
    written = [WrittenFile(item.copy, item.case.name) for item in reviewed if item.copy is not None]
    if out is not None:
        _write_table(session, out, reviewed, options.force)
        written.insert(0, WrittenFile(out, session.text("case.table")))
    described = shown if session.is_json else []
    data = {
        "cases": [
            {"path": str(item.case.path), **describe_case(view), **_list_shared(item)} for item, view in described
        ]
    }
    diagnostics = tuple(found for item in reviewed for found in item.diagnostics)
    if not reviewed:
        diagnostics = (error("C158", folder="、".join(map(str, files))),)
    code = max((item.exit_code for item in reviewed), default=0)
    return finish(session, Report(diagnostics, tuple(written), tuple(lines), data, (), code))


def read_parts(text: str | None) -> dict[str, str]:
    """What ``--parts`` says: headings by number or words, and the parts that they begin."""
    found: dict[str, str] = {}
    for piece in (text or "").replace("，", ",").replace("；", ",").replace(";", ",").split(","):
        heading, sign, part = piece.replace("＝", "=").partition("=")
        if not piece.strip():
            continue
        if not sign or not heading.strip() or not part.strip():
            raise UsageFault(error("C159", said=piece.strip()), click.get_current_context())
        found[heading.strip()] = part.strip()
    return found


def view_case(session: Session, item: ReviewedFile, judged: CaseJudgement) -> CaseView:
    """A judgement as it is shown."""
    lengths = judged.lengths
    counts, inventory = count_by_severity(weigh(session, item.list_found(judged))), judged.inventory
    letters = {length.part.key: _spell_letter(lengths, length) for length in lengths.parts}
    return CaseView(
        judged.name if len(item.cases) > 1 or item.case.path.suffix in (".yaml", ".yml", ".json") else item.case.name,
        judged.title,
        tuple(_view_part(session, lengths, length) for length in lengths.parts),
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
            inventory.captions,
            inventory.caption_count.high,
            inventory.notes,
            inventory.note_count.high,
            inventory.hidden,
            inventory.hidden_count.high,
            lengths.inclusive.high,
        ),
        counts[Severity.ERROR],
        counts[Severity.WARNING],
        judged.subtitle,
        judged.answers,
        tuple(
            (doubt.heading, doubt.count.high, tuple(letters[key] for key in doubt.keys if key in letters))
            for doubt in lengths.doubts
        ),
        item.shared_count,
        lengths.open_words,
    )


def _view_part(session: Session, lengths: SectionLengths, length: PartLength) -> PartView:
    from docgen.checks.rules.section_length.report import spell_reason

    reading = length.reading
    terms = tuple(spell_reason(reason) for reason in reading.reasons) if reading is not None else ()
    found = length.verdict in ("absent", "empty")
    return PartView(
        key=length.part.key,
        title=length.part.title,
        count=length.count.high,
        share=float(length.share or 0),
        low=float(length.part.low),
        high=float(length.part.high),
        change=length.to_band,
        wanted=float(length.part.share),
        letter=_spell_letter(lengths, length),
        heading=length.heading,
        certainty=reading.certainty if reading is not None else None,
        reasons=tuple(session.words.text(term.key, **term.params) for term in terms),
        state=length.verdict if found else None if lengths.is_whole else "open",  # type: ignore[arg-type]
    )


def _spell_letter(lengths: SectionLengths, length: PartLength) -> str:
    return chr(ord("a") + lengths.parts.index(length))


def _list_shared(item: ReviewedFile) -> dict[str, Any]:
    shared = [{"excerpt": one.excerpt, "count": one.count, "others": list(one.others)} for one in item.shared]
    return {"shared_paragraphs": shared}


def _write_table(session: Session, out: Path, reviewed: list[ReviewedFile], force: bool) -> None:
    from docgen.archive.writing.target import open_target
    from docgen.batch.case_book import write_case_book

    with open_target(out, force=force) as file:
        write_case_book(file, reviewed, session.strict)
