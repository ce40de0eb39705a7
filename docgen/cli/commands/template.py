"""``docgen template``: checks a template against a document type, lists its fields."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.completion import complete_documents, complete_profiles
from docgen.cli.layout import format_table
from docgen.cli.localized import LocalizedCommand, LocalizedGroup
from docgen.cli.options import path_type
from docgen.cli.report import Report, finish, format_place
from docgen.cli.session import Session
from docgen.messages.answer import WrittenFile
from docgen.messages.description import describe_location
from docgen.messages.shell import format_typed_path

if TYPE_CHECKING:
    from docgen.pipeline.services.templates import CheckedTemplate
    from docgen.render.scan.names import NameUse

_USES = ("printed", "looped", "condition")


@click.group("template", cls=LocalizedGroup)
def template() -> None:
    """Its help is in the catalogue."""


@template.command("check", cls=LocalizedCommand, help_key="template.check")
@click.argument("file", metavar="FILE", type=path_type)
@click.option("--profile", "profile_id", metavar="ID", shell_complete=complete_profiles)
@click.option("--document", "document_id", metavar="DOC", shell_complete=complete_documents)
@click.option("--annotate", metavar="OUT.docx", type=path_type)
@click.option("--force", is_flag=True)
@click.pass_obj
def check(
    session: Session,
    *,
    file: Path,
    profile_id: str | None,
    document_id: str | None,
    annotate: Path | None,
    force: bool,
) -> int:
    """Report all faults of a template; with ``--annotate``, write a copy with comments."""
    from docgen.pipeline.services.templates import CheckedTemplate, annotate_template, check_template_file

    if profile_id is None and document_id is None:
        from docgen.batch.fill.template import open_template

        opened = open_template(file)
        checked = CheckedTemplate(opened.faults, opened.tags, session.text("template.anybody"))
    elif profile_id is None or document_id is None:
        ctx = click.get_current_context()
        missing = "document_id" if document_id is None else "profile_id"
        raise click.MissingParameter(ctx=ctx, param=next(item for item in ctx.command.params if item.name == missing))
    else:
        checked = check_template_file(file, session.enter_folder(file.parent), profile_id, document_id)
    outputs: tuple[WrittenFile, ...] = ()
    if annotate is not None:
        annotate_template(file, checked, annotate, session.words, force=force)
        outputs = (WrittenFile(annotate, annotate.name),)
    lines: tuple[str, ...] = ()
    if not checked.diagnostics:
        lines = (f"{format_typed_path(file)}  {_format_sound(session, checked, document_id or '')}",)
    described = {"path": str(file), "profile": profile_id, "document": document_id, "tags": checked.tags}
    return finish(
        session, Report(checked.diagnostics, outputs=outputs, lines=lines, data={"template": described}, by_kind=True)
    )


def _format_sound(session: Session, checked: CheckedTemplate, document_id: str) -> str:
    title = checked.title or session.text(f"template.paper.{document_id}")
    return session.text("template.sound", tags=checked.tags, document=title)


@template.command("fields", cls=LocalizedCommand, help_key="template.fields")
@click.argument("file", metavar="FILE", type=path_type)
@click.pass_obj
def fields(session: Session, file: Path) -> int:
    """List the fields of a template."""
    from docgen.batch.fill.template import open_template
    from docgen.pipeline.services.templates import list_fields

    opened = open_template(file)
    names = {field.name: field.uses for field in list_fields(opened.list_uses())}
    rows = [_format_name(session, file, name, uses) for name, uses in names.items()]
    head = tuple(session.text(f"template.{name}") for name in ("name", "use", "count", "where"))
    lines = tuple(format_table([head, *rows])) if rows else (session.text("template.none"),)
    if opened.blanks:
        lines = (*lines, "", session.text("template.blanks", labels="、".join(opened.blanks)))
    described: dict[str, Any] = {
        "path": str(file),
        "names": [_describe_name(name, uses) for name, uses in names.items()],
    }
    described["blanks"] = list(opened.blanks)
    return finish(session, Report(opened.faults, lines=lines, data={"template": described}))


def _format_name(session: Session, file: Path, name: str, uses: Sequence[NameUse]) -> tuple[str, ...]:
    kinds = [session.text(f"template.{kind}") for kind in _USES if any(use.use == kind for use in uses)]
    where = format_place(session, uses[0].location).removeprefix(format_typed_path(file)).strip()
    return (name, "、".join(kinds), str(len(uses)), where)


def _describe_name(name: str, uses: Sequence[NameUse]) -> dict[str, Any]:
    return {
        "name": name,
        "uses": [{"use": use.use, "tag": use.tag, "location": describe_location(use.location)} for use in uses],
    }
