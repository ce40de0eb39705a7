"""What of a record a document reads is told in advance, and is never less than what it really reads."""

from __future__ import annotations

from typing import Any

import pytest
from docx import Document
from support.command_line import ROOT
from support.scan_support import load_trees

from docgen.pipeline import Options
from docgen.pipeline.stages.chosen import find_chosen_reads
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.profile.load import find_profile
from docgen.profile.paths import Place
from docgen.render.context.build import build_context
from docgen.render.context.records import ModelView
from docgen.render.scan.reads import Reads, find_reads
from docgen.render.store import TemplateStore
from docgen.resources import Resources

SAMPLES = ("db3203-t1023-2023/complete", "db4201-t665-2022/park", "db4201-t629-2020/station", "t-hebqia-draft/scored")
RESOURCES = Resources()


def read_chosen(profile_id: str, *documents: str) -> Reads:
    return find_chosen_reads(find_profile(RESOURCES, profile_id), documents, RESOURCES)


def read_template(folder: Any, *paragraphs: str) -> Reads:
    """What the form of an enterprise reads with a template of these paragraphs."""
    book = Document()
    for text in paragraphs:
        book.add_paragraph(text)
    path = folder / "card.docx"
    book.save(str(path))
    trees = load_trees()
    document = trees.profile.find_document("card")
    assert document is not None
    return find_reads(trees, document, (("card.docx", path.read_bytes()),))


@pytest.mark.parametrize(
    ("place", "is_read"),
    [
        (("parties", 0, "uscc"), False),
        (("parties", 0, "name"), True),
        (("parties", 0), True),
        (("parties", 0, "role"), True),
        (("enterprises", 3, "uscc"), False),
        (("enterprises", 3, "contact", "phone"), True),
        (("enterprises", 3, "key"), True),
        (("project", "period"), True),
        (("project", "scope"), False),
        (("project", "number"), True),
        (("activities", 2, "date"), False),
        (("activities",), False),
        (("forms", "satisfaction", 0, "attitude"), True),
        (("forms", "satisfaction", 0, "of"), True),
        (("forms", "feedback", 0, "of"), False),
        # what is misspelt may have meant a neighbour that is read
        (("enterprises", 0, "nmae"), True),
        (("activities", 0, "dtae"), False),
        (("enterprizes",), True),
        ((), True),
    ],
)
def test_a_form_reads_what_its_template_prints(place: Place, is_read: bool) -> None:
    assert read_chosen("db4201-t665-2022", "satisfaction").holds(place) is is_read


def test_facts_are_read_with_what_they_are_computed_from() -> None:
    reads = read_chosen("db4201-t665-2022", "benefit-enterprise")
    assert reads.holds(("activities", 0, "date"))
    assert reads.holds(("enterprises", 0, "benefits", 0, "amount"))
    assert not reads.holds(("enterprises", 0, "uscc"))


def test_columns_are_read_with_what_they_refer_to() -> None:
    reads = read_chosen("db4201-t665-2022", "satisfaction-analysis")
    assert reads.holds(("forms", "satisfaction", 0, "attitude"))
    assert reads.holds(("enterprises", 0, "name"))
    assert not reads.holds(("forms", "satisfaction", 0, "phone"))


def test_several_documents_read_together() -> None:
    reads = read_chosen("db4201-t665-2022", "satisfaction", "benefit-enterprise")
    assert reads.holds(("activities", 0))
    assert reads.holds(("enterprises", 0, "contact", "phone"))


def test_what_can_not_be_computed_reads_everything() -> None:
    assert read_chosen("db4201-t629-2020", "service-evaluation-summary").holds(("enterprises", 0, "assets"))


def test_a_part_that_is_handed_on_is_read_whole(tmp_path: Any) -> None:
    asked = read_template(tmp_path, "{%p if party.agency %}", "{{ party.agency.name }}", "{%p endif %}")
    assert not asked.holds(("parties", 0, "uscc"))
    joined = "{%p with who = party.agency or party.commissioning_party %}"
    handed = read_template(tmp_path, joined, "{{ who.name }}", "{%p endwith %}")
    assert handed.holds(("parties", 0, "uscc"))
    looped = read_template(tmp_path, "{%p for one in parties %}", "{{ one.address }}", "{%p endfor %}")
    assert looped.holds(("parties", 0, "address"))
    assert not looped.holds(("parties", 0, "uscc"))


@pytest.mark.parametrize("text", ["{{ nobody.name }}", "{{ project.nmae }}", "{{ project.name|shout }}"])
def test_a_template_that_is_at_fault_reads_everything(tmp_path: Any, text: str) -> None:
    assert read_template(tmp_path, text, "{{ project.name }}").holds(("enterprises", 0, "assets"))


@pytest.mark.heavy
@pytest.mark.parametrize("sample", SAMPLES)
def test_no_document_reads_more_than_was_told(sample: str, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = prepare_record(ROOT / "samples" / sample / "record.yaml", Options())
    assert isinstance(prepared, PreparedRecord)
    seen: list[Place] = []
    read = ModelView.__getattr__

    def note(view: ModelView, name: str) -> Any:
        value = read(view, name)
        if not isinstance(value, ModelView):
            seen.append((*view._place, name))
        return value

    store, jobs = TemplateStore(RESOURCES), [job for job in prepared.jobs if job.document.photos is None]
    monkeypatch.setattr(ModelView, "__getattr__", note)
    for job in jobs:
        seen.clear()
        context = build_context(prepared.subject, job, "error")
        for name in job.document.template_names:
            store.render(name, context)
        reads = find_chosen_reads(prepared.loaded, (job.document.id,), RESOURCES)
        assert seen
        assert [place for place in seen if not reads.holds(place)] == [], job.id
