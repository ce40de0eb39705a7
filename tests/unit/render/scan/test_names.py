"""Each kind of fault that the tags of a Word template can have, at its exact paragraph."""

from __future__ import annotations

import docx.document
import pytest
from support.render_docx_support import add_table, build, of_paragraphs
from support.scan_support import NAME, check, describe, find_one, list_found, load_trees, read_message

from docgen.diagnostics import Severity
from docgen.profile.model import RuleSpec
from docgen.render.docx.output.environment import make_docx_environment
from docgen.render.scan.filters import FILTER_TYPES
from docgen.render.scan.template import Purpose, check_template, list_uses
from docgen.render.xlsx.compile import make_xlsx_environment

SOUND = "填表说明"

# Code, the paragraph's text, what the message must say.
SINGLE = [
    ("T301", "{{ enterprse.name }}", "enterprise"),
    ("T301", "{{ project.nmae }}", "project.name"),
    ("T301", "{{ form.specie }}", "form.species"),
    ("T302", "{{ qqqq }}", "enterprise"),
    ("T302", "{{ project.zzzz }}", "number"),
    ("T302", "{{ evaluation.total }}", "evaluation"),
    ("T303", "{{ form.visits.on }}", "{%tr for row in form.visits %}"),
    ("T304", "{{ project.name.first_word }}", "{{ project.name }}"),
    ("T305", "{{ enterprise }}", "enterprise.name"),
    ("T306", "{{ form.visits }}", "form.visits"),
    ("T307", "来历：{{ form.story }}", "{{p form.story }}"),
    ("T309", "{{ form.alive }}", "{{ form.alive|box(true) }}"),
    ("T310", "{{ form.species|date }}", "日期、时间"),
    ("T310", "{{ form.date|money }}", "数字"),
    ("T310", "{{ form.height|join('、') }}", "列表"),
    ("T311", "{{ form.nickname }}", "{% if form.nickname %}"),
    ("T311", "{{ enterprise.address }}", "企业地址"),
    ("T311", "{{ enterprise.contact.name }}", "enterprise.contact"),
    ("T311", "{{ '（' ~ form.nickname ~ '）' }}", "俗名"),
    ("T311", "{{ form.nickname|trim }}", "俗名"),
    ("T312", "{{ activity.title }}", "activity"),
    ("T313", "{% if form.alive %}☑", "endif"),
    ("T313", "{% for n in notes %}{{ n }}", "endfor"),
    ("T314", "{{ dated }}{% endif %}", "if"),
    ("T314", "{% else %}", "if"),
    ("T316", "{{ project.name.upper() }}", "project.name.upper"),
    ("T316", "{{ cycler(1) }}", "cycler"),
    ("T317", "{% for c in project.name %}{{ c }}{% endfor %}", "project.name"),
    ("T317", "{% for c in form %}{{ c }}{% endfor %}", "form"),
    ("T104", "{{ project.name", "{{ project.name"),
    ("T105", "{{ project name }}", "{{ project name }}"),
    ("T105", "{% iff blank %}", "iff"),
    ("T106", "{{ dated|datum }}", "datum"),
    ("T107", "{% include 'x' %}", "include"),
]
WARNINGS = {"T307", "T309", "T311", "T312"}


@pytest.mark.parametrize(("code", "text", "said"), SINGLE, ids=[f"{code} {text}" for code, text, _ in SINGLE])
def test_each_fault_is_found_at_its_paragraph(code: str, text: str, said: str) -> None:
    texts = [SOUND, text, SOUND]
    scan = check(of_paragraphs(*texts))
    assert list_found(scan) == [(code, 2)]
    found = find_one(scan, code)
    assert found.location.file == NAME
    assert found.location.part == "word/document.xml"
    assert found.location.excerpt == texts[int(found.location.paragraph or 0) - 1]
    assert (found.severity is Severity.WARNING) == (code in WARNINGS)
    assert said in read_message(found)


def test_all_faults_at_once() -> None:
    scan = check(of_paragraphs(*(text for code, text, _ in SINGLE if code not in ("T104", "T313", "T314"))))
    wanted = [code for code, _, _ in SINGLE if code not in ("T104", "T313", "T314")]
    assert sorted(code for code, _ in list_found(scan)) == sorted(wanted)


def test_faults_beside_a_paragraph_with_broken_braces_are_found() -> None:
    scan = check(of_paragraphs("{{ project.name", "{{ qqqq }}", "{% if a b %}"))
    assert list_found(scan) == [("T104", 1), ("T302", 2), ("T105", 3)]


