"""A made-up profile with closed fields, and records of it, redacted in memory."""

from __future__ import annotations

import copy
from typing import Any

from docgen.profile.forms import build_record_model
from docgen.profile.model import Profile
from docgen.profile.plan import DocumentJob, plan_documents
from docgen.profile.redaction.record import RedactedSubject, redact_subject
from docgen.profile.subject import Subject, derive_facts

PROFILE: dict[str, Any] = {
    "id": "made-up",
    "version": "1",
    "standard": {"number": "XX/T 9", "title": "修钟规范"},
    "confidential": ["enterprises[].contact.phone", "enterprises[].revenue"],
    "scoring": {
        "indicators": "enterprises[].indicators[]",
        "clause": "9",
        "points": "10",
        "families": [{"key": "time", "label": "走时"}, {"key": "looks", "label": "外观"}],
        "bands": [{"grade": "准", "from": "10"}, {"grade": "不准", "from": "0"}],
        "outcomes": {"reached": "到", "missed": "未到", "unassessed": "未评"},
        "directions": {"up": "升", "down": "降"},
        "rules": {"any": "任一", "all": "全部", "ratio": "比例"},
    },
    "documents": [
        {
            "id": "talk",
            "title": "访谈记录",
            "shape": "report",
            "per": "enterprises[]",
            "responsible": "enterprise",
            "dated": "date",
            "fields": [
                {"key": "date", "label": "日期", "type": "date"},
                {"key": "guest", "label": "受访人", "confidential": True},
                {"key": "mood", "label": "态度", "type": "choice", "options": ["好", "不好"]},
            ],
            "headings": [{"key": "said", "title": "谈话"}],
        },
        {
            "id": "letter",
            "title": "来信",
            "shape": "form",
            "confidential": True,
            "fields": [{"key": "text", "label": "内容"}],
        },
        {
            "id": "tally",
            "title": "汇总",
            "shape": "register",
            "rows": "enterprises[]",
            "columns": [
                {"key": "name", "label": "企业", "source": "enterprises[].name"},
                {"key": "revenue", "label": "收入", "source": "enterprises[].revenue", "format": "money"},
            ],
        },
    ],
    "filing": {
        "basis": "9",
        "items": [
            {"key": "a", "label": "记录", "takes": ["talk", "tally"], "evidence": ["photograph"]},
            {"key": "b", "label": "来信", "takes": ["letter"]},
        ],
    },
}

RECORD: dict[str, Any] = {
    "profile": "made-up",
    "project": {"number": "ZB-1", "name": "修钟", "dated": "2024-05-06"},
    "parties": [
        {"key": "shop", "role": "agency", "name": "钟表行", "contact": {"name": "齐云", "phone": "13900000001"}}
    ],
    "enterprises": [
        {
            "key": "clock",
            "name": "徐州鸣钟机械有限公司",
            "short_name": "鸣钟机械",
            "uscc": "91320312MAYC2L059Q",
            "contact": {"name": "魏承屿", "duty": "经理", "phone": "13900000301"},
            "staff": "46",
            "revenue": "2386.40",
            "indicators": [
                {"key": "fast", "family": "time", "name": "快慢", "before": "80", "target": "90", "after": "95"},
                {"key": "shine", "family": "looks", "name": "光亮", "before": "80", "target": "90", "after": "85"},
            ],
            "benefits": [{"key": "saved", "name": "节约", "amount": "12.50"}],
        },
        {
            "key": "bell",
            "name": "铃铛厂",
            "revenue": "900",
            "benefits": [{"key": "saved", "name": "节约", "amount": "3"}],
        },
    ],
    "trainings": [{"key": "first", "title": "给鸣钟机械讲课", "attendance": {"clock": "9", "bell": "4"}}],
    "evidence": [{"key": "photo-clock", "file": "鸣钟机械.jpg", "kind": "photograph", "enterprises": ["clock"]}],
    "forms": {
        "talk": [
            {
                "of": "clock",
                "date": "2024-03-01",
                "guest": "秦茂竹",
                "mood": "好",
                "said": "秦茂竹说，去年收入2386.4万元，电话139-0000-0301，**魏承**屿也在。",
            },
            {"of": "bell", "guest": "邵溪桥", "mood": "不好"},
        ],
        "letter": [{"text": "寄往铃铛厂"}],
    },
}


def make_subject(record: dict[str, Any] | None = None, profile: dict[str, Any] | None = None) -> Subject:
    """The record under the profile, with changes to the top of either."""
    model = Profile.model_validate({**copy.deepcopy(PROFILE), **(profile or {})})
    data = {**copy.deepcopy(RECORD), **(record or {})}
    made = build_record_model(model).model_validate(data)
    return Subject(model, made, derive_facts(model, made))


def redact(
    *, opened: list[dict[str, Any]] | None = None, closed: list[dict[str, Any]] | None = None, **profile: Any
) -> tuple[Subject, RedactedSubject]:
    """The whole and the redacted record; ``opened`` and ``closed`` are what it says of itself."""
    said = {"disclosure": {"open": opened or [], "confidential": closed or []}}
    whole = make_subject(said, profile)
    return whole, redact_subject(whole)


def plan(whole: Subject) -> dict[str, DocumentJob]:
    """The documents of a record by id."""
    return {job.id: job for job in plan_documents(whole)}
