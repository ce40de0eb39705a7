"""Defines the options that several commands share; ``take_options`` passes them as one ``Options``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from docgen.cli.completion import complete_documents, complete_profiles, complete_steps
from docgen.cli.localized import PathType
from docgen.cli.session import Session


def _allow_outside(ctx: click.Context, _param: click.Parameter, value: tuple[Path, ...]) -> None:
    if isinstance(ctx.obj, Session):
        ctx.obj.set_option("allow_outside", value)


path_type = PathType()
folder_type = PathType(folder=True)
out_option = click.option("-o", "--out", metavar="OUT", required=True, type=path_type)
profile_option = click.option("--profile", "profile_id", metavar="ID", shell_complete=complete_profiles)
mapping_option = click.option("--mapping", metavar="MAPPING.yaml", type=path_type)
only_option = click.option("--only", "only", metavar="DOC", multiple=True, shell_complete=complete_documents)
until_option = click.option("--until", "until", metavar="STEP", default="", shell_complete=complete_steps)
draft_option = click.option("--draft", is_flag=True)
bind_option = click.option("--bind", is_flag=True)
sm3_option = click.option("--sm3", is_flag=True)
pdf_option = click.option("--pdf", is_flag=True)
guard_option = click.option("--guard", is_flag=True)
without_record_option = click.option("--without-record", is_flag=True)
redact_option = click.option("--redact", is_flag=True)
outside_option = click.option(
    "--allow-outside",
    metavar="DIR",
    multiple=True,
    type=path_type,
    expose_value=False,
    callback=_allow_outside,
)
jobs_option = click.option("--jobs", metavar="N", type=click.IntRange(1, 256))
force_option = click.option("--force", is_flag=True)

_NEGATED = {"no_package": "package", "without_record": "with_record"}


def format_only(only: tuple[str, ...]) -> tuple[str, ...]:
    """The ``--only`` arguments that choose these documents, for a command line to copy."""
    return tuple(word for name in only for word in ("--only", name))


def format_until(until: str) -> tuple[str, ...]:
    """The ``--until`` argument for a step, for a command line to copy."""
    return ("--until", until) if until else ()


def take_options(command: Callable[..., int]) -> Callable[..., int]:
    """Pass a command the session and, in place of the options that are fields of ``Options``, one ``options``."""

    @click.pass_obj
    @wraps(command)
    def call(session: Session, /, **arguments: Any) -> int:
        from docgen.pipeline import Options

        names = {field.name for field in fields(Options)}
        chosen = {name: arguments.pop(name) for name in names & arguments.keys()}
        chosen |= {field: not arguments.pop(name) for name, field in _NEGATED.items() if name in arguments}
        return command(session, options=Options(strict=session.strict, **chosen), **arguments)

    return call
