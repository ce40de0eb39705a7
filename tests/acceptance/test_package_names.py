"""Right papers of the samples under the names that people give them, and papers that are none, before the matcher."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

from docgen.archive.plan.matching import FileClue, FileMatch
from docgen.pipeline import Options, build_record
from docgen.pipeline.handwritten.judge import Judge
from docgen.pipeline.handwritten.slots import SlotPlan, plan_slots
from docgen.pipeline.stages.prepare import make_prose_reader, open_source
from docgen.profile.subject import Subject, derive_facts
from docgen.profile.validate import validate_record
from docgen.sources.manuscripts import Manuscript, read_manuscript

pytestmark = pytest.mark.heavy

SAMPLES = Path(__file__).parents[2] / "samples"
RECORDS = (
    "db3203-t1023-2023/complete",
    "db3203-t1023-2023/missed-target",
    "db3203-t1023-2023/step-skipped",
    "db4201-t629-2020/station",
    "db4201-t629-2020/failed-evaluation",
    "db4201-t665-2022/park",
    "db4201-t665-2022/single-enterprise",
    "t-hebqia-draft/scored",
    "t-hebqia-draft/without-rubric",
    "chengdu-sme-guide-2024/drafting",
    "chengdu-sme-guide-2024/service",
)
CHANGES = (
    *(
        "{}",
        "{}最终版",
        "{}-终稿",
        "{}（扫描件）",
        "{}_盖章",
        "{}（已签字盖章）",
        "{}复印件",
        "{}2",
        "{}(1)",
        "{}（1）",
    ),
    *("{} - 副本", "{} - 副本 (2)", "{}20230915", "{}2023-09-15", "{}（2023年9月15日）", "{}2023.9.15", "{}9月15日"),
    *(
        "{}9.15",
        "{}0915",
        "{}_230915",
        "2023年{}",
        "2023年度{}",
        "2023.09.15-{}",
        "03_{}",
        "3-1 {}",
        "3、{}",
        "（三）{}",
    ),
    *(
        "附件3：{}",
        "【03】{}",
        "{}v2",
        "{}_final",
        "{}（报审稿）",
        "{}_王工改",
        "{}（最终版）(2)",
        "《{}》",
        "微信图片_{}",
    ),
)
_TURNS = 4


@dataclass(frozen=True)
class Sample:
    """A sample's documents as docgen made them: each with the id of the document, and what it can be."""

    plan: SlotPlan
    judge: Judge
    project: str
    papers: tuple[tuple[str, Manuscript], ...]

    def match(self, name: str, paper: Manuscript, *, shut: bool = False) -> FileMatch:
        """``shut`` is a paper that nobody can look into, a scan."""
        lines, headings = ((), ()) if shut else (paper.lines, paper.headings)
        return self.plan.matcher.match(FileClue(PurePosixPath(name), lines, headings))

    def list_names(self, document: str) -> Iterator[str]:
        """What people call a document: its title with whom it is for before or behind it, in several ways."""
        job = self.plan.jobs[document]
        title = job.document.title.replace("/", "／")
        if job.item is None:
            yield from (title, self.project + title)
            return
        whom = (job.item_name or "").replace("/", "／")
        short = getattr(job.item, "short_name", None) or whom
        yield from (f"{title}_{whom}", f"{title}（{short}）")
        if job.document.per == "enterprises[]":
            yield from (whom + title, f"{short}{title}", f"【{short}】{title}")


@pytest.fixture(scope="module", params=RECORDS)
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    path = SAMPLES / request.param / "record.yaml"
    out = tmp_path_factory.mktemp("built")
    build_record(path, out, Options(package=False))
    source, loaded = open_source(path, Options())
    checked = validate_record(loaded, source.data, source.locate, make_prose_reader(path.parent), failed=source.failed)
    assert checked.record is not None
    subject = Subject(loaded.profile, checked.record, derive_facts(loaded.profile, checked.record))
    plan = plan_slots(subject)
    named = {
        f"{job.document.title}_{job.item_name}" if job.item_name else job.document.title: document
        for document, job in plan.jobs.items()
    }
    files = sorted(file for file in out.rglob("*") if file.is_file())
    papers = tuple(
        (named[name], read_manuscript(file.parent, PurePosixPath(file.name)))
        for file in files
        # several of one name (a second service to the same enterprise) are told apart by a number alone
        if (name := file.stem.replace("／", "/")) in named
    )
    assert len(papers) > 0.6 * len(files)
    return Sample(plan, Judge(subject, loaded, Options().resources), checked.record.project.name or "", papers)


@pytest.mark.parametrize("shut", [False, True])
def test_a_right_paper_is_filed_under_every_name_and_never_as_another(sample: Sample, shut: bool) -> None:
    fates: Counter[str] = Counter()
    missed: list[tuple[str, str | None]] = []
    whom = [(job.document.id, job.item_name) for job in sample.plan.jobs.values()]
    turn = 0
    for document, paper in sample.papers:
        job = sample.plan.jobs[document]
        # of two for the same enterprise no name says which
        alike = whom.count((job.document.id, job.item_name)) > 1
        for name in sample.list_names(document):
            turn += 1  # every change meets every sample, not every name
            for change in CHANGES[turn % _TURNS :: _TURNS]:
                path = change.format(name) + (".pdf" if shut else paper.path.suffix)
                found = sample.match(path, paper, shut=shut)
                fates["right" if found.slot and found.slot.id == document else "wrong" if found.slot else "not"] += 1
                assert found.slot is None or found.slot.id == document, (path, found.slot)
                if found.slot is None and not alike:
                    missed.append((path, found.why))
    # what a name says of nobody's paper is left to a person; that must stay rare
    assert len(missed) <= 0.005 * fates["right"], missed[:20]


def test_nothing_that_a_sample_holds_is_foreign_to_its_document(sample: Sample) -> None:
    for document, paper in sample.papers:
        assert paper.content is not None
        assert not sample.judge.is_foreign(sample.plan.jobs[document].document, paper.content), document
