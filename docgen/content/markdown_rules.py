"""The small Markdown that authors of Chinese reports type: CommonMark with GFM's tables, less what would lose text.

CommonMark reads some plain text as markup and drops it: ``长*宽*高``, a line that begins with ``>95%``, ``[1]: x``, an
indented paragraph. And it doesn't see that ``**注意：**内容`` is bold. The rules here mend that.
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

from docgen.content.count import CHARACTERS

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_CHINESE = re.compile(
    "[" + "".join(f"{chr(a)}-{chr(b)}" for a, b, name, _ in CHARACTERS if name == "wide" or a == 0x2010) + "]"
)
_BLOCK_OFF = ("code", "reference", "lheading", "html_block")
_QUOTE_TERMINATES = ["paragraph", "reference", "blockquote", "list"]
_TABLE_TERMINATES = ["paragraph", "reference"]


def is_chinese(character: str) -> bool:
    """Whether a character needs no space to its neighbours: an ideograph, Chinese punctuation, “ ” — … too."""
    return _CHINESE.match(character) is not None


@cache
def make_parser() -> MarkdownIt:
    """The parser, made once per process."""
    return build_parser()


def build_parser(*, between_chinese: bool = False) -> MarkdownIt:
    """A parser of its own, to which rules may be added.

    With ``between_chinese`` a lone * between two Chinese characters is markup: for texts whose author asked for it.
    """
    from markdown_it import MarkdownIt
    from markdown_it.rules_block.blockquote import blockquote

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 60}).enable("table").disable(_BLOCK_OFF)

    def read_quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if _is_comparison(state, start):
            return False
        return blockquote(state, start, end, silent)

    parser.block.ruler.at("blockquote", read_quote, {"alt": _QUOTE_TERMINATES})
    parser.block.ruler.at("table", _read_table, {"alt": _TABLE_TERMINATES})
    parser.inline.ruler.at("emphasis", partial(_read_emphasis, between_chinese=between_chinese))
    return parser


def _is_comparison(state: StateBlock, line: int) -> bool:
    """Whether a line that begins with > goes on with a number: a comparison, no quotation."""
    begin = state.bMarks[line] + state.tShift[line]
    return re.match(r">=?\s?\d|>=", state.src[begin : state.eMarks[line]]) is not None


def _read_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Read a GFM table; cells beyond the header's number of columns are kept in the row's ``meta["excess"]``."""
    from markdown_it.rules_block.table import escapedSplit, table

    first = len(state.tokens)
    if not table(state, start, end, silent):
        return False
    columns = sum(token.type == "th_open" for token in state.tokens[first:])
    for token in state.tokens[first:]:
        if token.type == "tr_open" and token.map:
            line = token.map[0]
            text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()
            cells = escapedSplit(text)
            cells = cells[1:] if cells[0] == "" else cells
            cells = cells[:-1] if cells and cells[-1] == "" else cells
            token.meta["excess"] = [cell.strip() for cell in cells[columns:]]
    return True


def _read_emphasis(state: StateInline, silent: bool, *, between_chinese: bool) -> bool:
    """Read a run of * or _: Chinese punctuation is no obstacle, a lone * between two words is a sign and no markup."""
    from markdown_it.rules_inline.state_inline import Delimiter

    marker = state.src[state.pos]
    if silent or marker not in ("*", "_"):
        return False
    stop = state.pos
    while stop < state.posMax and state.src[stop] == marker:
        stop += 1
    before = state.src[state.pos - 1] if state.pos > 0 else " "
    after = state.src[stop] if stop < state.posMax else " "
    length = stop - state.pos
    may_open, may_close = _may_flank(before, after)
    is_joint = _is_word(before) and _is_word(after)
    if marker == "*" and between_chinese and (is_chinese(before) or is_chinese(after)):
        is_joint = False
    if (marker == "_" or length == 1) and is_joint:
        may_open = may_close = False
    elif marker == "_":
        may_open, may_close = may_open and not _is_word(before), may_close and not _is_word(after)
    for _ in range(length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(Delimiter(ord(marker), length, len(state.tokens) - 1, -1, may_open, may_close))
    state.pos = stop
    return True


def _may_flank(before: str, after: str) -> tuple[bool, bool]:
    """Whether markers between these characters may open and close emphasis (CommonMark 6.2, made fit for Chinese)."""
    free_before, free_after = not _is_word(before), not _is_word(after)
    may_open = not after.isspace() and (_is_word(after) or is_chinese(after) or free_before or is_chinese(before))
    may_close = not before.isspace() and (_is_word(before) or is_chinese(before) or free_after or is_chinese(after))
    return may_open, may_close


def _is_word(character: str) -> bool:
    return character.isalnum()
