"""Complete samples as they were in the course of the project: cut after a step, by the profile's own data."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from docgen.pipeline.stages.chosen import find_chosen_reads
from docgen.profile.load import LoadedProfile, find_profile
from docgen.profile.packages import find_evidence_item
from docgen.record.parts import Evidence
from docgen.resources import Resources
from support.command_line import ROOT

SAMPLES = (
    "chengdu-sme-guide-2024/service",
    "db3203-t1023-2023/complete",
    "db4201-t629-2020/station",
    "db4201-t665-2022/park",
    "t-hebqia-draft/scored",
)
_KEPT = ("profile", "project", "parties", "enterprises", "forms", "evidence", "not_applicable")


class Growing:
    """A sample and the steps of its standard; ``cut`` writes the record as it stood after a step."""

    def __init__(self, sample: str, folder: Path) -> None:
        shutil.copytree(ROOT / "samples" / sample, folder)
        self.path = folder / "record.yaml"
        self.data: dict[str, Any] = yaml.load(self.path.read_text("utf-8"), yaml.BaseLoader)
        self.loaded: LoadedProfile = find_profile(Resources(), self.data["profile"])

    @property
    def steps(self) -> list[str]:
        """The key of the last filing item of each step."""
        return [step[-1] for step in self.loaded.profile.filing.steps]

    def list_documents(self, step: str) -> tuple[str, ...]:
        """The document types of the items up to a step, in the profile's order."""
        taken = {
            name for item in self.loaded.profile.filing.items if item.key in self._reach(step) for name in item.takes
        }
        return tuple(document.id for document in self.loaded.profile.documents if document.id in taken)

    def cut(self, step: str) -> Path:
        """The record without forms and evidence of later steps, and without the lists that no document shows yet."""
        reached, documents = self._reach(step), self.list_documents(step)
        reads = find_chosen_reads(self.loaded, documents, Resources())
        data = {name: part for name, part in self.data.items() if name in _KEPT or reads.holds((name,))}
        data["forms"] = {name: part for name, part in data["forms"].items() if name in documents}
        data["evidence"] = list(self._cut_evidence(reached))
        data["not_applicable"] = [
            entry
            for entry in data.get("not_applicable", [])
            if entry["item"].partition("/")[0] in {*reached, *documents}
        ]
        data["project"] = {name: part for name, part in data["project"].items() if name != "archive"}
        path = self.path.with_name(f"until-{step}.yaml")
        path.write_text(yaml.dump(data, allow_unicode=True, sort_keys=False), "utf-8")
        return path

    def _reach(self, step: str) -> set[str]:
        steps = self.loaded.profile.filing.steps
        at = next(number for number, together in enumerate(steps) if step in together)
        return {key for together in steps[: at + 1] for key in together}

    def _cut_evidence(self, reached: set[str]) -> Iterator[dict[str, Any]]:
        for entry in self.data.get("evidence", []):
            item = find_evidence_item(self.loaded.profile, Evidence.model_validate(entry))
            if item is None or item.key in reached:
                yield entry
