"""Runs the command line and gives every way in which a run can end its exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from docgen.cli.console import is_closed_pipe, prepare_streams
from docgen.cli.root import root
from docgen.cli.session import Session, peek_options
from docgen.errors import EXIT_BUG, EXIT_CANNOT_RUN, EXIT_INTERRUPTED, EXIT_OK, DocgenError, report_bug

if TYPE_CHECKING:
    from docgen.diagnostics import Diagnostic

PROGRAM = "docgen"


def run_process() -> int:
    """Run with the arguments of the process."""
    try:
        return run()
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def run(arguments: Sequence[str] | None = None) -> int:
    """Run with these arguments (else those of the process) and return the exit code; raises nothing."""
    prepare_streams()
    session = Session(peek_options(sys.argv[1:] if arguments is None else arguments))
    try:
        code = _dispatch(arguments, session)
        session.console.close()
    except OSError as fault:
        if not is_closed_pipe(fault):
            return _report_bug(session, fault)
        session.console.close()
        return EXIT_OK
    except Exception as fault:
        return _report_bug(session, fault)
    return code


def _dispatch(arguments: Sequence[str] | None, session: Session) -> int:
    try:
        result = root.main(arguments, prog_name=PROGRAM, standalone_mode=False, obj=session)
    except click.ClickException as fault:
        return _report_usage(session, fault)
    except click.Abort:
        from docgen.diagnostics import error

        return _finish(session, (error("X112"),), EXIT_INTERRUPTED)
    except DocgenError as fault:
        return _finish(session, tuple(fault.diagnostics), fault.exit_code)
    return result if isinstance(result, int) else EXIT_OK


def _report_usage(session: Session, fault: click.ClickException) -> int:
    from docgen.cli.usage import describe_usage

    diagnostic = describe_usage(fault)
    ctx = fault.ctx if isinstance(fault, click.UsageError) else None
    if session.is_json:
        if ctx is not None:
            session.command = " ".join(ctx.command_path.split()[1:])
        return _finish(session, (diagnostic,), EXIT_CANNOT_RUN)
    if ctx is not None and diagnostic.code == "X108":
        session.console.write_message(ctx.get_help())
        return EXIT_CANNOT_RUN
    from docgen.cli.report import format_diagnostic

    for line in format_diagnostic(session, diagnostic):
        session.console.write_message(line)
    if ctx is not None:
        session.console.write_message(ctx.get_usage())
    return EXIT_CANNOT_RUN


def _report_bug(session: Session, fault: Exception) -> int:
    if session.debug:
        import traceback

        session.console.write_message("".join(traceback.format_exception(fault)))
    return _finish(session, (report_bug(fault),), EXIT_BUG)


def _finish(session: Session, diagnostics: tuple[Diagnostic, ...], exit_code: int) -> int:
    from docgen.cli.report import (
        Report,
        finish,
    )  # not at the top: a run that only shows its version or help needs none of it

    return finish(session, Report(diagnostics, exit_code=exit_code))