@pytest.mark.parametrize(
    "text",
    [
        "{{ form.species }}{{ form.height }}{{ form.date|date }}{{ dated|date8 }}{{ form.planter }}",
        "{% if form.nickname %}{{ form.nickname }}{% endif %}",
        "{% if not form.nickname %}—{% else %}{{ form.nickname }}{% endif %}",
        "{% if blank %}{% elif form.nickname %}{{ form.nickname }}{% endif %}",
        "{% if form.nickname and form.alive %}{{ form.nickname }}{% endif %}",
        "{% if form.nickname == '小青' %}{{ form.nickname }}{% endif %}",
        "{{ form.nickname|default('—') }}{{ form.nickname or '—' }}",
        "{{ form.nickname if form.nickname else '—' }}",
        "{{ form.alive|box(true) }}{% if form.alive %}是{% endif %}",
        "{% if activity %}{{ activity.title }}{{ activity.place }}{% endif %}",
        "{% if enterprise.contact %}{% if item.contact.name %}{{ item.contact.name }}{% endif %}{% endif %}",
        "{% if form.nickname or blank %}{{ form.nickname }}{% endif %}{% if blank %}{{ form.nickname }}{% endif %}",
        "{% if enterprise.contact.name %}{{ enterprise.contact.name }}{% endif %}",
        "{% set n = form.nickname %}{% if n %}{{ n }}{% endif %}",
        "{% with n = form.species %}{{ n }}{% endwith %}",
        "{% for v in form.visits %}{{ loop.index }}{{ v.on|date }}{% if v.found %}{{ v.found }}{% endif %}{% endfor %}",
        "{% for v in form.visits %}{% if not loop.last %}、{% endif %}{% else %}无{% endfor %}",
        "{% for i in range(3) %}{{ i }}{% endfor %}{{ form.visits|length }}{{ dated.year }}",
        "{{ notes|join('、') }}{{ notes|first }}{{ notes[0] }}{{ project['name'] }}",
        "{% if zzz is defined %}{% endif %}{# qqqq #}{% raw %}{{ qqqq }}{% endraw %}",
        "{{ “a” ~ form.species }}",
    ],
)
def test_what_is_sound_is_left_alone(text: str) -> None:
    assert list_found(check(of_paragraphs(text))) == []


def test_a_guard_ends_with_its_condition() -> None:
    text = "{% if form.nickname %}{{ form.nickname }}{% endif %}"
    assert list_found(check(of_paragraphs(text, "{{ form.nickname }}"))) == [("T311", 2)]
    text = "{% if form.nickname or form.alive %}{{ form.nickname }}{% endif %}"
    assert list_found(check(of_paragraphs(text))) == [("T311", 1)]
    text = "{% if form.nickname %}{% else %}{{ form.nickname }}{% endif %}"
    assert list_found(check(of_paragraphs(text))) == [("T311", 1)]


def test_a_narrative_has_a_paragraph_of_its_own() -> None:
    assert list_found(check(of_paragraphs("{{p form.story }}"))) == []
    assert list_found(check(of_paragraphs("{{p form.visits }}"))) == [("T306", 1)]
    assert list_found(check(of_paragraphs("来历：{{p form.story }}"))) == [("T421", 1)]


def test_crossed_blocks_are_told_once() -> None:
    text = "{% if blank %}{% for n in notes %}{% endif %}{{ n }}{% endfor %}"
    scan = check(of_paragraphs("{{ dated }}", text, "{{ qqqq }}"))
    assert list_found(scan) == [("T315", 2), ("T302", 3)]
    assert "{% for n in notes %}" in read_message(find_one(scan, "T315"))


def test_cells_of_tables_are_paragraphs() -> None:
    def make(document: docx.document.Document) -> None:
        add_table(
            document,
            ("{%tr for row in form.visits %}", ""),
            ("{{ row.onn }}", "{{ row.found }}"),
            ("{%tr endfor %}", ""),
        )

    scan = check(build(make))
    assert list_found(scan) == [("T301", 3), ("T311", 4)]
    assert "row.on" in read_message(find_one(scan, "T301"))
    assert "{% if row.found %}" in read_message(find_one(scan, "T311"))


def test_a_block_that_ends_in_a_cell_is_compilings_fault() -> None:
    def make(document: docx.document.Document) -> None:
        document.add_paragraph("{% if blank %}")
        add_table(document, ("{% endif %}", "{{ qqqq }}"))

    assert list_found(check(build(make))) == [("T108", 2), ("T302", 3)]


def test_loops_end_at_their_part() -> None:
    def make(document: docx.document.Document) -> None:
        document.add_paragraph("{%p if blank %}")
        document.add_paragraph(SOUND)
        document.sections[0].header.paragraphs[0].text = "{{ qqqq }}"
        document.sections[0].footer.paragraphs[0].text = "{% endif %}"

    found = [(item.code, item.location.part) for item in check(build(make)).diagnostics if item.code < "T318"]
    assert found == [("T313", "word/document.xml"), ("T302", "word/header1.xml"), ("T314", "word/footer1.xml")]


