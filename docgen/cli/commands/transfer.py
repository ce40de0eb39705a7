"""``docgen transfer``: lays a package out for the transfer of electronic records to an archive."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import draft_option, force_option, out_option, path_type
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.cli.views.packing_bar import PackingBar


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
    from docgen.pipeline.packages.transfer import TransferOptions, transfer_package
    from docgen.pipeline.services.attempts import attempt_each

    resources = session.find_resources()
    options = TransferOptions(resources, receiver, carrier, carrier_number, draft, force)
    done = attempt_each(packages, lambda path: transfer_package(path, out, options, PackingBar(session)))
    outputs = tuple(outcome.output for _, outcome in done.results if outcome.output is not None)
    hints = (session.text("transfer.next"),) if outputs else ()
    return finish(session, Report(done.diagnostics, outputs=outputs, hints=hints, exit_code=done.exit_code))
