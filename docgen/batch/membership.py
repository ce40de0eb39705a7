"""Which jobs belong together, where a run is over a part of a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Membership:
    """The jobs that belong together with those of a run.

    ``wholes`` has, for a job that is in a part of a workbook, all the jobs of the whole in their order. ``strays`` are
    parts of which the whole isn't known: another output folder, another project's number.
    """

    wholes: Mapping[str, tuple[str, ...]]
    strays: tuple[Path, ...]

    def complete(self, keys: Iterable[str]) -> Iterator[str]:
        """The keys of a run's jobs, in the place of a part the whole; each once."""
        seen: set[str] = set()
        for key in keys:
            for member in self.wholes.get(key, (key,)):
                if member not in seen:
                    seen.add(member)
                    yield member
