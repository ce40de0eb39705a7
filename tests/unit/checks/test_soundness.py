"""Faults planted in a made-up profile, each told at its line; the shipped profiles have none."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.made_up import write_profile, write_record

from docgen.checks.base import check_rules
from docgen.diagnostics import Diagnostic
from docgen.errors import DocgenError
from docgen.pipeline import Options, check_record
from docgen.profile.load import find_profile, load_profile
from docgen.resources import Resources

FLIGHTS, CARDS, KEPT = "forms.flight-log[].flights[]", "forms.kite-card[]", "forms.kite-list[].kites[]"
SEEN = f"{{items: '{FLIGHTS}', followed: [{{rows: '{CARDS}', by: colour}}], what: 卡片"
SIGN = f'{{path: "{CARDS}.strings", label: 线, values: [多], kind: 红}}'
CHANGES = f'changes: "{CARDS}", about: colour, texts: [colour], kinds: [{{name: 红, patterns: [红]}}]'
SAME = "{row: colour, item: height}"
NEED = "demands: project.dated, reason: 因, label: 名}"
RULES = (
    # a value that the field doesn't have
    ("value_count", f"{{rows: '{CARDS}', label: 卡片, field: colour, value: 绿, min: 1}}", "P170"),
    ("value_count", f"{{rows: '{KEPT}', label: 线, field: kept, value: 好, min: 1}}", "P170"),
    ("exclusive_choice", f'{{choices: "{CARDS}.colour", value: 蓝}}', "P170"),
    ("unrecorded_change", f"{{{CHANGES}, signs: [{SIGN}]}}", "P170"),
    ("required_when", f'{{when: {{equals: {{path: "{CARDS}.colour", value: 紫}}}}, {NEED}', "P170"),
    ("required_when", f'{{when: {{in: {{path: "{FLIGHTS}.when", values: [早上]}}}}, {NEED}', "P170"),
    ("conclusion_agrees", "{document: kite-card, conclusion: colour, favourable: [红], verdicts: [坏]}", "P175"),
    # rows without the key that the check knows them by
    ("followed_up", f"{SEEN}, signs: [{{field: height, values: ['3']}}]}}", "P171"),
    ("linked_value", f"{{rows: '{CARDS}', by: colour, items: '{FLIGHTS}', values: [{SAME}]}}", "P171"),
    # what can never be, or always is
    ("item_count", f"{{of: '{FLIGHTS}', label: 放飞, min: 5, max: 2}}", "P172"),
    ("item_count", f"{{of: '{FLIGHTS}', label: 放飞}}", "P172"),
    ("months_between", "{start: project.dated, ends: [project.dated], min: 6, max: 3}", "P172"),
    ("fields_given", "{items: 'enterprises[]', fields: []}", "P172"),
    ("required_when", "{when: {present: project.name}, demands: project.name, reason: 因, label: 名}", "P172"),
    ("required_when", "{when: {in: {path: project.name}}, " + NEED, "P172"),
    ("required_when", "{when: {count: {of: project.name, min: 2}}, " + NEED, "P172"),
    ("required_when", "{when: {all: [{present: project.name}, {absent: project.name}]}, " + NEED, "P172"),
    # something else than the check can work with
    ("clear_since", "{since: project.name, until: project.dated, months: 3}", "P173"),
    ("sum_of_parts", f'{{total: "{CARDS}.strings", parts: ["{CARDS}.colour"]}}', "P173"),
    ("stated_yes", f"{{rows: '{CARDS}', fields: [colour], name: strings}}", "P173"),
    ("period_contains", "{period: project.name, dates: [project.dated]}", "P173"),
    ("target_better", f"{{indicators: '{FLIGHTS}'}}", "P173"),
    ("fields_given", "{items: 'enterprises[].name', fields: [x]}", "P174"),
    ("stages_in_order", "{stages: project, title: name, start: dated, end: dated}", "P174"),
    ("fields_given", "{items: 'forms.flight-plan[]', fields: ['date.x']}", "P174"),
    # what isn't there
    ("each_has", "{per: 'enterprises[]', path: 'enterprises[].name', label: 名称, documents: [kite-chek]}", "P175"),
    ("before_after", "{document: flight-plan, part: winds}", "P175"),
    ("filed_examples", "{item: q, examples: [{label: 例}]}", "P175"),
    ("item_count", "{of: 'facts.evaluations[]', label: 评价, min: 1}", "P176"),
    ("item_count", "{of: 'forms.diagnosis-report[]', label: 诊断报告, min: 1}", "P177"),
)  # fmt: skip


def write_rules(root: Path, *rules: tuple[str, str]) -> Path:
    """The made-up profile with rules, one a line from the second line on."""
    write_profile(root)
    profile, filing = root / "kites" / "profile.yaml", root / "kites" / "filing.yaml"
    profile.write_text(profile.read_text("utf-8") + KITES, "utf-8")
    filing.write_text(filing.read_text("utf-8").replace("flight-log,", "flight-log, kite-list,"), "utf-8")
    lines = [
        f"  - {{id: rule-{at}, clause: '4', level: 应, check: {check}, with: {params}}}"
        for at, (check, params) in enumerate(rules)
    ]
    (root / "kites" / "rules.yaml").write_text("\n".join(["rules:", *lines, ""]), "utf-8")
    return root / "kites"


KITES = """\
  - id: kite-list
    title: 风筝清单
    shape: register
    clause: "4.5"
    level: 可
    rows: forms.kite-list[].kites[]
    fields:
      - key: kites
        label: 风筝
        type: rows
        level: 应
        fields:
          - {key: key, label: 编号, type: text, level: 应}
          - {key: kept, label: 完好, type: yes_no, level: 应}
    columns:
      - {key: key, label: 编号, source: "forms.kite-list[].kites[].key", width: 30}
