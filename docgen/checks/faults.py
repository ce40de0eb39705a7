"""The faults that checks return: a code, a place and its words. The runner makes diagnostics of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from docgen.diagnostics import NOWHERE, Location, Param
from docgen.profile.document import Level
from docgen.profile.paths import Place

FaultParam: TypeAlias = Param | Place
"""What a message's parameter may be; a place in the record is spelled as the user's file has it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a place in the record: ``code`` names the message, ``params`` fill it.

    The runner adds the rule's level, unless ``level`` is milder, its clause, unless the check names one, and as
    ``label`` the name of the field at ``place``, unless the check names one. ``gap`` is the filing item that waits for
    what isn't there yet (see ``Diagnostic.gap``); ``location`` a more exact place, in a file that holds the record's
    prose.
    """

    code: str
    place: Place
    params: Mapping[str, FaultParam]
    level: Level | None = None
    gap: str | None = None
    clause: str | None = None
    location: Location = NOWHERE


@dataclass(frozen=True, slots=True)
class TextFault:
    """Something wrong in a text, whether a record or a file holds it.

    ``key`` is that of the part that it is about ("" for the title, None for the whole text); ``location`` is where in
    a file it was found.
    """

    code: str
    key: str | None
    location: Location
    params: Mapping[str, Param]
    level: Level | None = None
    clause: str | None = None


def report(code: str, place: Place, level: Level | None = None, /, **params: FaultParam) -> Fault:
    """A fault at a place in the record."""
    return Fault(code, place, params, level)


def report_gap(code: str, place: Place, gap: str, level: Level | None = None, /, **params: FaultParam) -> Fault:
    """What isn't there yet; ``gap`` is the key of the filing item that waits for it, or ""."""
    return Fault(code, place, params, level, gap)
