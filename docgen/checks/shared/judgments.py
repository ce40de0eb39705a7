"""Reads conclusions in free words: whether they refuse or approve."""

from __future__ import annotations

import re
import unicodedata

from docgen.content.figures import list_sentences
from docgen.content.model import Narrative
from docgen.profile.subject import is_present

_PASSED = "通过|认可|备案|受理|采纳|准予|确认"
_REVIEW = "(?:本次|最终|项目)?(?:验收|评审|审查|审核|评价|考核|检查|备案)"
_DETAIL = "(?!的|意见|之)"
"""Excludes words that only mention a refusal: 未通过的两项, 不同意见."""
_REFUSED = re.compile(
    rf"(?:不|未|没有|没)(?:一致)?(?:同意|能够|能|可以|可|予以|予|准予|准|得|应|宜|获得|获|被|建议)?[^的]{{0,4}}?(?:{_PASSED})"
    rf"(?:{_REVIEW})?(?:评审|会)?$"
    rf"|(?<!无人)(?<!没有)不同意{_DETAIL}"
    rf"|(?:{_REVIEW}(?:结论|结果|等级|意见)?|结论|结果|^)(?:为|是)?:?(?:不合格|不成立)$"
    rf"|(?:予以|应予|应|作)?(?:退回|驳回|否决){_DETAIL}"
)
_OBJECTION = re.compile(
    r"(?<!无)(?<!没有)(?<!未发现)(?<!未见)(?<!不存在)(?:不符合|不满足|不具备|达不到|未达到|未满足|未能达到|尚未达到|不合格)"
    rf"(?:[^的]{{0,8}}(?:要求|条件|标准|需求|水平))?{_DETAIL}$"
    r"|(?:需|须|请|应|待)[^，]{0,6}(?:修改|整改|补充|完善)[^，]{0,4}后?(?:重新|再次|另行|再)(?:报|提交|送|审|申请|组织|评)"
    r"|(?:请|应|需|须)?重新(?:编制|编写|报送|提交|申报|组织)"
)
"""Objections, which refuse only if nothing else in the text approves."""
_APPROVED = re.compile(
    rf"同意(?!见|[^不]{{0,6}}(?:整改|延期|复评|复验|补充|重新|推迟|退回))|(?:{_PASSED})(?:{_REVIEW})?$"
    rf"|(?:予以|准予|可以|建议|一致|顺利)[^不未]{{0,4}}(?:{_PASSED})"
    rf"|(?:^|评定|总体|整体|结论|结果|{_REVIEW})(?:为|是)?:?(?:合格|良好|优秀)"
    r"|(?<![不未能])(?:符合|满足|达到)[^的]{0,8}(?:要求|条件|标准|目标|方案|合同|约定|规定|计划)"
)
_QUALIFIED = re.compile(r"整改|个别|部分|除|但|基本|暂缓|补充|注意|改进|限期|其余|[不未](?:符合|满足|达到|到位)")
"""Words of an approval with a condition or an exception."""


def read_words(value: object) -> str:
    """Read a conclusion as plain text, from a field or from the prose under a heading."""
    if not is_present(value):
        return ""
    if isinstance(value, Narrative):
        return "\n".join(sentence.text for sentence in list_sentences(value.blocks))
    return str(value)


def find_refusal(value: object) -> str | None:
    """Find the clause with which a text refuses in the end: 不予通过, 不同意, 未通过评审, 退回修改.

    An objection (不符合要求) refuses only where nothing in the text approves.
    """
    clauses = _list_clauses(value)
    refusals = [at for at, clause in enumerate(clauses) if _REFUSED.search(clause)]
    objections = [at for at, clause in enumerate(clauses) if _OBJECTION.search(clause)]
    approvals = _list_approvals(clauses)
    if refusals and (not approvals or approvals[-1] < refusals[-1]):
        return clauses[refusals[-1]]
    return clauses[objections[-1]] if objections and not approvals and not refusals else None


def find_approval(value: object) -> str | None:
    """Find the clause with which a text approves in the end."""
    clauses = _list_clauses(value)
    approvals = _list_approvals(clauses)
    return clauses[approvals[-1]] if approvals and find_refusal(value) is None else None


def is_plain_approval(value: object) -> bool:
    """Whether a text approves without a condition or an exception: no 整改后, no 个别."""
    return find_approval(value) is not None and not _QUALIFIED.search(read_words(value))


def _list_approvals(clauses: list[str]) -> list[int]:
    against = (_REFUSED, _OBJECTION)
    return [
        at
        for at, clause in enumerate(clauses)
        if _APPROVED.search(clause) and not any(pattern.search(clause) for pattern in against)
    ]


def _list_clauses(value: object) -> list[str]:
    text = unicodedata.normalize("NFKC", read_words(value))
    return [clause for piece in re.split(r"[,。;、!\n]", text) if (clause := "".join(piece.split()))]