"""
"""A document whose rows have a key and an answer of yes or no."""


def find_faults(folder: Path) -> list[Diagnostic]:
    try:
        return check_rules(load_profile(folder, Resources()))
    except DocgenError as fault:
        return list(fault.diagnostics)


def test_every_planted_fault_is_told_at_its_line(tmp_path: Path) -> None:
    diagnostics = find_faults(write_rules(tmp_path, *(rule[:2] for rule in RULES)))
    codes: dict[int, set[str]] = {}
    for item in diagnostics:
        assert item.location.line is not None
        assert (item.location.file or "").endswith("rules.yaml")
        codes.setdefault(item.location.line - 2, set()).add(item.code)
    missed = [
        (RULES[at][0], code, codes.get(at)) for at, (_c, _p, code) in enumerate(RULES) if code not in codes.get(at, ())
    ]
    assert missed == []


@pytest.mark.parametrize("profile", sorted(folder.name for folder in Resources().profile_folders()))
def test_the_shipped_profiles_have_no_fault(profile: str) -> None:
    assert check_rules(find_profile(Resources(), profile)) == []


@pytest.mark.parametrize("no", ["否", '"False"', "false"])
def test_a_rule_says_no_as_paper_does_and_finds_it(tmp_path: Path, no: str) -> None:
    """A yes-no field is compared by its word on paper, however the profile spells it."""
    signs, followed = f"[{{field: kept, values: [{no}]}}]", f"[{{rows: '{CARDS}', by: colour}}]"
    rule = f"{{items: '{KEPT}', signs: {signs}, followed: {followed}, what: 卡片}}"
    folder = write_rules(tmp_path, ("followed_up", rule))
    assert find_faults(folder) == []
    record = write_record(tmp_path)
    kites = "forms:\n  kite-list:\n    - kites: [{key: k1, kept: true}, {key: k2, kept: false}]\n"
    record.write_text(record.read_text("utf-8").replace("forms:\n", kites), "utf-8")
    outcome = check_record(record, Options(resources=Resources(own_profiles=(tmp_path,))))
    params = [item.params for item in outcome.diagnostics if item.code == "C315"]
    assert [(item["key"], item["value"]) for item in params] == [("k2", "否")]


def test_a_faulty_rule_is_the_profiles_fault_and_ends_no_check(tmp_path: Path) -> None:
    """Rows without a key ended the check of every record in a fault of the program."""
    write_rules(tmp_path, ("followed_up", f"{SEEN}, signs: [{{field: height, values: ['120']}}]}}"))
    record = write_record(tmp_path)
    try:
        outcome = check_record(record, Options(resources=Resources(own_profiles=(tmp_path,))))
        codes = {item.code for item in outcome.diagnostics}
    except DocgenError as fault:
        codes = {item.code for item in fault.diagnostics}
    assert "P171" in codes


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("{equals: {path: 'forms.kite-card[].colour', value: 绿}}", "P170"),
        ("{present: facts.ratings}", "P176"),
        ("{count: {of: 'forms.kite-card[]', min: 3, max: 1}}", "P172"),
        ("{present: 'forms.diagnosis-report[]'}", "P177"),
    ],
)
def test_a_condition_of_a_document_that_never_holds_is_told(tmp_path: Path, condition: str, code: str) -> None:
    write_profile(tmp_path)
    place = '{present: "forms.kite-card[].colour"}'
    path = tmp_path / "kites" / "profile.yaml"
    text = path.read_text("utf-8")
    line = 1 + text[: text.index(place)].count("\n")
    path.write_text(text.replace(place, condition), "utf-8")
    assert [(item.code, item.location.line) for item in find_faults(path.parent)] == [(code, line)]


def test_a_records_form_of_another_standard_is_told_as_that(tmp_path: Path) -> None:
    write_profile(tmp_path)
    record = write_record(tmp_path)
    more = "forms:\n  diagnosis-report: []\n  other/x: []\n"
    text = record.read_text("utf-8").replace("forms:\n", more)
    record.write_text(text, "utf-8")
    outcome = check_record(record, Options(resources=Resources(own_profiles=(tmp_path,))))
    diagnostic = next(item for item in outcome.diagnostics if item.code == "P178")
    assert (diagnostic.severity.value, diagnostic.params["standard"]) == ("info", "DB 3203/T 1023—2023")
    assert diagnostic.location.line == 1 + text[: text.index("diagnosis-report")].count("\n")
