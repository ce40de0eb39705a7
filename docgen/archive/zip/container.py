"""Finds contradictions in a received zip: names, links, encryption, disagreeing headers, overlaps, bombs; pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from docgen.archive.zip.limits import Limits
from docgen.archive.zip.names import MAX_RECEIVED_PATH, escape_name, fold_name, inspect_member_name, is_unseen
from docgen.archive.zip.read import ReceivedZip, ZipMember, exceeds_total, is_bomb, refuse_member
from docgen.diagnostics import Diagnostic, Location, Term, error, info, warning

_OLD_SYSTEMS, _OLD_NTFS = frozenset({0, 6}), 0x0B32
"""Host systems (DOS, OS/2, NTFS in version 5.0) whose names Info-ZIP decodes with an old code page."""
_DIFFERENCES = frozenset({"moment", "needed"})


def check_container(received: ReceivedZip, place: Location) -> Iterator[Diagnostic]:
    """V107–V113, V116, V117: members that can't be read, whose two headers disagree, or that overlap.

    Remarks on data that don't change the content are reported once for each kind.
    """
    for member in received.members:
        yield from _check_member(member, received.limits, place)
    for member in received.overlapping:
        yield error("V111", replace(place, member=escape_name(member.name)), member=escape_name(member.name))
    if received.stray:
        yield error("V112", place)
    if exceeds_total(received):
        yield error("V113", place, member=place.file or "")
    yield from _report_remarks(received, place)


def _check_member(member: ZipMember, limits: Limits, place: Location) -> Iterator[Diagnostic]:
    raw = member.raw
    reason = refuse_member(raw, limits)
    if not (raw.is_special or raw.disagreement or reason):
        return
    shown = escape_name(member.name)
    where = replace(place, member=shown)
    if raw.is_special:
        yield error("V107", where, member=shown)
    if raw.disagreement:
        yield error("V110", where, member=shown, field=Term(f"archive.header.{raw.disagreement}"))
    if reason == "encrypted":
        yield error("V108", where, member=shown)
    elif reason == "method":
        yield error("V109", where, member=shown, method=raw.method)
    elif is_bomb(raw, limits):
        yield error("V113", where, member=shown)


def _report_remarks(received: ReceivedZip, place: Location) -> Iterator[Diagnostic]:
    for remark in received.remarks:
        yield info("V116", place, what=_name_remark(remark), count=1, member=place.file or "")
    members_by_remark: dict[str, list[ZipMember]] = {}
    for member in received.members:
        for remark in member.raw.remarks:
            members_by_remark.setdefault(remark, []).append(member)
    for remark, members in {**members_by_remark, **_find_odd_ones(received.members)}.items():
        code = "V117" if remark in _DIFFERENCES or remark not in members_by_remark else "V116"
        shown = escape_name(members[0].name)
        where = replace(place, member=shown)
        yield info(code, where, what=_name_remark(remark), count=len(members), member=shown)


def _name_remark(remark: str) -> Term:
    kind, _, detail = remark.partition(":")
    return Term(f"archive.remark.{kind}", {"id": detail})


def _find_odd_ones(members: tuple[ZipMember, ...]) -> dict[str, list[ZipMember]]:
    """Members by the remark on them: a directory field, absent from the local header, differs from most members'."""
    kinds: dict[tuple[bool, bool], list[ZipMember]] = {}
    for member in members:
        kinds.setdefault((member.raw.is_folder, member.raw.is_wide), []).append(member)
    by_field: dict[str, list[ZipMember]] = {}
    for field in ("made", "internal", "attributes"):
        for alike in kinds.values():
            values = Counter(getattr(member.raw, field) for member in alike)
            if len(values) > 1:
                usual = values.most_common(1)[0][0]
                unusual = [member for member in alike if getattr(member.raw, field) != usual]
                by_field.setdefault(field, []).extend(unusual)
    return by_field


