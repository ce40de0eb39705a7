"""Checks that conditions of a check list are met where the clause asks for some of them and not for all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import model_validator

from docgen.checks.base import CheckSubject
from docgen.checks.faults import Fault, report
from docgen.checks.parameters import Parameter
from docgen.record.types import Part, Text, refuse


class Params(Part):
    """Of the ``lines`` of a check list, all lines of one of a reading's sets have one of ``verdicts``.

    ``readings`` are interpretations of the clause, by name; ``reading`` is the one that is used.
    """

    lines: Annotated[Text, Parameter("the lines of a check list", "path")]
    verdicts: Annotated[tuple[Text, ...], Parameter("the verdicts that meet a line", "verdict", of="lines")]
    readings: Annotated[
        Mapping[str, tuple[tuple[Text, ...], ...]],
        Parameter("ways to read the clause: by name, sets of lines of which one must be met"),
    ]
    reading: Annotated[Text, Parameter("the way that is used")]

    @model_validator(mode="after")
    def _check_reading(self) -> Params:
        if self.reading not in self.readings:
            raise refuse("C248", reading=self.reading, readings="、".join(self.readings))
        return self


def list_paths(params: Params) -> Iterable[str]:
    """List the path of every line in any reading."""
    return sorted({f"{params.lines}.{key}" for sets in params.readings.values() for keys in sets for key in keys})


def check(checked: CheckSubject, params: Params) -> Iterator[Fault]:
    """Report C229 when no set is met whole; lines without a verdict are reported elsewhere."""
    for checklist in checked.subject.find(params.lines):
        sets = params.readings[params.reading]
        verdicts = {key: getattr(checklist.value, key).verdict for keys in sets for key in keys}
        if None in verdicts.values() or any(all(verdicts[key] in params.verdicts for key in keys) for keys in sets):
            continue
        unmet = [key for key, verdict in verdicts.items() if verdict not in params.verdicts]
        labels = [str(checked.name_field((*checklist.place, key))) for key in unmet]
        yield report(
            "C229",
            (*checklist.place, unmet[0]),
            wanted=" / ".join("＋".join(keys) for keys in sets),
            unmet="；".join(f"{key} {label}" for key, label in zip(unmet, labels, strict=True)),
        )
