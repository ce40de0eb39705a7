"""Click's commands and options with help in the reader's language, looked up when it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

import click
from click.core import ParameterSource

from docgen.cli.layout import find_columns, format_definitions, format_paragraphs
from docgen.cli.session import FORMATS, Session
from docgen.languages import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import CompletionItem

    from docgen.cli.usage import UsageFault
    from docgen.diagnostics import Param
    from docgen.messages import Catalogue

    _PathType = click.ParamType[Path]
    _WordType = click.ParamType[str]
else:
    _PathType = _WordType = click.ParamType  # generic only in newer versions of click

_GLOBAL = "global"


def make_usage_fault(code: str, ctx: click.Context | None, **params: Param) -> UsageFault:
    """The exception for a wrong command line."""
    from docgen.cli.usage import UsageFault
    from docgen.diagnostics import Diagnostic, Severity

    return UsageFault(Diagnostic(code, Severity.ERROR, params), ctx)


class PathType(_PathType):
    """A path; that it exists is checked where it is opened."""

    name = "path"

    def __init__(self, *, folder: bool = False) -> None:
        self.folder = folder

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path, without access to the disk."""
        from pathlib import Path

        del param, ctx
        return Path(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The shell's own completion of files or folders."""
        from click.shell_completion import CompletionItem

        del ctx, param
        return [CompletionItem(incomplete, type="dir" if self.folder else "file")]


class ChoiceType(_WordType):
    """One of a few words."""

    name = "choice"

    def __init__(self, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word; UsageFault X106 for any other."""
        if value not in self.choices:
            name = param.opts[-1] if param is not None else ""
            raise make_usage_fault("X106", ctx, value=str(value), name=name, known="、".join(self.choices))
        return cast("str", value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The words that begin so."""
        from click.shell_completion import CompletionItem

        del ctx, param
        return [CompletionItem(word) for word in self.choices if word.startswith(incomplete)]


class IdentityType(_WordType):
    """A package's identity; UsageFault X106 for anything else."""

    name = "identity"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The identity in small letters."""
        from docgen.archive.verify.identity import parse_identity

        identity = parse_identity(str(value))
        if identity is None:
            name = param.opts[-1] if param is not None else ""
            raise make_usage_fault("X106", ctx, value=str(value), name=name, known="0–9 a–f × 64")
        return identity


def _set_option(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    session = ctx.find_object(Session)
    name = param.name or ""
    if session is not None and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
        session.set_option(name, value)


def _make_global(*names: str, **details: Any) -> click.Option:
    return click.Option(names, expose_value=False, callback=_set_option, is_eager=True, **details)


GLOBAL_OPTIONS: tuple[click.Option, ...] = (
    _make_global("--lang", type=ChoiceType(LANGUAGES)),
    _make_global("--format", type=ChoiceType(FORMATS)),
    _make_global("--strict", is_flag=True),
    _make_global("--profiles", type=PathType(folder=True), multiple=True, metavar="DIR"),
    _make_global("--templates", type=PathType(folder=True), multiple=True, metavar="DIR"),
    _make_global("--no-color", is_flag=True),
)


def _show_help(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    del param
    session = ctx.find_object(Session)
    if value and session is not None and not ctx.resilient_parsing:
        session.console.write_data(ctx.get_help())
        ctx.exit()


HELP_OPTION = click.Option(("-h", "--help"), is_flag=True, expose_value=False, is_eager=True, callback=_show_help)


def find_words(ctx: click.Context | None) -> Catalogue:
    """The catalogue of the session that a context belongs to; Chinese without one."""
    session = ctx.find_object(Session) if ctx is not None else None
    if session is not None:
        return session.words
    from docgen.messages import catalogue

    return catalogue()


def format_parameter(param: click.Parameter) -> str:
    """A parameter as it is typed: ``-o, --out OUT`` or ``RECORD...``."""
    if isinstance(param, click.Argument):
        return (param.metavar or (param.name or "").upper()) + ("..." if param.nargs == -1 else "")
    names = ", ".join(sorted(param.opts, key=len))
    if getattr(param, "is_flag", False) or getattr(param, "count", False):
        return names
    metavar = param.metavar or ("|".join(param.type.choices) if isinstance(param.type, ChoiceType) else None)
    return f"{names} {metavar or ''}".rstrip()


class _HasHelpKey(Protocol):
    help_key: str


def find_param_help(words: Catalogue, command: _HasHelpKey, param: click.Parameter) -> str:
    """The help of a parameter, under the key ``<command>.<name>``, for the global ones ``global.<name>``."""
    if param is HELP_OPTION:
        return words.helps[f"{_GLOBAL}.help"]
    return words.helps[f"{_GLOBAL if param in GLOBAL_OPTIONS else command.help_key}.{param.name}"]


class LocalizedCommand(click.Command):
    """A command whose help is in the catalogue under ``help_key``: its name, words joined by dots."""

    def __init__(self, *args: Any, help_key: str | None = None, **details: Any) -> None:
        super().__init__(*args, **details)
        self.help_key = help_key or self.name or ""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``, which writes through the session's console."""
        del ctx
        return HELP_OPTION

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its own parameters and the global ones."""
        return [*super().get_params(ctx), *GLOBAL_OPTIONS]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The rest of the arguments, as click parses them; UsageFault X107 for more than the command takes."""
        group = isinstance(self, click.Group)
        ctx.allow_extra_args = True
        try:
            rest = super().parse_args(ctx, args)
        except click.UsageError as fault:
            fault.ctx = fault.ctx or ctx
            raise
        if not group and ctx.args and not ctx.resilient_parsing:
            raise make_usage_fault("X107", ctx, values=" ".join(map(str, ctx.args)), help=f"{ctx.command_path} --help")
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, its name set in the session."""
        session = ctx.find_object(Session)
        if session is not None:
            session.command = " ".join(ctx.command_path.split()[1:])
        return super().invoke(ctx)

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first line of its help, not cut at ``limit``."""
        del limit
        return self.find_short_help(find_words(click.get_current_context(silent=True)))

    def find_short_help(self, words: Catalogue) -> str:
        """The first line of its help."""
        return words.helps[self.help_key].partition("\n")[0]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The placeholder for options, then the arguments."""
        options = find_words(ctx).text("cli.help.options-metavar")
        arguments = [item for item in self.params if isinstance(item, click.Argument)]
        return [f"[{options}]", *(format_parameter(item) for item in arguments)]

    def get_usage(self, ctx: click.Context) -> str:
        """The line of usage."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        return f"{find_words(ctx).text('cli.help.usage')}{ctx.command_path} {pieces}"

    def get_help(self, ctx: click.Context) -> str:
        """The whole help, set for the terminal."""
        words, columns = find_words(ctx), find_columns()
        lines = [self.get_usage(ctx), "", *format_paragraphs(words.helps[self.help_key], columns), ""]
        own = [item for item in self.get_params(ctx) if item not in GLOBAL_OPTIONS]
        arguments = [item for item in own if isinstance(item, click.Argument)]
        options = [item for item in own if isinstance(item, click.Option)]
        sections = [
            ("commands", self.list_short_helps(ctx, words)),
            ("arguments", self._describe(arguments, words)),
            ("options", self._describe(options, words)),
            ("global-options", self._describe(GLOBAL_OPTIONS, words)),
        ]
        for name, rows in sections:
            if rows:
                lines += [words.text(f"cli.help.{name}"), *format_definitions(rows, columns), ""]
        return "\n".join(lines).rstrip()

    def list_short_helps(self, ctx: click.Context, words: Catalogue) -> list[tuple[str, str]]:
        """The commands below it; a plain command has none."""
        del ctx, words
        return []

    def _describe(self, params: Sequence[click.Parameter], words: Catalogue) -> list[tuple[str, str]]:
        return [(format_parameter(item), find_param_help(words, self, item)) for item in params]


class LocalizedGroup(LocalizedCommand, click.Group):
    """A group whose commands are imported when they are asked for: ``lazy`` gives ``module:attribute`` by name."""

    def __init__(self, *args: Any, lazy: dict[str, str] | None = None, **details: Any) -> None:
        super().__init__(*args, no_args_is_help=False, **details)
        self.lazy = lazy or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in their order of definition."""
        del ctx
        return [*self.lazy, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name in self.lazy:
            module, _, attribute = self.lazy[cmd_name].partition(":")
            return cast("click.Command", getattr(import_module(module), attribute))
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names; UsageFault X102 when none does."""
        if not ctx.resilient_parsing and args[0] not in self.list_commands(ctx):
            from docgen.cli.usage import suggest_nearest

            nearest = suggest_nearest(args[0], self.list_commands(ctx))
            raise make_usage_fault("X102", ctx, name=args[0], hint=nearest, help=f"{ctx.command_path} --help")
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The rest of the arguments, as click parses them; UsageFault X108 without a command."""
        rest = super().parse_args(ctx, args)
        pending = vars(ctx).get("_protected_args") or vars(ctx).get(
            "protected_args"
        )  # the name in newer and in older versions of click
        if not (rest or pending or ctx.args or ctx.resilient_parsing):
            raise make_usage_fault("X108", ctx, name=ctx.command_path, help=f"{ctx.command_path} --help")
        return rest

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The placeholders for options and for the command."""
        return [*super().collect_usage_pieces(ctx), find_words(ctx).text("cli.help.command-metavar")]

    def list_short_helps(self, ctx: click.Context, words: Catalogue) -> list[tuple[str, str]]:
        """The commands below it with the first line of their help, without importing them."""
        prefix = f"{self.help_key}." if ctx.parent is not None else ""
        names = self.list_commands(ctx)
        return [(name, words.helps[f"{prefix}{name}"].partition("\n")[0]) for name in names]
