"""Records that are right in an unusual way: nothing is told of them that isn't told of the samples they come from."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from docgen.pipeline import Options, check_record

pytestmark = pytest.mark.heavy

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SINGLE, PARK = "db4201-t665-2022/single-enterprise", "db4201-t665-2022/park"
STATION, CERTIFIED = "db4201-t629-2020/station", "db3203-t1023-2023/complete"
SCORED, DRAFTING = "t-hebqia-draft/scored", "chengdu-sme-guide-2024/drafting"
Forms = dict[str, list[dict[str, Any]]]


def pass_in_second_review(forms: Forms) -> None:
    refused = copy.deepcopy(forms["plan-review"][0]) | {"conclusion": "不通过", "date": "2024-03-17"}
    forms["plan-review"].insert(0, refused)


def pass_after_changes(forms: Forms) -> None:
    review = forms["plan-review"][0]
    review |= {"conclusion": "修改后通过", "opinion": "时间安排不符合要求，请修改后重新报送；已修改，同意实施。"}
    review["lines"]["e"]["verdict"] = "不符合"


def speak_of_what_was_open(forms: Forms) -> None:
    opinion = "关于效益口径的不同意见已统一，未达成的一项子目标转入后续工作，同意通过验收。"
    forms["acceptance"][0]["opinion"] = opinion


def find_one_thing_wanting(forms: Forms) -> None:
    forms["supervision-record"][0]["conclusion"] = "总体符合要求，1处未按时到场已整改"
    forms["supervision-record"][0]["lines"]["s2"]["verdict"] = "不符合"


def pass_when_reviewed_again(forms: Forms) -> None:
    forms["acceptance-review"][1]["conclusion"] = "首次评审因3份记录缺失未通过，补齐后复评通过"


def leave_one_out(forms: Forms) -> None:
    candidate = copy.deepcopy(forms["enrolment"][0]["candidates"][0])
    del candidate["enterprise"]
    candidate |= {"name": "徐州落选机械有限公司", "chosen": "否", "need": "否", "reason": "改进需求不明确"}
    forms["enrolment"][0]["candidates"].append(candidate)


def match_again(forms: Forms) -> None:
    service = next(item for item in forms["service-record"] if item.get("agency") and item.get("matching"))
    matched = next(item for item in forms["matching-record"] if item["key"] == service["matching"])
    matched["rematched"] = "原机构排期不足，服务中心协调改由另一家机构承担"
    service["agency"] = "biaoyan"


def calibrate_on_site(forms: Forms) -> None:
    for service in forms["service-record"]:
        if "产品检验检测服务" in service["kinds"]:
            service["kinds"] = ["计量检测服务"]
        service["process"] = "机构到企业现场检定，证书由机构直接寄给企业"
    del forms["handover-register"]


def praise(forms: Forms) -> None:
    forms["service-record"][0]["opinion"] = "服务很好，希望继续合作，没有意见和建议"


def agree_at_the_second_draft(forms: Forms) -> None:
    forms["plan-filing"][0]["opinion"] = "第一稿退回修改，第二稿符合要求，同意备案"


def leave_something_to_do(forms: Forms) -> None:
    forms["process-check"][0]["conclusion"] = "1项进度不符合方案，限期10日补齐，其余符合"
    forms["process-check"][0]["lines"]["p1"]["verdict"] = "不符合"


def meet_twice(forms: Forms) -> None:
    meeting = {
        "meeting": "7名专家参会。",
        "opinions": "逐条讨论标准文本，提出修改意见5条。",
        "changes": "5条意见已逐条修改。",
    }
    forms["review-meeting"] = [
        {"date": "2024-06-04", **meeting, "conclusion": "不予通过，修改后再审。"},
        {"date": "2024-07-04", **meeting, "conclusion": "同意通过。"},
    ]


@pytest.mark.parametrize(
    ("sample", "change"),
    [
        (PARK, pass_in_second_review),
        (PARK, pass_after_changes),
        (SINGLE, speak_of_what_was_open),
        (SINGLE, find_one_thing_wanting),
        (CERTIFIED, pass_when_reviewed_again),
        (CERTIFIED, leave_one_out),
        (STATION, match_again),
        (STATION, calibrate_on_site),
        (STATION, praise),
        (SCORED, agree_at_the_second_draft),
        (SCORED, leave_something_to_do),
        (DRAFTING, meet_twice),
    ],
)
def test_nothing_new_is_told(sample: str, change: Callable[[Forms], None], tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / sample, tmp_path / "sample")
    path = tmp_path / "sample" / "record.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))

    def tell() -> list[tuple[str, dict[str, Any]]]:
        path.write_text(yaml.safe_dump(data, allow_unicode=True, width=10_000), "utf-8")
        return [(item.code, {**item.params, "other": ""}) for item in check_record(path, Options()).diagnostics]

    before = tell()
    change(data["forms"])
    assert [item for item in tell() if item not in before] == []
