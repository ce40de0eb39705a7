"""Turns: what came of the jobs is settled in their order, whichever was done first.

So the names that outputs get, and what is told, don't depend on how many jobs are under way at once. A result that
comes before its turn waits on the disk, beside its outputs: however long one record takes, memory doesn't grow.
"""

from __future__ import annotations

from pathlib import Path


class AnswerOrder:
    """Whose turn it is: ``next`` is the number of the first job that isn't settled.

    ``staging`` is the folder that results wait in, by the numbers of their jobs.
    """

    def __init__(self, staging: Path) -> None:
        self.next = 1
        self._staging = staging
        self._waiting: dict[int, bool] = {}

    def hold(self, number: int, text: str | None) -> None:
        """Keep what came of a job until its turn; None says that it is up to date."""
        self._waiting[number] = text is not None
        if text is not None:
            self._find_file(number).parent.mkdir(parents=True, exist_ok=True)
            self._find_file(number).write_text(text, "utf-8")

    def pass_on(self) -> bool:
        """The job whose turn it is is settled; whether the next one waits."""
        if self._waiting.pop(self.next, False):
            self._find_file(self.next).unlink(missing_ok=True)
        self.next += 1
        return self.next in self._waiting

    def take(self) -> str | None:
        """What waited for the turn that it is now."""
        number = self.next
        return self.read(number) if self._waiting[number] else None

    def keeps(self, number: int) -> bool:
        """Whether a job waits that was found up to date."""
        return self._waiting.get(number) is False

    def read(self, number: int) -> str:
        """What waits of a job that isn't up to date."""
        return self._find_file(number).read_text("utf-8")

    def _find_file(self, number: int) -> Path:
        return self._staging / f"{number}.json"