def check_names(received: ReceivedZip, place: Location) -> Iterator[Diagnostic]:
    """V104–V106, V110, V115, V118–V120: names that some system can't unpack, and duplicate names."""
    yield from _report_encoding(received, place)
    sound: list[ZipMember] = []
    for member in received.members:
        problem = member.unread or inspect_member_name(member.name, received.limits.depth)
        if problem:
            shown = escape_name(member.name)
            reason = Term(f"archive.name.{problem}")
            yield error("V104", replace(place, member=shown), member=shown, reason=reason)
        if problem not in {"deep", "long"}:
            sound.append(member)
    yield from _check_systems(received, place)
    yield from _report_odd_names(received, place)
    yield from _check_collisions(sound, received.limits.entries, place)


def _report_encoding(received: ReceivedZip, place: Location) -> Iterator[Diagnostic]:
    guess = received.guess
    if guess is not None:
        confidence = Term(f"archive.confidence.{guess.confidence}")
        if guess.encoding == "utf-8":
            yield info("V118", place, count=len(guess.names), confidence=confidence)
        else:
            yield warning("V115", place, encoding=guess.encoding.upper(), count=len(guess.names), confidence=confidence)


def _check_systems(received: ReceivedZip, place: Location) -> Iterator[Diagnostic]:
    """V110, V119: unzip on Linux decodes names from DOS and OS/2 with an old code page, whatever their encoding.

    A Unicode extra field prevents that. If all names are affected, it is a remark (V119); a mixture is an error (V110),
    since no packer writes one.
    """
    plain = (member for member in received.members if member.raw.unicode_extra is None)
    spelled = [member for member in plain if not member.raw.raw_name.isascii()]
    old = [member for member in spelled if member.raw.made >> 8 in _OLD_SYSTEMS or member.raw.made == _OLD_NTFS]
    for member in old if len(old) < len(spelled) else ():
        shown = escape_name(member.name)
        yield error("V110", replace(place, member=shown), member=shown, field=Term("archive.header.system"))
    if old and len(old) == len(spelled):
        yield info("V119", place, what=Term("archive.odd_name.system"), count=len(old), member=escape_name(old[0].name))


def _report_odd_names(received: ReceivedZip, place: Location) -> Iterator[Diagnostic]:
    """V119: names that every system can unpack, but that programs or people may take for other names."""
    kinds = (
        ("percent", lambda name: "%" in name),
        ("unseen", is_unseen),
        ("decomposed", lambda name: not name.isascii() and not unicodedata.is_normalized("NFC", name)),
    )
    for kind, is_so in kinds:
        odd = [member for member in received.members if is_so(member.name)]
        if odd:
            shown = escape_name(odd[0].name)
            what = Term(f"archive.odd_name.{kind}")
            report = warning if kind == "unseen" else info
            yield report("V119", replace(place, member=shown), what=what, count=len(odd), member=shown)


def _check_collisions(members: list[ZipMember], most: int, place: Location) -> Iterator[Diagnostic]:
    seen: dict[str, str] = {}
    for member in members:
        key = fold_name(member.name.removesuffix("/"))
        first_name = seen.setdefault(key, member.name)
        if first_name is member.name:
            continue
        shown = escape_name(member.name)
        if first_name == member.name:
            yield error("V105", replace(place, member=shown), member=shown)
        else:
            yield error("V106", replace(place, member=shown), member=shown, other=escape_name(first_name))
    folders: dict[str, str] = {}
    looked: set[str] = set()
    for member in members:
        for folder in _parents(member.name, looked):
            key = fold_name(folder)
            first_name = folders.setdefault(key, folder)
            held = seen.get(key)
            clash = first_name if first_name != folder else held if held not in {None, f"{folder}/"} else None
            if clash is not None:
                shown = escape_name(member.name)
                yield error("V106", replace(place, member=shown), member=shown, other=escape_name(clash))
                break
            looked.add(folder)
        if len(folders) > most:
            yield error("V120", place, limit=most)
            return


def _parents(name: str, looked: set[str]) -> Iterator[str]:
    """The parent folders of a name, the outermost first, without those already checked."""
    if len(name) > MAX_RECEIVED_PATH:
        return
    folders: list[str] = []
    folder = name.removesuffix("/").rpartition("/")[0]
    while folder and folder not in looked:
        folders.append(folder)
        folder = folder.rpartition("/")[0]
    yield from reversed(folders)
