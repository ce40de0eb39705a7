"""A small made-up profile in memory, and checks run on records of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from docgen.checks.base import CheckSubject, compile_rule, find_check, run_rule
from docgen.diagnostics import Diagnostic, Location
from docgen.messages import LANGUAGES, catalogue
from docgen.profile.forms import build_record_model
from docgen.profile.model import Profile, RuleSpec
from docgen.profile.paths import Place
from docgen.profile.plan import plan_documents
from docgen.profile.subject import Subject, derive_facts, resolve_subject_path
from docgen.record.record import Record
from docgen.trees import format_path


def _field(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "label": f"<{key}>", "type": kind, **more}


def _rows(key: str, *fields: dict[str, Any]) -> dict[str, Any]:
    return _field(key, "rows", fields=list(fields))


def _form(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "title": name, "shape": "form", "per": "enterprises[]", "fields": list(fields), **more}


_INDICATOR = {"to": "enterprises[].indicators[]"}
PROFILE = {
    "id": "made-up",
    "version": "1",
    "standard": {"number": "XX/T 9", "title": "修钟规范"},
    "scoring": {
        "indicators": "enterprises[].indicators[]",
        "clause": "9",
        "points": "10",
        "families": [{"key": "time", "label": "走时"}],
        "bands": [{"grade": "准", "from": "10"}, {"grade": "不准", "from": "0"}],
        "outcomes": {"reached": "到", "missed": "未到", "unassessed": "未评"},
        "directions": {"up": "升", "down": "降"},
        "rules": {"any": "任一", "all": "全部", "ratio": "比例"},
    },
    "documents": [
        {
            "id": "look",
            "title": "look",
            "shape": "checklist",
            "per": "enterprises[]",
            "fields": [_field("date", "date"), _field("people"), _field("found")],
            "checklist": {
                "verdicts": ["好", "坏", "不看"],
                "label": "内容",
                "group_label": "组",
                "verdict_label": "结论",
                "remark_label": "说明",
            },
            "lines": [
                {
                    "group": {"key": "time"},
                    "lines": [{"key": "a1", "label": "摆轮是否灵活"}, {"key": "a2", "label": "游丝"}],
                }
            ],
        },
        _form(
            "advice",
            _field("date", "date"),
            _field("signed", by_hand=True),
            _rows(
                "opinions",
                _field("text"),
                _field("line", "choices", options=["a1", "a2"]),
                _field("indicator", "reference", **_INDICATOR),
            ),
        ),
        _form(
            "plan",
            _field("date", "date"),
            _rows("targets", _field("indicator", "reference", **_INDICATOR), _field("target"), _field("measure")),
            _rows("members", _field("role", "choice", options=["长", "员"]), _field("name")),
        ),
        _form(
            "audit",
            _field("started", "date"),
            _field("held", "date"),
            _rows(
                "findings", _field("text"), _field("measure"), _field("closed", "yes_no"), _field("closed_on", "date")
            ),
        ),
        _form("remedy", _rows("actions", _field("item"))),
        {
            **_form(
                "entry",
                _field("date", "date"),
                _rows(
                    "candidates",
                    _field("enterprise", "reference", to="enterprises[]"),
                    _field("name"),
                    _field("clear_since", "date"),
                    _field("clean", "yes_no"),
                    _field("chosen", "yes_no"),
                ),
            ),
            "per": "project",
        },
        {**_form("lesson", _field("date", "date"), _field("note")), "per": "trainings[]"},
        {
            **_form(
                "call",
                _field("asked", "minute"),
                _field("came", "minute"),
                _field("left", "minute"),
                _field("staff"),
                _field("maker"),
                _field("stars", "choice", options=["1", "5", "不适用"]),
                _field("done", "choice", options=["成", "不成"]),
                _field("kinds", "choices", options=["修", "换", "无"]),
            ),
            "per": "forms.call[]",
            "level": "可",
        },
        {
            **_form("mend", _field("call", "reference", to="forms.call[]"), _field("due", "date")),
            "per": "forms.mend[]",
            "level": "可",
        },
        {**_form("mended", _field("on", "date")), "per": "forms.mend[]", "level": "可"},
        {
            **_form("urge", _field("mend", "reference", to="forms.mend[]")),
            "per": "forms.urge[]",
            "level": "可",
        },
        {
            **_form("change", _field("title"), _field("agreed"), _field("about", "choices", options=["人", "时间"])),
            "per": "forms.change[]",
            "level": "可",
        },
        {
            **_form("refusal", _field("note")),
            "per": "project",
            "level": "可",
            "when": {"equals": {"path": "project.scope", "value": "park"}},
        },
        {
            **_form("crew", _rows("people", _field("name"), _field("trained", "date"))),
            "per": "project",
            "level": "可",
        },
        {
            "id": "story",
            "title": "故事",
            "shape": "report",
            "per": "enterprises[]",
            "titled": "title",
            "fields": [_field("title")],
            "headings": [
                {"key": "who", "title": "简介"},
                {"key": "why", "title": "问题"},
                {"key": "done", "title": "成效"},
            ],
        },
    ],
    "filing": {"basis": "无", "items": []},
}


@cache
def read_profile() -> tuple[Profile, type[Record]]:
    """The profile and the model of its records."""
    profile = Profile.model_validate(PROFILE)
    return profile, build_record_model(profile)


def make_indicator(key: str = "rate", **changes: Any) -> dict[str, Any]:
    values = {
        "key": key,
        "family": "time",
        "name": "走时合格率",
        "unit": "%",
        "before": "85",
        "target": "90",
        "after": "92",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def make_record(**parts: Any) -> Record:
    """A record with one enterprise, ``clock``; ``parts`` replace what is there."""
    data: dict[str, Any] = {
        "profile": "made-up",
        "enterprises": [{"key": "clock", "name": "钟厂", "indicators": [make_indicator()]}],
    }
    return read_profile()[1].model_validate(data | parts)


def locate(place: Place, key: bool) -> Location:
    """Each place on a line of its own: the number of its letters tells which."""
    return Location("yaml", "/home/u/record.yaml", len(format_path(place)), 1, format_path(place))


def make_subject(record: Record, silenced: Callable[[Place], bool] = lambda place: False) -> CheckSubject:
    profile = read_profile()[0]
    subject = Subject(profile, record, derive_facts(profile, record))
    return CheckSubject(subject, plan_documents(subject), locate, silenced)


def run(
    check: str,
    params: dict[str, Any],
    record: Record,
    level: str = "应",
    silenced: Callable[[Place], bool] = lambda place: False,
) -> list[Diagnostic]:
    """What a check finds; its paths are sound, and every message can be filled in both languages."""
    module = find_check(check)
    assert module is not None, check
    rule = RuleSpec.model_validate({"id": "r", "clause": "9.9", "level": level, "check": check, "with": params})
    known = module.Params.model_validate(params)
    for path in module.list_paths(known):
        resolve_subject_path(read_profile()[1], path)
    found = list(run_rule(make_subject(record, silenced), compile_rule(rule, module, known)))
    for lang in LANGUAGES:
        for item in found:
            said = catalogue(lang)
            assert said.message(item)
            assert said.mend(item)
            assert "{" not in said.message(item) + said.mend(item)
    return found


def show(found: list[Diagnostic]) -> list[tuple[str, str | None]]:
    """Code and place of each."""
    return [(item.code, item.location.path) for item in found]
