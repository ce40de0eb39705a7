"""``docgen receipts``: searches and exports the register of receipts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from docgen.cli.layout import clean_line, format_table
from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import force_option, path_type
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.diagnostics import Location, error, info
from docgen.messages.answer import WrittenFile

_LISTED = 200


@click.command("receipts", cls=LocalizedCommand)
@click.argument("folder", metavar="DIR", type=path_type)
@click.argument("query", metavar="WORD", nargs=-1)
@click.option("-o", "--out", metavar="X.xlsx|X.json", type=path_type)
@force_option
@click.pass_obj
def receipts(session: Session, *, folder: Path, query: tuple[str, ...], out: Path | None, force: bool) -> int:
    """List the receipts of a register that contain every word, or write them to a file."""
    from docgen.archive.receipts.register import REGISTER, read_register
    from docgen.batch.inbox.receipt_book import write_entries
    from docgen.errors import OutputError

    path = folder / REGISTER
    if not path.is_file():
        raise OutputError(error("V267", Location(file=str(folder)), path=str(folder)))
    with read_register(path) as register:
        entries = register.list_entries(" ".join(query))
    words = session.words
    outputs: tuple[WrittenFile, ...] = ()
    lines: list[str] = []
    if out is not None:
        write_entries(entries, out, words, force=force)
        outputs = (WrittenFile(out, words.text("receipt.register"), label="output.register"),)
    else:
        rows = [
            (entry.number, words.text(f"receipt.decision.{entry.decision}"), clean_line(entry.file), entry.sender)
            for entry in entries[:_LISTED]
        ]
        lines = [*format_table(rows)]
        if len(entries) > _LISTED:
            lines.append(session.text("verify.others", number=len(entries) - _LISTED))
    lines.append(session.text("receipts.count", number=len(entries)))
    diagnostics = () if entries or not query else (info("V263", Location(file=str(path)), query=" ".join(query)),)
    data = {"receipts": [asdict(entry) for entry in entries]}
    return finish(session, Report(diagnostics, outputs, tuple(lines), data))
