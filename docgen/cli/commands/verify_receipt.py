"""``docgen verify-receipt``: checks that receipts are unchanged, complete and in order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.layout import format_table
from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import path_type
from docgen.cli.report import Report, apply_strictness, finish
from docgen.cli.session import Session
from docgen.cli.views.signing import choose_verifier

if TYPE_CHECKING:
    from docgen.pipeline.services.receipt_checks import ReceiptsChecked


@click.command("verify-receipt", cls=LocalizedCommand)
@click.argument("files", metavar="FILE|DIR", nargs=-1, required=True, type=path_type)
@click.option("--register", metavar="FILE", type=path_type)
@click.option("--verify-with", "verifier", metavar="CMD", default="")
@click.pass_obj
def verify_receipt(session: Session, *, files: tuple[Path, ...], register: Path | None, verifier: str) -> int:
    """Check receipts; the code is 1 if something is wrong."""
    from docgen.pipeline.services.receipt_checks import check_receipts

    checked = check_receipts(files, register, choose_verifier(session, verifier, files))
    words = session.words
    steps = [
        (words.text(f"archive.verdict.{result.verdict.value}"), words.text(f"receipt.step.{result.step}"))
        for result in checked.results
    ]
    lines = [session.text("receipts.checked", number=len(checked.receipts)), *format_table(steps, indent=2)]
    data = {"receipts": _describe_receipts(checked), "steps": _describe_steps(checked)}
    return finish(session, Report(apply_strictness(session, checked.diagnostics), lines=tuple(lines), data=data))


def _describe_receipts(checked: ReceiptsChecked) -> list[dict[str, Any]]:
    return [
        {
            "path": str(item.path),
            "sha256": item.sha256,
            "number": item.receipt.number if item.receipt is not None else None,
            "decision": item.receipt.decision if item.receipt is not None else None,
        }
        for item in checked.receipts
    ]


def _describe_steps(checked: ReceiptsChecked) -> list[dict[str, Any]]:
    return [
        {
            "step": item.step,
            "verdict": item.verdict.value,
            "codes": [diagnostic.code for diagnostic in item.diagnostics],
        }
        for item in checked.results
    ]
