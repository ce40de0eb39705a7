"""``docgen explain``: explains codes: what each means, why it matters, how to mend it."""

from __future__ import annotations

import re

import click

from docgen.cli.completion import complete_codes
from docgen.cli.layout import find_columns, format_paragraphs, format_table
from docgen.cli.localized import LocalizedCommand
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.cli.usage import suggest_nearest
from docgen.diagnostics import error
from docgen.errors import EXIT_CANNOT_RUN
from docgen.messages import Entry

_PARAMETER = re.compile(r"\{[a-z_]+\}")


@click.command("explain", cls=LocalizedCommand)
@click.argument("codes", metavar="CODE", nargs=-1, shell_complete=complete_codes)
@click.pass_obj
def explain(session: Session, codes: tuple[str, ...]) -> int:
    """Explain these codes, or list all."""
    entries = session.words.diagnostics
    wanted = [code.upper() for code in codes] or sorted(entries)
    unknown = [code for code in wanted if code not in entries]
    explained = [code for code in wanted if code in entries]
    diagnostics = tuple(error("X119", name=code, hint=suggest_nearest(code, sorted(entries))) for code in unknown)
    lines: list[str] = []
    if codes:
        for code in explained:
            lines += [*([""] if lines else []), *format_entry(session, code, entries[code])]
    else:
        lines = format_table([(code, entries[code].title) for code in explained])
    described = [
        {
            "code": code,
            "title": entries[code].title,
            "message": entries[code].message,
            "why": entries[code].why,
            "mend": entries[code].mend,
        }
        for code in explained
    ]
    report = Report(
        diagnostics, lines=tuple(lines), data={"codes": described}, exit_code=EXIT_CANNOT_RUN if unknown else 0
    )
    return finish(session, report)


def format_entry(session: Session, code: str, entry: Entry) -> list[str]:
    """A code's entry as lines of text; parameters of the message are shown as an ellipsis."""
    columns = find_columns()
    lines = [f"{code}  {entry.title}"]
    for name in ("message", "why", "mend"):
        text = _PARAMETER.sub("…", getattr(entry, name)).replace("{{", "{").replace("}}", "}")
        lines += [session.text(f"explain.{name}"), *format_paragraphs(text, columns, indent=4)]
    return lines
