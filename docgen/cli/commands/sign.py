"""``docgen sign``: makes a detached signature of a file with the user's own program."""

from __future__ import annotations

from pathlib import Path

import click

from docgen.cli.localized import LocalizedCommand
from docgen.cli.options import force_option, path_type
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.cli.usage import UsageFault
from docgen.cli.views.signing import choose_signer
from docgen.diagnostics import error
from docgen.messages.answer import WrittenFile


@click.command("sign", cls=LocalizedCommand)
@click.argument("files", metavar="FILE", nargs=-1, required=True, type=path_type)
@click.option("--sign-with", "signer", metavar="CMD", default="")
@force_option
@click.pass_obj
def sign(session: Session, *, files: tuple[Path, ...], signer: str, force: bool) -> int:
    """Sign every file; the code is the worst of them."""
    from docgen.pipeline.services.attempts import attempt_each
    from docgen.pipeline.services.signing import sign_file

    program, ctx = choose_signer(session, signer), click.get_current_context()
    if program is None:
        raise UsageFault(error("X105", name="--sign-with", help=f"{ctx.command_path} --help"), ctx)
    done = attempt_each(files, lambda path: sign_file(program, path, force=force))
    outputs = tuple(
        WrittenFile(signature.path, signature.path.name, label="output.signature") for _, signature in done.results
    )
    return finish(session, Report(done.diagnostics, outputs, exit_code=done.exit_code))