def test_tags_in_properties_are_looked_at() -> None:
    def make(document: docx.document.Document) -> None:
        document.core_properties.title = "{{ projekt.name }}"

    assert [item.location.part for item in check(build(make)).diagnostics if item.code == "T301"] == [
        "docProps/core.xml"
    ]


def test_a_tag_scattered_over_runs_is_one() -> None:
    def make(document: docx.document.Document) -> None:
        paragraph = document.add_paragraph("企业：")
        for piece in ("{", "{ enterp", "rse.na", "me }", "}"):
            paragraph.add_run(piece)

    assert list_found(check(build(make))) == [("T301", 1)]


def test_unprinted_fields_are_named() -> None:
    said = [item for item in check(of_paragraphs("{{ form.species }}{{ dated }}")).diagnostics if item.code == "T318"]
    assert {item.params["label"] for item in said} == {"俗名", "树高", "栽种人", "成活", "来历", "日期", "所见"}
    assert all(item.location.paragraph is None and item.location.file == NAME for item in said)
    visits = "{% for v in form.visits %}{{ v.on }}{% if v.found %}{{ v.found }}{% endif %}{% endfor %}"
    labelled = "{% for item in labelled %}{{ item.value }}{% endfor %}"
    sound = check(of_paragraphs(labelled, visits, "{{p form.story }}"))
    assert [item.code for item in sound.diagnostics if item.code < "T322"] == []


def test_asking_for_yes_or_no_prints_it() -> None:
    said = check(of_paragraphs("{% if form.alive %}☑{% endif %}{% if form.species %}{% endif %}")).diagnostics
    labels = {item.params["label"] for item in said if item.code == "T318"}
    assert "成活" not in labels
    assert "树种" in labels


def test_unprinted_headings_lines_and_columns_are_named() -> None:
    plan = check(of_paragraphs("{{ dated }}", "{{p form.aim }}"), "plan")
    assert [item.params["title"] for item in plan.diagnostics if item.code == "T319"] == ["步骤"]
    lines = "{% for g in groups %}{% for line in g.lines %}{{ line.label }}{{ line.verdict }}{% endfor %}{% endfor %}"
    remark = find_one(check(of_paragraphs(lines), "check"), "T320")
    assert (remark.params["label"], remark.params["count"]) == ("备注", 2)
    log = check(of_paragraphs("{% for row in rows %}{{ row.number }}{% endfor %}"), "log")
    assert [item.params["label"] for item in log.diagnostics if item.code == "T321"] == ["企业", "地址"]
    cells = "{% for row in rows %}{% for cell in row.cells %}{{ cell.value }}{% endfor %}{% endfor %}"
    assert "T321" not in [item.code for item in check(of_paragraphs(cells), "log").diagnostics]


def test_a_field_that_a_rule_reads_is_told_without_alarm() -> None:
    profile = load_trees().profile
    given = {"rows": "forms.card[].visits[]", "keys": ["found"], "paths": [{"path": "forms.card[].height"}]}
    rule = RuleSpec.model_validate({"id": "x", "clause": "1", "level": "应", "check": "any", "with": given})
    document = profile.find_document("card")
    assert document is not None
    ruled = profile.model_copy(update={"rules": (rule,)})
    scan = check_template(of_paragraphs("{{ dated }}"), NAME, describe(), Purpose(ruled, document))
    told = {item.params["name"]: item.severity for item in scan.diagnostics if item.code == "T329"}
    assert told == {"form.height": Severity.INFO, "form.visits[].found": Severity.INFO}
    assert "树高" not in {item.params["label"] for item in scan.diagnostics if item.code == "T318"}


def test_every_filter_has_its_types() -> None:
    known = {*make_docx_environment().filters, *make_xlsx_environment().filters}
    assert {name for name in known if not name.startswith("_")} == set(FILTER_TYPES)


def test_listing_needs_no_profile() -> None:
    text = "{% for row in form.visits %}{{ row.on|date }}{% endfor %}{% if form.x %}{{ party.agency.name }}{% endif %}"
    scan = list_uses(of_paragraphs(SOUND, text, "{{ form.x }}"), NAME)
    assert [(use.name, use.use, use.location.paragraph) for use in scan.uses] == [
        ("form.visits", "looped", 2),
        ("form.visits[].on", "printed", 2),
        ("form.x", "condition", 2),
        ("party.agency.name", "printed", 2),
        ("form.x", "printed", 3),
    ]
    assert scan.diagnostics == ()
