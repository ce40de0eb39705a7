"""Makes diagnostics of click's usage errors, with a suggestion of what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

import click

from docgen.diagnostics import Diagnostic, Term, error


class UsageFault(click.UsageError):
    """A usage error that is a diagnostic already."""

    def __init__(self, diagnostic: Diagnostic, ctx: click.Context | None = None) -> None:
        super().__init__(diagnostic.code, ctx)
        self.diagnostic = diagnostic


def suggest_nearest(word: str, choices: Iterable[str]) -> Term:
    """A sentence that names the choice closest to a word; an empty one where none is close."""
    from difflib import get_close_matches

    nearest = get_close_matches(word, list(choices), n=1, cutoff=0.6)
    return Term("cli.nearest", {"name": nearest[0]}) if nearest else Term("cli.no-nearest")


def describe_usage(fault: click.ClickException) -> Diagnostic:
    """The diagnostic of a usage error."""
    if isinstance(fault, UsageFault):
        return fault.diagnostic
    ctx = fault.ctx if isinstance(fault, click.UsageError) else None
    help_command = f"{ctx.command_path if ctx is not None else 'docgen'} --help"
    if isinstance(fault, click.NoSuchOption):
        nearest = suggest_nearest(fault.option_name, _list_options(ctx))
        return error("X101", name=fault.option_name, hint=nearest, help=help_command)
    if isinstance(fault, click.BadOptionUsage):
        code = "X104" if _is_flag(fault.option_name, ctx) else "X103"
        return error(code, name=fault.option_name, help=help_command)
    if isinstance(fault, click.MissingParameter) and fault.param is not None:
        param = fault.param
        name = param.opts[-1] if isinstance(param, click.Option) else param.metavar or (param.name or "").upper()
        return error("X105", name=name, help=help_command)
    return error("X109", reason=fault.format_message(), help=help_command)


def _list_options(ctx: click.Context | None) -> list[str]:
    if ctx is None:
        return []
    return [name for param in ctx.command.get_params(ctx) if isinstance(param, click.Option) for name in param.opts]


def _is_flag(name: str, ctx: click.Context | None) -> bool:
    options = ctx.command.get_params(ctx) if ctx is not None else []
    return any(name in item.opts and isinstance(item, click.Option) and item.is_flag for item in options)
