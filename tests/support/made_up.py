"""A made-up standard, written as data into a folder: what proves that the engine knows no standard of its own."""

from __future__ import annotations

from pathlib import Path

PROFILE = """\
id: {id}
version: 1.0.0
standard: {{number: XX/T 1—2030, title: 风筝放飞服务规范, edition: "2030"}}
parts:
  - {{path: project.number, level: 应}}
  - {{path: project.name, level: 应}}
  - {{path: project.dated, level: 应}}
  - {{path: "enterprises[].name", level: 应}}
documents:
  - id: flight-plan
    title: 放飞计划
    shape: report
    clause: "4.1"
    level: 应
    dated: date
    responsible: agency
    fields:
      - {{key: date, label: 计划日期, type: date, level: 应}}
    headings:
      - {{key: wind, title: 风力分析, clause: 4.1 a), level: 应}}
      - {{key: line, title: 放线安排, clause: 4.1 b), level: 宜}}
  - id: kite-check
    title: 风筝检查表
    shape: checklist
    clause: "4.2"
    level: 应
    per: enterprises[]
    responsible: enterprise
    dated: date
    fields:
      - {{key: date, label: 检查日期, type: date, level: 应}}
    checklist: {{verdicts: [好, 坏], label: 检查内容, group_label: 部件, verdict_label: 结论, remark_label: 说明}}
    lines:
      - group: {{key: frame, label: 骨架}}
        lines: [{{key: f1, label: 竹条无裂纹}}, {{key: f2, label: 绑扎牢固}}]
  - id: flight-log
    title: 放飞记录
    shape: register
    clause: "4.3"
    level: 宜
    per: enterprises[]
    responsible: enterprise
    rows: forms.flight-log[].flights[]
    fields:
      - key: flights
        label: 放飞
        type: rows
        level: 应
        fields:
          - {{key: when, label: 时间, type: minute, level: 应}}
          - {{key: height, label: 高度, type: decimal, unit: 米, level: 应}}
    columns:
      - {{key: when, label: 时间, source: "forms.flight-log[].flights[].when", width: 30}}
      - {{key: height, label: 高度（米）, source: "forms.flight-log[].flights[].height", width: 20, align: right}}
  - id: kite-card
    title: 风筝卡片
    shape: form
    clause: "4.4"
    level: 可
    per: enterprises[]
    responsible: enterprise
    when: {{present: "forms.kite-card[].colour"}}
    fields:
      - {{key: colour, label: 颜色, type: choice, options: [红, 黄], level: 应}}
      - {{key: strings, label: 线数, type: int, level: 可}}
"""

FILING = """\
basis: 由第4章推导
items:
  - {key: p, label: 计划, clause: "4.1", level: 应, takes: [flight-plan]}
  - {key: r, label: 记录, clause: "4.2", level: 应, takes: [kite-check, flight-log, kite-card], evidence: [photograph]}
  - {key: z, label: 奖状, clause: "4.9", level: 宜, evidence: [certificate]}
"""

RULES = """\
rules:
  - {id: two-flights, clause: "4.3", level: 宜, check: item_count, with:
     {of: "forms.flight-log[].flights[]", min: 2, label: 放飞}}
"""

RECORD = """\
profile: {id}
project: {{number: FZ-1, name: 春季放飞, dated: 2030-04-05}}
parties:
  - {{key: zhan, role: agency, name: 风筝服务站}}
enterprises:
  - {{key: yan, name: 燕子<风筝>社 & 坊}}
not_applicable:
  - {{item: z, reason: 本季不评奖}}
forms:
  flight-plan:
    - date: 2030-03-01
      wind: |
        三级风为宜，`{{{{ 7*7 }}}}` 不是算式。

        - 早晨
        - 傍晚
      line: 放线三百米。
  kite-check:
    - of: yan
      date: 2030-03-02
      lines:
        f1: {{verdict: 好, remark: "=1+1"}}
        f2: {{verdict: 坏, remark: 'A&B <公司> 5<6'}}
  flight-log:
    - of: yan
      flights:
        - {{when: 2030-04-01 10:30, height: 98.50}}
        - {{when: 2030-04-02 09:05, height: 120}}
  kite-card:
    - {{of: yan, colour: 红, strings: 012}}
"""


def write_profile(root: Path, profile_id: str = "kites") -> Path:
    """The made-up profile in ``root/<id>``; gives back ``root``, as ``--profiles`` takes it."""
    folder = root / profile_id
    folder.mkdir(parents=True)
    (folder / "profile.yaml").write_text(PROFILE.format(id=profile_id), "utf-8")
    (folder / "filing.yaml").write_text(FILING, "utf-8")
    (folder / "rules.yaml").write_text(RULES, "utf-8")
    return root


def write_record(folder: Path, profile_id: str = "kites") -> Path:
    """A record of the made-up standard that builds without an error."""
    path = folder / "record.yaml"
    path.write_text(RECORD.format(id=profile_id), "utf-8")
    return path
