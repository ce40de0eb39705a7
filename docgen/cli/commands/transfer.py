"""``docgen transfer``: a package laid out as archives take electronic records over."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import draft_option, force_option, out_option, path_type
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.cli.views.packing_bar import PackingBar
from docgen.diagnostics import Diagnostic
from docgen.errors import EXIT_OK, DocgenError


@click.command("transfer", cls=LocalizedCommand)
@click.argument("packages", metavar="PACKAGE.zip", nargs=-1, required=True, type=path_type)
@out_option
@click.option("--receiver", metavar="NAME", default="")
@click.option("--carrier", metavar="TEXT", default="")
@click.option("--carrier-number", metavar="TEXT", default="")
@draft_option
@force_option
@click.pass_obj
def transfer(
    session: Session,
    *,
    packages: tuple[Path, ...],
    out: Path,
    receiver: str,
    carrier: str,
    carrier_number: str,
    draft: bool,
    force: bool,
) -> int:
    """Lay out every package; the code is the worst of them."""
    from docgen.pipeline import Output, TransferOptions, transfer_package

    resources = session.find_resources()
    options = TransferOptions(resources, receiver, carrier, carrier_number, draft, force)
    found: list[Diagnostic] = []
    outputs: list[Output] = []
    worst = EXIT_OK
    for path in packages:
        try:
            outcome = transfer_package(path, out, options, PackingBar(session))
        except DocgenError as fault:
            found += fault.diagnostics
            worst = max(worst, fault.exit_code)
            continue
        found += outcome.diagnostics
        outputs += [outcome.output] if outcome.output is not None else []
    hints = (session.text("transfer.next"),) if outputs else ()
    return finish(session, Report(tuple(found), outputs=tuple(outputs), hints=hints, exit_code=worst))
