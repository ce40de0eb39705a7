"""What a text tells: facts, figures before and after, problems answered, the figures of the record."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError
from support.checks_support import make_indicator, make_record, run, show

from docgen.checks.rules.texts import before_after, facts_told, problems_answered
from docgen.checks.shared.figure_pairs import find_pairs
from docgen.checks.shared.texts import key_sections, place_fault
from docgen.content.figures import Sentence, find_figures, list_sentences, read_number
from docgen.content.headings import WantedHeading
from docgen.content.markdown import parse_markdown
from docgen.content.model import DocumentContent, Section
from docgen.content.outline import outline_document
from docgen.diagnostics import Diagnostic, Location, Severity
from docgen.profile.model import RuleSpec


def figures(text: str) -> list[str]:
    return [f"{figure.value}{figure.unit}" for figure in find_figures(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("合格率95.0%", ["95.0%"]),
        ("９５．５％", ["95.5%"]),
        ("百分之九十五", ["95%"]),
        ("百分之九十五点五", ["95.5%"]),
        ("百分之百", ["100%"]),
        ("投诉14起", ["14起"]),
        ("1,027.40万元", ["1027.40万元"]),
        ("降了-3℃", ["-3℃"]),
        ("12项、3台", ["12项", "3台"]),
        ("2024年9月6日", []),
        ("2024—2025", []),
        ("1—8月", []),
        ("10:30", []),
        ("GB/T 19001—2016", []),
        ("ISO 9001", []),
        ("5S管理", ["5S"]),
        ("见表1、图2", []),
        ("第3批", []),
        ("85%→95%", ["85%", "95%"]),
        ("", []),
    ],
)
def test_figures_of_a_text(text: str, expected: list[str]) -> None:
    assert figures(text) == expected


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("92", "92"),
        ("92%", "92"),
        ("≥90％", "90"),
        ("1,200起", "1200"),
        (3, "3"),
        (Decimal("2.50"), "2.50"),
        ("无", None),
        ("92到95", None),
        (None, None),
        (True, None),
    ],
)
def test_numbers_as_typed(value: object, number: str | None) -> None:
    assert read_number(value) == (None if number is None else Decimal(number))


def test_sentences_and_rows() -> None:
    text = "甲。乙；丙！\n\n- 丁\n\n| 项 | 前 |\n|---|---|\n| 戊 | 1 |"
    assert [item.text for item in list_sentences(parse_markdown(text).blocks)] == [
        "甲。",
        "乙；",
        "丙！",
        "丁",
        "项 | 前",
        "戊 | 1",
    ]


PARTS = (WantedHeading("who", "企业简介"), WantedHeading("why", "问题"), WantedHeading("done", "成效"))


def make_text(**parts: str) -> DocumentContent:
    titles = {heading.key: heading.title for heading in PARTS}
    return DocumentContent(
        "题", (), tuple(Section(titles[key], 1, parse_markdown(text).blocks, key) for key, text in parts.items())
    )


def judge(module: Any, content: DocumentContent, level: str = "宜", **params: Any) -> list[Diagnostic]:
    rule = RuleSpec.model_validate({"id": "r", "clause": "9", "level": level, "check": "x", "with": {}})
    known = module.Params.model_validate({"document": "story", **params})
    assert list(module.list_paths(known)) == []
    return [place_fault(fault, rule, Location(file="a.md")) for fault in module.judge_text(content, known)]


FACTS = [
    {"key": "since", "label": "成立时间", "patterns": [r"成立[^。]{0,6}\d{4}"]},
    {"key": "goods", "label": "产品", "words": ["产品", "生产"]},
]


def test_facts_are_found_by_words_and_patterns() -> None:
    assert judge(facts_told, make_text(who="成立于２０２０年，生产座钟。"), part="who", facts=FACTS) == []
    (diagnostic,) = judge(facts_told, make_text(who="生产座钟。"), part="who", facts=FACTS)
    assert (diagnostic.code, diagnostic.severity, diagnostic.clause) == ("C130", Severity.WARNING, "9")
    assert (diagnostic.params["missing"], diagnostic.params["stated"], diagnostic.params["all"]) == ("成立时间", 1, 2)


def test_facts_of_a_part_that_is_not_there_are_not_asked_for() -> None:
    assert judge(facts_told, make_text(why="甲"), part="who", facts=FACTS) == []
    assert judge(facts_told, make_text(who=""), part="who", facts=FACTS) == []


def test_facts_that_no_part_states_are_asked_of_the_whole_text() -> None:
    (found,) = judge(facts_told, make_text(who="生产座钟。"), facts=FACTS)
    assert (found.code, found.params["missing"]) == ("C271", "成立时间")
    assert "title" not in found.params, "a text that was pasted has none"


def test_a_wrong_pattern_is_refused() -> None:
    with pytest.raises(ValidationError, match="C148"):
        facts_told.WantedFact.model_validate({"key": "a", "label": "a", "patterns": ["("]})


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("合格率由85%提高到95%。", 1),
        ("合格率从原来的85%上升至95%，投诉由35起减少到14起。", 2),
        ("合格率85%→95%。", 1),
        ("提升前为85%，提升后达到95%。", 1),
        ("过去一年35起，现在14起。", 1),
        ("合格率85%提升至95%。", 1),
        ("合格率达到95%。", 0),
        ("合格率95%，产值增长到300万元。", 0),
        ("员工46人，产值2386.40万元。", 0),
        ("显著提升。", 0),
        ("| 指标 | 提升前 | 提升后 |\n|---|---|---|\n| 合格率 | 85% | 95% |", 1),
        ("| 指标 | 结果 |\n|---|---|\n| 合格率 | 95% |", 0),
    ],
)
def test_pairs_before_and_after(text: str, pairs: int) -> None:
    sentences = list_sentences(parse_markdown(text).blocks)
    assert sum(len(find_pairs(sentence)) for sentence in sentences) == pairs
    diagnostics = judge(before_after, make_text(done=text), part="done")
    assert [item.code for item in diagnostics] == ([] if pairs else ["C131"])


@pytest.mark.parametrize(
    ("text", "codes"),
    [("由85%到95%", []), ("由85到95%", ["C132"]), ("由85到95", ["C132"]), ("由35起降到14", []), ("由35降到14起", [])],
)
def test_pairs_have_units(text: str, codes: list[str]) -> None:
    diagnostics = judge(before_after, make_text(done=text), part="done")
    assert [item.code for item in diagnostics] == codes
    assert all(item.severity is Severity.INFO for item in diagnostics)


def test_no_pairs_are_asked_of_a_part_that_is_not_there() -> None:
    assert judge(before_after, make_text(who="甲"), part="done") == []


COMMON = ["企业", "质量", "管理", "问题", "没有"]


@pytest.mark.parametrize(
    ("problem", "answer", "silent"),
    [
        ("一次交验合格率只有85%。", "合格率提高了10个百分点。", True),
        ("测量设备没有按期检定。", "27件设备全部检定。", True),
        ("脆片回潮最让人头疼。", "因回潮退货的脆片少了。", True),
        ("电话经常没人接。", "合格率提高了。", False),
        ("企业质量管理没有问题。", "合格率提高了。", True),  # nothing of its own to look for
    ],
)
def test_problems_come_back(problem: str, answer: str, silent: bool) -> None:
    diagnostics = judge(
        problems_answered, make_text(why=problem, done=answer), "可", problems="why", answers="done", common=COMMON
    )
    assert [item.code for item in diagnostics] == ([] if silent else ["C136"])
    assert all(item.params["sentence"] == problem and item.severity is Severity.INFO for item in diagnostics)


def test_counted_problems_alone_are_looked_for() -> None:
    why = "本厂历史悠久声名远播。有两个难处：一是游丝容易折断；二是油泥积得太厚。"
    diagnostics = judge(
        problems_answered, make_text(why=why, done="游丝折断少了。"), "可", problems="why", answers="done"
    )
    assert [item.params["sentence"] for item in diagnostics] == ["二是油泥积得太厚。"]


def test_places_of_a_file_are_those_of_its_paragraphs() -> None:
    text = "# 题\n\n## 一、企业概况\n\n修钟。\n\n## 二、存在的问题\n\n齿轮磨损严重。\n\n## 三、成效\n\n变好了。\n"
    content = outline_document(parse_markdown(text, Location("yaml", "a.md", 1, 1)).blocks)
    wanted = (WantedHeading("who", "企业简介", ("企业概况",)), WantedHeading("why", "问题", ("存在的问题",)), PARTS[2])
    keyed = key_sections(content, wanted)
    assert [section.key for section in keyed.sections] == ["who", "why", "done"]
    assert [item.location.line for item in judge(facts_told, keyed, part="who", facts=FACTS)] == [5]
    assert [item.location.line for item in judge(before_after, keyed, part="done")] == [13]
    assert [item.location.line for item in judge(problems_answered, keyed, problems="why", answers="done")] == [9]


def test_checks_of_texts_run_on_records() -> None:
    forms = {"story": [{"of": "clock", "title": "题", "who": "修钟。", "why": "齿轮磨损严重。", "done": "变好了。"}]}
    record = make_record(forms=forms)
    assert show(run("facts_told", {"document": "story", "part": "who", "facts": FACTS}, record)) == [
        ("C130", "forms.story[0].who")
    ]
    assert show(run("before_after", {"document": "story", "part": "done"}, record)) == [("C131", "forms.story[0].done")]
    params = {"document": "story", "problems": "why", "answers": "done"}
    assert show(run("problems_answered", params, record)) == [("C136", "forms.story[0].why")]
    assert run("facts_told", {"document": "story", "part": "who", "facts": FACTS}, make_record()) == []


TOLD = {
    "per": "enterprises[]",
    "indicators": "enterprises[].indicators[]",
    "results": "forms.story[].done",
    "also": ["forms.story[].why"],
}
COMPLAINTS = make_indicator(
    "complaints", name="投诉数", unit="起", direction="down", before="35", target="18", after="14"
)


def tell(done: str, why: str = "", each: str | None = None, *indicators: dict[str, Any]) -> list[Diagnostic]:
    enterprise = {"key": "clock", "name": "钟厂", "indicators": list(indicators) or [make_indicator(), COMPLAINTS]}
    record = make_record(enterprises=[enterprise], forms={"story": [{"of": "clock", "done": done, "why": why}]})
    params = TOLD | ({"each": each} if each else {})
    return run("figures_repeated", params, record, level="宜")


BOTH = "走时合格率由85%提高到92%，投诉数由35起降到14起。"


@pytest.mark.parametrize(
    ("done", "codes"),
    [
        (BOTH, []),
        ("走时合格率由85%提高到92%，提高7个百分点，超过90%的目标。", []),
        ("投诉数由35起降到14起，下降60%，减少21起。", []),
        ("合格率由85%提高到92%。", []),  # under another name: nothing contradicts
        ("走时合格率由85%提高到95%。投诉数由35起降到14起。", ["C134"]),
        ("走时合格率由80%提高到92%；投诉数由35起降到14起。", ["C134"]),
        ("投诉数由35起降到15起，走时合格率由85%提高到92%。", ["C134"]),
        ("走时合格率提高到92%，返修率由9%降到3%，原来为85%。", []),  # another subject's figures
        ("效果很好。", ["C133"]),
        ("| 指标 | 前 | 后 |\n|---|---|---|\n| 走时合格率 | 85% | 92% |\n| 投诉数 | 35起 | 14起 |", []),
        ("| 指标 | 前 | 后 |\n|---|---|---|\n| 走时合格率 | 85% | 93% |\n| 投诉数 | 35 | 14 |", ["C134"]),
    ],
)
def test_figures_of_the_text_are_those_of_the_record(done: str, codes: list[str]) -> None:
    assert [item.code for item in tell(done)] == codes


def test_a_contradiction_is_told_with_both_places() -> None:
    (diagnostic,) = tell("走时合格率由85%提高到95%，投诉数由35起降到14起。")
    assert (diagnostic.location.path, diagnostic.severity) == ("forms.story[0].done", Severity.WARNING)
    assert diagnostic.params["other"] == f"record.yaml:{len('enterprises[0].indicators[0].after')}"
    assert (diagnostic.params["figure"], diagnostic.params["value"]) == ("95%", "92%")
    (diagnostic,) = tell("走时合格率由80%提高到92%，投诉数由35起降到14起。")
    assert diagnostic.params["value"] == "85%"


def test_other_prose_may_not_contradict_either() -> None:
    assert show(tell(BOTH, why="走时合格率只有82%。")) == [("C134", "forms.story[0].why")]
    assert tell(BOTH, why="走时合格率只有85%。") == []


def test_a_case_may_dwell_on_one_point() -> None:
    done = "走时合格率由85%提高到92%。"
    assert tell(done) == []
    (diagnostic,) = tell(done, "", "可")
    assert (diagnostic.code, diagnostic.severity) == ("C135", Severity.INFO)
    assert diagnostic.params["names"] == "投诉数 35起→14起"


def test_only_reached_indicators_are_asked_for() -> None:
    missed = make_indicator(after="87")
    kept = make_indicator("kept", name="保持", maintain="是", before="0", target="0", after="0", direction="down")
    words = make_indicator("words", name="制度", direction="yes_no", before="无", target="有", after="有", reached="是")
    assert tell("效果很好。", "", "可", missed, kept, words) == []


def test_a_name_inside_a_longer_one_is_not_meant() -> None:
    longer = make_indicator("longer", name="夜间走时合格率", before="70", target="80", after="81")
    assert tell("夜间走时合格率由70%提高到81%。", "", None, make_indicator(), longer) == []


def test_pairs_know_their_sentence() -> None:
    (pair,) = find_pairs(Sentence("由３５起降到１４起"))
    assert (pair.before.value, pair.after.value, pair.has_units) == (35, 14, True)
