"""A batch as tests run it: records, an output folder, what came of them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from support.batch_support import spoil, write_profiles, write_records
from support.command_line import CommandLine, Ran

JSON, BOOK = "批次结果.json", "批次结果.xlsx"
CARD = "  kite-card:\n    - {of: yan, colour: 红, strings: 012}\n"
CHOSEN = ("--only", "kite-check", "--only", "kite-card")


class Batch:
    """A folder of records, and the batch that is run over it."""

    def __init__(self, folder: Path, docgen: CommandLine, count: int) -> None:
        self.docgen = docgen
        self.inputs, self.out = folder / "记录", folder / "输出"
        self.profiles = write_profiles(folder)
        self.records = write_records(self.inputs, count)

    def words(self, *more: object) -> list[str]:
        return [str(item) for item in ("batch", self.inputs, "-o", self.out, "--profiles", self.profiles, *more)]

    def run(self, *more: object) -> Ran:
        return self.docgen.json(*self.words("--jobs", 1, *more))

    def read_results(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.out / JSON).read_text("utf-8"))
        return loaded

    def list_outputs(self) -> dict[str, bytes]:
        """The outputs and their bytes; hidden files count, except the batch's own folder, which must be tidy."""
        assert sorted(path.name for path in (self.out / ".docgen-batch").iterdir()) == ["ledger.sqlite"]
        files = [path for path in self.out.iterdir() if path.is_file() and path.name not in (JSON, BOOK)]
        return {path.name: path.read_bytes() for path in files}


def count(ran: Ran) -> dict[str, int]:
    counts: dict[str, int] = ran.document["batch"]
    return {name: counts[name] for name in ("made", "kept", "faulty", "failed", "open")}


def expect(made: int = 0, kept: int = 0, faulty: int = 0, failed: int = 0, still_open: int = 0) -> dict[str, int]:
    return {"made": made, "kept": kept, "faulty": faulty, "failed": failed, "open": still_open}


def change_record(record: Path, text: str, number: str, chance: random.Random) -> None:
    """Another number perhaps, documents fewer, or something that can't be read."""
    text = text.replace(number, f"FZ-{chance.choice([1, 1, 2, 3, 4, 5, 6])}")
    if chance.random() < 0.4:
        text = text.replace(CARD, "")
    if chance.random() < 0.3:
        text = text.replace("{item: z,", "{item: kite-check,")
        text = text[: text.index("  kite-check:\n")] + text[text.index("  flight-log:\n") :]
    record.write_text(text if chance.random() < 0.8 else "profile: [", "utf-8")
    if chance.random() < 0.1:
        spoil(record)
