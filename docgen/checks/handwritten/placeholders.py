"""Is anything left in a document that was to be filled in: XXX, ____, 【缺：…】, {{ … }}?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from docgen.content.model import DocumentContent
from docgen.content.shown_names import shorten
from docgen.content.spoken_texts import iterate_texts
from docgen.diagnostics import Diagnostic, error, warning

_SURE = re.compile(r"【\s*缺\s*[:：][^】]*】|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LIKELY = re.compile(
    r"(?<![A-Za-z0-9×Ｘ])(?:[Xx]{2,}|[×Ｘ]{2,}|[〇○]{3,}|\*{3,})(?![A-Za-z0-9×Ｘ])"
    r"|某某(?=公司|企业|单位|厂|市|县|区|同志)"
    r"|[【\[（(<《][^】\])）>》\n]{0,12}(?:待补充?|待填写?|待定|请填写?|请输入|此处填|自行填写|插入)[^】\])）>》\n]{0,12}[】\])）>》]"
    r"|待补充|(?<![A-Za-z])(?:TBD|TODO)(?![A-Za-z])|此处填写|单击此处|点击此处"
    r"|_{3,}|＿{2,}"
)
_SIGNING = re.compile(r"(?:签字|签名|签章|盖章|签收|日期|年|月|日|负责人|经办人|确认|审核|批准|编制|记录人)")
_AROUND = 16
_LONGEST_SHOWN = 24


def check_placeholders(content: DocumentContent, lookalikes: Sequence[str] = ()) -> Iterator[Diagnostic]:
    """F110 (error) for what docgen or a template left open, F111 (warning) for what looks as if it were still open.

    A line to sign on stays open on purpose; ``lookalikes`` are texts that only look so: the number of a draft standard.
    """
    for item in iterate_texts(content):
        text = item.text
        for lookalike in lookalikes:
            text = text.replace(lookalike, "")
        sure = _SURE.search(text)
        if sure is not None:
            yield error("F110", item.location, placeholder=_shorten(sure[0]), text=_excerpt(text, sure.start()))
            continue
        for likely in _LIKELY.finditer(text):
            if likely[0][0] in "_＿" and _is_for_signing(text, likely):
                continue
            yield warning("F111", item.location, placeholder=_shorten(likely[0]), text=_excerpt(text, likely.start()))
            break


def _is_for_signing(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - _AROUND) : match.end() + 3]
    return _SIGNING.search(around) is not None


def _shorten(text: str) -> str:
    return shorten(" ".join(text.split()), _LONGEST_SHOWN)


def _excerpt(text: str, at: int) -> str:
    return " ".join(text[max(0, at - _AROUND) : at + _AROUND].split())
