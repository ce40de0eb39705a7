"""Order the results of jobs: they are settled in the order of the jobs, whichever was done first.

So the names of outputs and the reports don't depend on how many jobs run at once. A result that comes before its turn
waits on the disk, beside its outputs: however long one record takes, memory doesn't grow.
"""

from __future__ import annotations

from pathlib import Path


class AnswerOrder:
    """Holds results until their turn: ``next`` is the number of the first job that isn't settled.

    ``staging`` is the folder that results wait in, by the numbers of their jobs.
    """

    def __init__(self, staging: Path) -> None:
        self.next = 1
        self._staging = staging
        self._waiting: dict[int, bool] = {}

    def hold(self, number: int, text: str | None) -> None:
        """Hold a job's result until its turn; None stands for a job that is up to date."""
        self._waiting[number] = text is not None
        if text is not None:
            self._find_file(number).parent.mkdir(parents=True, exist_ok=True)
            self._find_file(number).write_text(text, "utf-8")

    def pass_on(self) -> bool:
        """Go on to the next job, since the current one is settled; returns whether its result waits already."""
        if self._waiting.pop(self.next, False):
            self._find_file(self.next).unlink(missing_ok=True)
        self.next += 1
        return self.next in self._waiting

    def take(self) -> str | None:
        """The waiting result of the current job; None for a job that is up to date."""
        number = self.next
        return self.read(number) if self._waiting[number] else None

    def keeps(self, number: int) -> bool:
        """Whether a job waits that is up to date."""
        return self._waiting.get(number) is False

    def read(self, number: int) -> str:
        """The waiting result of a job."""
        return self._find_file(number).read_text("utf-8")

    def _find_file(self, number: int) -> Path:
        return self._staging / f"{number}.json"
