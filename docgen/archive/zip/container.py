"""What a received zip holds against itself: names, links, encryption, disagreeing headers, overlaps, bombs; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from docgen.archive.zip.names import MAX_RECEIVED_PATH, fold_name, inspect_member_name, show_name
from docgen.archive.zip.read import Member, ReceivedZip, exceeds_total, is_bomb, refuse_member
from docgen.diagnostics import Diagnostic, Location, Term, error, warning


def check_container(received: ReceivedZip, place: Location) -> Iterator[Diagnostic]:
    """V107–V113: each member of the zip may be read, says the same twice and lies apart from the others."""
    for member in received.members:
        yield from _check_member(member, replace(place, member=show_name(member.name)))
    for member in received.overlapping:
        yield error("V111", replace(place, member=show_name(member.name)), member=show_name(member.name))
    if received.stray:
        yield error("V112", place)
    if exceeds_total(received.members):
        yield error("V113", place, member=place.file or "")


def _check_member(member: Member, where: Location) -> Iterator[Diagnostic]:
    shown, raw = show_name(member.name), member.raw
    if raw.is_special:
        yield error("V107", where, member=shown)
    if raw.disagreement:
        yield error("V110", where, member=shown, field=Term(f"archive.header.{raw.disagreement}"))
    reason = refuse_member(raw)
    if reason == "encrypted":
        yield error("V108", where, member=shown)
    elif reason == "method":
        yield error("V109", where, member=shown, method=raw.method)
    elif is_bomb(raw):
        yield error("V113", where, member=shown)


def check_names(received: ReceivedZip, place: Location) -> Iterator[Diagnostic]:
    """V103–V106, V115: one top folder, names that every system can unpack, none that stands twice."""
    if received.guessed not in {None, "utf-8"}:
        yield warning("V115", place, encoding=(received.guessed or "").upper())
    tops = sorted({member.name.partition("/")[0] for member in received.members})
    loose = [item for item in received.members if "/" not in item.name]
    if len(tops) != 1 or loose:
        yield error("V103", place, found="、".join(show_name(top) for top in tops[:5]) or "—")
    for member in received.members:
        problem = inspect_member_name(member.name) if member.is_decodable else "undecodable"
        if problem:
            shown = show_name(member.name)
            reason = Term(f"archive.name.{problem}")
            yield error("V104", replace(place, member=shown), member=shown, reason=reason)
    yield from _check_collisions(received, place)


def _check_collisions(received: ReceivedZip, place: Location) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for member in received.members:
        shown, key = show_name(member.name), fold_name(member.name.removesuffix("/"))
        other = seen.get(key)
        seen.setdefault(key, member.name)
        if other == member.name:
            yield error("V105", replace(place, member=shown), member=shown)
        elif other is not None:
            yield error("V106", replace(place, member=shown), member=shown, other=show_name(other))
    folders: dict[str, str] = {}
    for member in received.members:
        for folder in _parents(member.name):
            key = fold_name(folder)
            other = folders.setdefault(key, folder)
            held = seen.get(key)
            clash = other if other != folder else held if held not in {None, f"{folder}/"} else None
            if clash is not None:
                shown = show_name(member.name)
                yield error("V106", replace(place, member=shown), member=shown, other=show_name(clash))
                break


def _parents(name: str) -> Iterator[str]:
    if len(name) > MAX_RECEIVED_PATH:
        return
    position = name.find("/")
    while 0 <= position < len(name) - 1:
        yield name[:position]
        position = name.find("/", position + 1)
