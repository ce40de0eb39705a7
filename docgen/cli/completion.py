"""Completes profile ids, document ids, filing items and codes on Tab; click completes commands, options and files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from docgen.cli.session import Session
from docgen.errors import DocgenError
from docgen.resources import Resources

if TYPE_CHECKING:
    from docgen.profile.model import Profile

_NAMED_PROFILE = re.compile(r"^profile:\s*[\"']?([a-z0-9-]+)", re.MULTILINE)


def _find_session(ctx: click.Context) -> Session:
    return ctx.find_object(Session) or Session({})


def _find_resources(ctx: click.Context) -> Resources:
    """The folders of profiles; the shipped ones where settings are wrong, since a Tab can't show an error message."""
    session = _find_session(ctx)
    try:
        return session.find_resources()
    except DocgenError:
        return Resources()


def _offer(words: Iterable[tuple[str, str]], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(word, help=text) for word, text in words if word.lower().startswith(incomplete.lower())]


def complete_profiles(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of the profiles that can be found."""
    del param
    return _offer(((folder.name, "") for folder in _find_resources(ctx).profile_folders()), incomplete)


def complete_documents(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of the document types of the profile that the line or its record names, else of all profiles."""
    del param
    profiles = _list_profiles(ctx)
    return _offer({item.id: item.title for profile in profiles for item in profile.documents}.items(), incomplete)


def complete_steps(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The keys of the filing items of the profile that the line or its record names, else of all profiles."""
    del param
    profiles = _list_profiles(ctx)
    return _offer({item.key: item.label for profile in profiles for item in profile.filing.items}.items(), incomplete)


def _list_profiles(ctx: click.Context) -> Iterator[Profile]:
    from docgen.profile.load import find_profile

    resources = _find_resources(ctx)
    named = ctx.params.get("profile_id") or _read_profile_id(ctx.params.get("record"))
    ids = [named] if named else [folder.name for folder in resources.profile_folders()]
    for profile_id in ids:
        try:
            yield find_profile(resources, profile_id).profile
        except DocgenError:
            continue


def complete_codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The codes of the diagnostics."""
    del param
    words = _find_session(ctx).words
    return _offer(((code, words.diagnostics[code].title) for code in sorted(words.diagnostics)), incomplete)


def _read_profile_id(record: object) -> str | None:
    path = Path(str(record)) if record else None
    if path is None or not path.is_file():
        return None
    match = _NAMED_PROFILE.search(path.read_text("utf-8-sig", errors="replace"))
    return match[1] if match else None
