"""Parses names of files and folders: the title, without numbers, dates, versions and signature marks."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from docgen.content.folding import fold_text

_CHINESE = "〇零一二三四五六七八九十"
_LEADING = re.compile(
    rf"""^(?:
      附[件表录图]?\s*(?:\d+|[{_CHINESE}]+)?(?:[-.]\d+)*\s*[-_:.、,\s]+   # 附件3：
    | 附[件表录图]\s*(?:\d+|[{_CHINESE}]+)(?:[-.]\d+)*
    | \(\s*(?:\d+|[{_CHINESE}]+)\s*\)\s*[-_.、]*                          # （2）
    | \[\s*\d+\s*\]
    | \d+(?:[-.]\d+)*\s*[-_.、:)\s]+                                      # 3-1  01_
    | \d+(?:[-.]\d+)*(?=[^\W\d_a-z])                                     # 04现场
    | [{_CHINESE}]+[、.:]
    | 第(?:\d+|[{_CHINESE}]+)(?:部分|[章节项步卷册])[、:._\-\s]*
    | [-_.、\s]+
    )""",
    re.VERBOSE,
)
_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*(?:[-./_年]\s*(\d{1,2})\s*[-./_月]\s*(\d{1,2})\s*[日号]?|(\d{2})(\d{2}))(?!\d)"
)
_MONTH = re.compile(
    r"""(?<!\d)(?:19|20)\d{2}\s*(?:年\s*(?:度|\d{1,2}\s*月份?)?|[-./_]\d{1,2}(?!\d))
    | \d{1,2}月\d{1,2}[日号]
    | (?<!\d)2\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)                               # 230915
    | (?<=[\u4e00-\u9fff\s()_\-])(?:1[0-2]|0?[1-9])\.(?:[12]\d|3[01]|0?[1-9])(?=[\s)_\-]*$)    # 9.15 at the end
    | (?<=[\u4e00-\u9fff\s()_\-])(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?=[\s)_\-]*$)        # 0915 at the end
    """,
    re.VERBOSE,
)
_VERSIONS = re.compile(
    rf"""(?:
      v\s*\d+(?:\.\d+)*(?![a-z])
    | (?:最终|最新|最后|正式|终|定|初|草|修改|修订|更新)(?:[稿版]|版本)
    | (?:送审|报审|报批|报送|上报|打印|电子|完整|校对|审核|确认|归档)(?:[稿版]|版本)
    | 复印件|影印件|已填写?(?=[\s_\-()]|$)
    | (?:最终|最新)(?:确认|修改)?(?=[\s_\-()]|$)
    | 第?(?:\d+|[{_CHINESE}]+)(?:[稿版]|次修改稿?)
    | (?:-\s*)?(?:副本|复制|拷贝)|(?<![a-z])copy(?![a-z])
    | (?<![a-z])(?:final|draft|new|ok|rev\s*\d*)(?![a-z])
    | (?<=[\u4e00-\u9fff)])(?:改|新)\d*$
    | \(\d+\)\s*$
    )""",
    re.VERBOSE,
)
_SIGNED = re.compile(
    r"(?:(?:已|有)?(?:签字|签名|签章|签署|盖章|用印|签批)(?:盖章|签字)?(?:[版件页本稿]|扫描件?)?|红章|彩色扫描件?|扫描[件版本]?"
    r"|(?<![a-z])(?:scan(?:ned)?|signed)(?![a-z]))"
)
_BLANK = re.compile(
    r"(?:模板|模版|范本|范文|样[表本张例]|示例|空白[表件版]?|填[写表]说明|格式)(?:[\s_\-()\d]|文件|$)"
    r"|(?<![a-z])(?:template|sample|blank)(?![a-z])"
)
_PAGE = re.compile(r"(?:[\s_\-]*(?:第\s*)?(?:p(?:age)?\s*)?\(?\d{1,3}\)?\s*页?|[\s_\-]*\(\d{1,3}\))$")
_EDGES = " _-.、,;:·~+&"
_EMPTY_BRACKETS = re.compile(r"[(\[【《]\s*[-_.、,;:\s]*[)\]】》]")


@dataclass(frozen=True, slots=True)
class SpokenName:
    """A parsed name of a file or folder.

    ``text`` is the title in half width and lower case; ``date`` is the day in the name; ``versions`` are marks of a
    version (终稿, v2, 最终版(1)); ``signed``: the name says that the paper is signed, sealed or scanned; ``blank``:
    that it is a template (模板, 空白表); ``bare`` is the text also without a page number at its end.
    """

    text: str
    date: dt.date | None = None
    versions: tuple[str, ...] = ()
    signed: bool = False
    bare: str = ""
    blank: bool = False


def read_name(stem: str) -> SpokenName:
    """Parse a file name without its suffix, or a folder's name."""
    text = fold_text(stem)
    date = _read_date(text)
    text = _MONTH.sub(" ", _DAY.sub(" ", text))
    text = strip_leading(text)
    signed = _SIGNED.search(text) is not None
    text = _SIGNED.sub(" ", text)
    versions: list[str] = []
    while (match := _VERSIONS.search(text)) is not None:
        versions.append(match[0].strip("- "))
        text = text[: match.start()] + " " + text[match.end() :]
    text = _tidy(text)
    bare = _tidy(_PAGE.sub("", text)) or text
    return SpokenName(text, date, tuple(versions), signed, bare, _BLANK.search(fold_text(stem)) is not None)


def strip_leading(text: str) -> str:
    """A folded text without its leading number (3-1, （2）, 附件3：, 04); a text of numbers alone is unchanged."""
    while (match := _LEADING.match(text)) is not None and 0 < match.end() < len(text):
        text = text[match.end() :]
    return text


def _read_date(text: str) -> dt.date | None:
    for match in _DAY.finditer(text):
        year, month, day = match[1], match[2] or match[4], match[3] or match[5]
        try:
            return dt.date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def _tidy(text: str) -> str:
    while (bare := _EMPTY_BRACKETS.sub(" ", text)) != text:
        text = bare
    return " ".join(text.split()).strip(_EDGES)
