"""``docgen`` itself: its commands, each in a module of its own that is imported when it is called."""

from __future__ import annotations

from typing import Any

import click

import docgen
from docgen.cli.localized import LocalizedGroup
from docgen.cli.session import Session

COMMANDS = {
    name: f"docgen.cli.commands.{module}:{module}"
    for name in (
        "new",
        "check",
        "status",
        "build",
        "batch",
        "fill",
        "summarize",
        "case",
        "package",
        "verify",
        "verify-receipt",
        "receipts",
        "sign",
        "transfer",
        "serve",
        "diff",
        "map",
        "profile",
        "template",
        "schema",
        "explain",
        "doctor",
    )
    for module in (name.replace("-", "_"),)
}


def _report_version(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    del param
    if not value or ctx.resilient_parsing:
        return
    session = ctx.find_object(Session)
    if session is not None and session.is_json:
        from docgen.cli.report import Report, finish

        session.command = "--version"
        finish(session, Report(data={"version": docgen.__version__}))
    elif session is not None:
        session.console.write_data(f"docgen {docgen.__version__}")
    ctx.exit()


@click.group(
    "docgen",
    cls=LocalizedGroup,
    help_key="docgen",
    lazy=COMMANDS,
    params=[click.Option(["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_report_version)],
)
def root() -> None:
    """Its help is in the catalogue."""
