"""Whether a document holds something confidential is answered without looking at everything: the same as by looking."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from docgen.pipeline.stages.outcome import Options
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.profile.plan import DocumentJob
from docgen.profile.redaction.disclosure import DisclosureRules
from docgen.profile.redaction.record import holds_confidential
from docgen.profile.redaction.secret_values import list_values
from docgen.profile.subject import is_present

SAMPLES = Path(__file__).parents[4] / "samples"


def look_at_everything(prepared: PreparedRecord, rules: DisclosureRules, job: DocumentJob) -> bool:
    subject = prepared.subject
    if job.entry is not None and any(rules.closes(place) for place, _ in list_values(job.entry, job.place)):
        return True
    headings = list(job.document.iterate_headings())
    columns = [*job.document.columns, *(column for heading in headings for column in heading.columns)]
    paths = [*(column.source for column in columns), *(item.source for item in headings if item.source)]
    values = [item for path in paths for item in subject.find(path, job.scope)]
    return any(is_present(item.value) and rules.closes(item.place) for item in values)


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("sample", "mark"),
    [
        ("db4201-t665-2022/park", {"paths": ["activities[].people[]", "activities[].problems_solved[]"]}),
        ("db4201-t629-2020/station", {"enterprises": ["chuhong"]}),
        ("db3203-t1023-2023/complete", {"paths": ["enterprises[].indicators[]"]}),
        ("t-hebqia-draft/scored", {"paths": ["forms.element-evaluation[].marks[]"]}),
    ],
)
def test_a_document_is_known_to_hold_what_is_closed(sample: str, mark: dict[str, Any], tmp_path: Path) -> None:
    folder = shutil.copytree(SAMPLES / sample, tmp_path / "record")
    data = yaml.safe_load((folder / "record.yaml").read_text("utf-8"))
    (folder / "record.yaml").write_text(
        yaml.safe_dump({**data, "disclosure": {"confidential": [mark]}}, allow_unicode=True, sort_keys=False), "utf-8"
    )
    prepared = prepare_record(folder / "record.yaml", Options())
    assert prepared is not None
    rules = DisclosureRules(prepared.subject.profile, prepared.subject.record)
    answers = {job.id: holds_confidential(prepared.subject, rules, job) for job in prepared.jobs}
    assert answers == {job.id: look_at_everything(prepared, rules, job) for job in prepared.jobs}
    assert True in answers.values()
