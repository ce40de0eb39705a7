"""Formats the handbook's page of commands, from the same commands and catalogue as ``--help``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from docgen.cli.localized import GLOBAL_OPTIONS, LocalizedCommand, find_param_help, format_parameter
from docgen.cli.root import root
from docgen.cli.session import LANG_VARIABLE, Session
from docgen.messages import Language, catalogue

PROGRAM = "docgen"


def format_reference(lang: Language) -> str:
    """The page ``commands.md`` in a language, as Markdown."""
    session = Session({}, {LANG_VARIABLE: lang})
    return "\n".join(_format_page(session)).rstrip() + "\n"


def iterate_commands(ctx: click.Context) -> Iterator[click.Context]:
    """The contexts of all commands below a group, depth first."""
    assert isinstance(ctx.command, click.Group)
    for name in ctx.command.list_commands(ctx):
        command = ctx.command.get_command(ctx, name)
        assert command is not None, name
        inner = click.Context(command, parent=ctx, info_name=name)
        yield inner
        if isinstance(command, click.Group):
            yield from iterate_commands(inner)


def make_root_context(session: Session) -> click.Context:
    """The context of ``docgen`` itself."""
    return click.Context(root, info_name=PROGRAM, obj=session)


def _format_page(session: Session) -> Iterator[str]:
    helps, top = catalogue(session.lang).helps, make_root_context(session)
    yield from (helps["reference.head"], helps["docgen"].partition("\n")[0], "")
    contexts = list(iterate_commands(top))
    yield from (f"- `{PROGRAM} {_format_name(inner)}`　{_format_short_help(inner, session)}" for inner in contexts)
    yield ""
    yield from _format_section(session.text("help.global-options"), GLOBAL_OPTIONS, top, session)
    for inner in contexts:
        yield from _format_command(inner, session)
    for name in ("exit-codes", "json", "settings", "completion"):
        yield helps[f"reference.{name}"]


def _format_name(ctx: click.Context) -> str:
    return " ".join(ctx.command_path.split()[1:])


def _format_short_help(ctx: click.Context, session: Session) -> str:
    assert isinstance(ctx.command, LocalizedCommand)
    return ctx.command.find_short_help(session.words)


def _format_command(ctx: click.Context, session: Session) -> Iterator[str]:
    command = ctx.command
    assert isinstance(command, LocalizedCommand)
    if isinstance(command, click.Group):
        return
    yield from (f"## {_format_name(ctx)}", "", "```", ctx.get_usage(), "```", "")
    yield from _format_help(session.words.helps[command.help_key])
    arguments = [item for item in command.params if isinstance(item, click.Argument)]
    options = [item for item in command.params if isinstance(item, click.Option)]
    yield from _format_section(session.text("help.arguments"), arguments, ctx, session)
    yield from _format_section(session.text("help.options"), options, ctx, session)


def _format_help(text: str) -> Iterator[str]:
    """Help as Markdown: indented lines, which are examples, become a block of code."""
    inside = False
    for line in text.strip().splitlines():
        example = line.startswith(" ")
        if example != inside:
            yield "```"
        inside = example
        yield line.strip()
    if inside:
        yield "```"
    yield ""


def _format_section(
    title: str, params: Sequence[click.Parameter], ctx: click.Context, session: Session
) -> Iterator[str]:
    if not params:
        return
    assert isinstance(ctx.command, LocalizedCommand)
    yield from (f"**{title.rstrip('：: ')}**", "")
    for item in params:
        yield f"- `{format_parameter(item)}`　{find_param_help(session.words, ctx.command, item)}"
    yield ""
