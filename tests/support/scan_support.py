"""A profile of a made-up standard for the tests of the template check, and templates held against it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from docgen.diagnostics import Diagnostic
from docgen.messages import catalogue
from docgen.profile.load import LoadedProfile, load_profile
from docgen.render.context.types import Shape
from docgen.render.context.vocabulary import describe_context
from docgen.render.scan.template import Purpose, TemplateScan, check_template
from docgen.resources import Resources

PROFILE = """\
id: trees
version: 0.0.1
standard: {number: YY/T 2—2031, title: 植树规范}
parts:
  - {path: project.name, level: 应}
  - {path: "enterprises[].name", level: 应}
documents:
  - id: card
    title: 植树卡
    shape: form
    clause: "1"
    level: 应
    per: enterprises[]
    responsible: enterprise
    dated: date
    fields:
      - {key: species, label: 树种, type: text, level: 应}
      - {key: nickname, label: 俗名, type: text, level: 可}
      - {key: height, label: 树高, type: decimal, unit: 米, level: 应}
      - {key: date, label: 栽种日期, type: date, level: 应}
      - {key: planter, label: 栽种人, type: text, level: 应, by_hand: true}
      - {key: alive, label: 成活, type: yes_no, level: 应}
      - {key: story, label: 来历, type: prose, level: 应}
      - key: visits
        label: 巡查
        type: rows
        level: 应
        fields:
          - {key: on, label: 日期, type: date, level: 应}
          - {key: found, label: 所见, type: text, level: 可}
  - id: plan
    title: 植树方案
    shape: report
    clause: "2"
    level: 应
    dated: date
    fields:
      - {key: date, label: 成文日期, type: date, level: 应}
    headings:
      - {key: aim, title: 目标, level: 应}
      - {key: steps, title: 步骤, level: 应}
  - id: check
    title: 植树检查表
    shape: checklist
    clause: "3"
    level: 应
    per: enterprises[]
    checklist: {verdicts: [好, 坏], label: 检查内容, group_label: 项目, verdict_label: 结论, remark_label: 备注}
    lines:
      - group: {key: root, label: 根}
        lines:
          - {key: r1, label: 根系完整}
          - {key: r2, label: 土团不散}
  - id: log
    title: 巡查台账
    shape: register
    clause: "4"
    level: 应
    rows: enterprises[]
    columns:
      - {key: name, label: 企业, source: "enterprises[].name"}
      - {key: address, label: 地址, source: "enterprises[].address"}
"""
FILING = """\
basis: 自拟
items:
  - {key: a, label: 全部, takes: [card, plan, check, log]}
"""
NAME = "样表.docx"


@cache
def load_trees() -> LoadedProfile:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "trees"
        root.mkdir()
        (root / "profile.yaml").write_text(PROFILE, "utf-8")
        (root / "filing.yaml").write_text(FILING, "utf-8")
        loaded = load_profile(root, Resources())
        assert loaded.record_model
        return loaded


@cache
def describe(document_id: str = "card") -> Mapping[str, Shape]:
    document = load_trees().profile.find_document(document_id)
    assert document is not None
    return describe_context(load_trees(), document)


def check(data: bytes, document_id: str = "card", name: str = NAME) -> TemplateScan:
    profile = load_trees().profile
    document = profile.find_document(document_id)
    assert document is not None
    return check_template(data, name, describe(document_id), Purpose(profile, document))


def list_found(scan: TemplateScan, *, without: tuple[str, ...] = ()) -> list[tuple[str, object]]:
    """Code and paragraph (or cell) of each diagnostic with a place; unprinted fields and layout aside."""
    return [
        (item.code, item.location.cell or item.location.paragraph)
        for item in scan.diagnostics
        if not (item.code.startswith("T32") or item.code in ("T318", "T319", *without))
    ]


def read_message(item: Diagnostic) -> str:
    """What a user reads, with how to mend it."""
    words = catalogue("zh")
    return f"{words.message(item)} {words.mend(item)}"


def find_one(scan: TemplateScan, code: str) -> Diagnostic:
    (found,) = [item for item in scan.diagnostics if item.code == code]
    return found
