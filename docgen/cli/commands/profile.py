"""``docgen profile``: lists, shows and checks profiles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.cli.completion import complete_profiles
from docgen.cli.layout import format_table
from docgen.cli.localized import LocalizedCommand, LocalizedGroup
from docgen.cli.options import folder_type
from docgen.cli.report import Report, finish
from docgen.cli.session import Session
from docgen.diagnostics import Diagnostic, error
from docgen.errors import EXIT_CANNOT_RUN, EXIT_OK, DocgenError, SourceError
from docgen.messages.shell import format_typed_path

if TYPE_CHECKING:
    from docgen.profile.document import DocumentSpec
    from docgen.profile.model import Profile, Standard


@click.group("profile", cls=LocalizedGroup)
def profile() -> None:
    """Its help is in the catalogue."""


@profile.command("list", cls=LocalizedCommand, help_key="profile.list")
@click.pass_obj
def list_all(session: Session) -> int:
    """List every profile; report each that can't be loaded."""
    from docgen.profile.load import load_profile

    resources = session.find_resources()
    rows, diagnostics, described = [], list[Diagnostic](), []
    worst = EXIT_OK
    for folder in resources.profile_folders():
        try:
            loaded = load_profile(folder, resources).profile
        except DocgenError as fault:
            diagnostics += fault.diagnostics
            worst = max(worst, fault.exit_code)
            continue
        status = _format_status(session, loaded.standard)
        rows.append((loaded.id, loaded.version, loaded.standard.number, loaded.standard.title, status))
        described.append({**describe_profile(loaded), "folder": str(folder)})
    head = tuple(session.text(f"profile.{name}") for name in ("id", "version", "number", "title", "status"))
    lines = tuple(format_table([head, *rows])) if rows else ()
    return finish(session, Report(tuple(diagnostics), lines=lines, data={"profiles": described}, exit_code=worst))


@profile.command("show", cls=LocalizedCommand, help_key="profile.show")
@click.argument("profile_id", metavar="ID", shell_complete=complete_profiles)
@click.pass_obj
def show(session: Session, profile_id: str) -> int:
    """Show the documents and the filing list of a profile."""
    from docgen.profile.load import find_profile

    loaded = find_profile(session.find_resources(), profile_id).profile
    standard = loaded.standard
    head = [
        (session.text("profile.number"), f"{standard.number} {standard.title}"),
        (session.text("profile.status"), _format_status(session, standard)),
        (session.text("profile.in-force"), standard.in_force.isoformat() if standard.in_force else ""),
        (session.text("profile.issuer"), standard.issuer or ""),
        (session.text("profile.version"), loaded.version),
        (session.text("profile.extends"), loaded.extends or ""),
    ]
    names = ("id", "document", "clause", "level", "per", "shape", "filing")
    documents = [tuple(session.text(f"profile.{name}") for name in names)]
    documents += [_format_document(session, loaded, item) for item in loaded.documents]
    filing = [
        (item.key, item.label, item.clause or "", item.level, "、".join((*item.takes, *item.evidence)))
        for item in loaded.filing.items
    ]
    lines = [
        *format_table([row for row in head if row[1]]),
        "",
        session.text("profile.documents"),
        *format_table(documents, indent=2),
        "",
        session.text("profile.filing-list", basis=loaded.filing.basis),
        *format_table(filing, indent=2),
    ]
    return finish(session, Report(lines=tuple(lines), data={"profile": describe_profile(loaded)}))


@profile.command("check", cls=LocalizedCommand, help_key="profile.check")
@click.argument("folder", metavar="DIR", type=folder_type)
@click.pass_obj
def check_folder(session: Session, folder: Path) -> int:
    """Report every fault of a profile in a folder."""
    from docgen.pipeline.services.profiles import check_profile_folder

    resources = session.find_resources()
    if not (folder / "profile.yaml").is_file():
        raise SourceError(error("X120", path=str(folder)))
    loaded, diagnostics = check_profile_folder(folder, resources)
    lines: tuple[str, ...] = ()
    data: dict[str, Any] = {"profile": None}
    code = EXIT_OK if loaded is not None or diagnostics else EXIT_CANNOT_RUN
    if loaded is not None:
        data = {"profile": describe_profile(loaded.profile)}
        if not diagnostics:
            text = session.text("profile.sound", id=loaded.profile.id, documents=len(loaded.profile.documents))
            lines = (f"{format_typed_path(folder)}  {text}",)
    return finish(session, Report(diagnostics, lines=lines, data=data, exit_code=code))


def _format_status(session: Session, standard: Standard) -> str:
    """The standard's status, or the stage of a draft."""
    if standard.status == "draft" and standard.stage is not None:
        return standard.stage
    return session.text(f"status.{standard.status}")


def describe_profile(loaded: Profile) -> dict[str, Any]:
    """A profile for JSON."""
    return {
        "id": loaded.id,
        "version": loaded.version,
        "extends": loaded.extends,
        "standard": loaded.standard.model_dump(mode="json"),
        "documents": [
            {
                "id": item.id,
                "title": item.title,
                "clause": item.clause,
                "level": item.level,
                "per": item.per,
                "shape": item.shape,
                "filing_item": _find_item(loaded, item),
            }
            for item in loaded.documents
        ],
        "filing": [item.model_dump(mode="json", exclude={"when"}) for item in loaded.filing.items],
    }


def _find_item(loaded: Profile, document: DocumentSpec) -> str | None:
    item = loaded.find_filing_item(document.id)
    return item.key if item is not None else None


def _format_document(session: Session, loaded: Profile, item: DocumentSpec) -> tuple[str, ...]:
    per = session.text("profile.per-project") if item.per == "project" else _format_list_name(session, item.per)
    filed = _find_item(loaded, item) or ""
    return (item.id, item.title, item.clause or "", item.level, per, session.text(f"shape.{item.shape}"), filed)


def _format_list_name(session: Session, path: str) -> str:
    """The label of the list for whose items a document is made; a deeper path unchanged."""
    return session.words.label(f"Record.{path.removesuffix('[]')}") or path
