"""``docgen verify``: the receiver's side, from the zip alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.layout import clean_line, set_table, spell_size
from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import path_type
from docgen.cli.report import Report, finish, show_path, weigh
from docgen.cli.session import Session
from docgen.diagnostics import has_errors

if TYPE_CHECKING:
    from docgen.archive.plan.model import PackageIndex
    from docgen.archive.verify.relations import Relation
    from docgen.archive.verify.report import VerifyReport


@click.command("verify", cls=LocalizedCommand)
@click.argument("packages", metavar="PACKAGE.zip", nargs=-1, required=True, type=path_type)
@click.pass_obj
def verify(session: Session, packages: tuple[Path, ...]) -> int:
    """Verify every package; the code is the worst of them."""
    from docgen.archive.zip.limits import Limits
    from docgen.pipeline.services.receiving import verify_packages

    def show(name: str, number: int, total: int) -> None:
        session.console.show_progress(clean_line(name), number, total)

    verified = verify_packages(packages, show, Limits(**session.find_limits()))
    found = list(verified.unread)
    lines: list[str] = []
    described: list[dict[str, Any]] = []
    for item in verified.packages:
        found += item.diagnostics
        intact = not has_errors(weigh(session, item.diagnostics))
        lines += [*([""] if lines else []), *spell_result(session, item.report, intact, item.relation)]
        described.append(describe_result(session, item.report, intact, item.relation))
    data = {"packages": described}
    return finish(session, Report(tuple(found), lines=tuple(lines), data=data, exit_code=verified.exit_code))


def spell_result(session: Session, result: VerifyReport, intact: bool, relation: Relation | None) -> list[str]:
    """A package: what it is, the verdict of each step, and the whole."""
    files = session.text("verify.files", files=result.files, size=spell_size(result.bytes))
    index = result.index
    rows = [
        (session.text("verify.package"), show_path(result.path)),
        (session.text("verify.name"), result.name),
        (session.text("verify.title"), index.title if index is not None else ""),
        (session.text("verify.standard"), index.standard.number + index.standard.remark if index is not None else ""),
        (session.text("verify.identity"), result.identity or ""),
        (session.text("verify.contents"), files),
        (session.text("verify.until"), _spell_until(session, index)),
        (session.text("verify.work"), _spell_work(session, result)),
        *_spell_relation(session, result, relation),
    ]
    steps = [(_say(session, step.spoken_verdict), _say(session, step.title)) for step in result.steps]
    lines = [*set_table([row for row in rows if row[1]]), *set_table(steps, indent=2)]
    if index is not None and index.draft:
        lines.append(session.text("verify.draft"))
    return [*lines, session.text("verify.intact" if intact else "verify.faulty")]


def _spell_until(session: Session, index: PackageIndex | None) -> str:
    """Where a stage package ends, and how many filing items come after that nobody looked at."""
    if index is None or index.until is None:
        return ""
    said = {"item": index.until.item, "label": index.until.label, "count": len(index.later)}
    return session.text("verify.later", **said)


def _spell_work(session: Session, result: VerifyReport) -> str:
    """What reading the package took, and how much it might have taken."""
    work = result.work
    return session.text(
        "verify.work-done",
        entries=f"{work.entries:,}",
        most_entries=f"{work.most_entries:,}",
        inflated=spell_size(work.inflated),
        most_inflated=spell_size(work.most_inflated),
        elements=f"{work.elements:,}",
        most_elements=f"{work.most_elements:,}",
    )


def _spell_relation(session: Session, result: VerifyReport, relation: Relation | None) -> list[tuple[str, str]]:
    """What kind of package it is where it isn't a full one, which it belongs to, and what was left out of it."""
    index = result.index
    if index is None or relation is None:
        return []
    belonging = session.text("verify.redacted-from" if index.redaction is not None else "verify.supplements")
    told = session.text(
        "verify.belongs" if relation.is_met else "verify.alone", name=relation.name or "—", identity=relation.identity
    )
    rows = [
        (session.text("verify.kind"), session.words.text(f"archive.kind.{index.kind}")),
        (belonging, told),
    ]
    if index.redaction is not None:
        rows.append((session.text("verify.left-out"), session.text("verify.counts", **index.redaction.model_dump())))
    return rows


def describe_result(session: Session, result: VerifyReport, intact: bool, relation: Relation | None) -> dict[str, Any]:
    """The same for JSON."""
    from docgen.archive.verify.description import complete_description, describe_report

    return complete_description(describe_report(result), session.words, relation, intact=intact)


def _say(session: Session, term: Any) -> str:
    return session.words.text(term.key, **term.params)
