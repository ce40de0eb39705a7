"""Reports the faults in a text's measured lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from docgen.checks.faults import TextFault
from docgen.checks.rules.texts.section_length.measure import DoubtLength, PartLength, SectionLengths
from docgen.checks.rules.texts.section_length.params import SectionLength, WantedPart
from docgen.checks.rules.texts.section_length.titles import format_title_lack, is_hollow
from docgen.content.count import Count
from docgen.diagnostics import NOWHERE, Location, Param, Term
from docgen.profile.document import Level

if TYPE_CHECKING:
    from docgen.content.parts.assign import Reason


def check_section_length(lengths: SectionLengths, params: SectionLength) -> tuple[TextFault, ...]:
    """Report a text's lengths: C101–C105 and C111 the parts, C106–C108 the title, C109 the units, C110 other prose.

    A length with 约 in its clause is never more than 宜.
    """
    report = _Reporter()
    total = lengths.total
    if total.low > params.limit:
        over = total.high - params.limit
        report.add("C101", None, None, total=_format_count(total), limit=params.limit, over=over)
    elif total.high > params.limit:
        report.add("C102", "宜", None, low=total.low, high=total.high, limit=params.limit)
    if _is_unread(lengths):
        report.add("C142", None, None, count=lengths.open_words)
    for part in lengths.parts:
        _check_part(part, report, lengths)
        _report_likely_part(part, params, report)
    for doubt in lengths.doubts:
        _report_doubtful_heading(doubt, params, report)
    _check_title(lengths, params, report)
    unit_limits = params.units
    if (
        unit_limits is not None
        and lengths.units is not None
        and not unit_limits.min <= len(lengths.units) <= unit_limits.max
    ):
        listed = "、".join(lengths.units) or "—"
        report.add(
            "C109",
            None,
            unit_limits.clause,
            unit_limits.key,
            title=unit_limits.title,
            names=listed,
            count=len(lengths.units),
            least=unit_limits.min,
            most=unit_limits.max,
        )
    for heading, count, place in () if _is_unread(lengths) else lengths.others:
        where: Param = heading or Term("checks.length.before" if heading is None else "checks.length.after")
        report.add("C110", "宜", None, place=place, where=where, count=count.high)
    return tuple(report.faults)


@dataclass(slots=True)
class _Reporter:
    """Collects faults."""

    faults: list[TextFault] = field(default_factory=list)

    def add(
        self,
        code: str,
        level: Level | None,
        clause: str | None,
        key: str | None = None,
        place: Location = NOWHERE,
        **params: Param,
    ) -> None:
        self.faults.append(TextFault(code, key, place, params, level, clause))


def _is_unread(lengths: SectionLengths) -> bool:
    """Whether a text has prose but no recognised part: then single parts aren't reported."""
    return all(part.heading is None for part in lengths.parts) and bool(lengths.others or lengths.doubts)


def _report_likely_part(length: PartLength, params: SectionLength, report: _Reporter) -> None:
    """Report C140 for a part that is only likely, with the reasons."""
    reading = length.reading
    if reading is None or reading.certainty == "sure":
        return
    details: dict[str, Param] = {
        "heading": reading.heading,
        "letter": params.find_letter(reading.key),
        "title": length.part.title,
        "count": length.count.high,
        "reasons": format_reasons(reading.reasons),
    }
    report.add("C140", "可", length.part.clause, length.part.key, reading.location, **details)


def _report_doubtful_heading(doubt: DoubtLength, params: SectionLength, report: _Reporter) -> None:
    """Report C141 for a heading that may belong to one part or another."""
    first, second = (*doubt.keys, *doubt.keys)[:2]
    details: dict[str, Param] = {
        "heading": doubt.heading,
        "count": doubt.count.high,
        "letter": params.find_letter(first),
        "title": params.find_title(first),
        "other_letter": params.find_letter(second),
        "other": params.find_title(second),
    }
    report.add("C141", "宜", None, None, doubt.location, **details)


def format_reason(reason: Reason) -> Term:
    """Format a reason for a reading."""
    return Term(f"checks.reading.{reason.kind}", {"said": reason.word})


def format_reasons(reasons: Sequence[Reason]) -> Term:
    """Format reasons as one text."""
    texts = [format_reason(reason) for reason in reasons]
    text = texts[0]
    for reason in texts[1:]:
        text = Term("checks.reading.more", {"first": text, "more": reason})
    return text


def _check_part(length: PartLength, report: _Reporter, lengths: SectionLengths) -> None:
    part = length.part
    if length.verdict == "absent" and (_is_unread(lengths) or any(part.key in doubt.keys for doubt in lengths.doubts)):
        return
    if length.verdict in ("absent", "empty"):
        code = "C104" if length.verdict == "absent" else "C105"
        report.add(code, None, part.clause, part.key, length.location, title=part.title)
        return
    if not length.in_order:
        report.add("C111", "宜", part.clause, part.key, length.location, title=part.title)
    if length.verdict != "inside" and length.share is not None and lengths.is_whole:
        report.add(
            "C103",
            "宜",
            part.clause,
            part.key,
            length.location,
            title=part.title,
            count=length.count.high,
            share=_format_share(length.share, part),
            wanted=f"{part.share:f}",
            low=f"{part.low:f}",
            high=f"{part.high:f}",
            change=_format_change(length.to_share),
            least=_format_change(length.to_band),
        )


def _check_title(lengths: SectionLengths, params: SectionLength, report: _Reporter) -> None:
    title = (lengths.title or "").strip()
    if not title:
        report.add("C106", None, params.title_clause, "")
    elif is_hollow(title, params, lengths.units or ()):
        report.add("C107", "宜", params.title_clause, "", title=title, reasons=format_title_lack(title))
    elif params.title_limit is not None and lengths.title_count.low > params.title_limit:
        count = lengths.title_count.high
        report.add("C108", "宜", params.title_clause, "", title=title, count=count, limit=params.title_limit)


def _format_change(difference: int) -> Term:
    return Term("checks.length.add" if difference >= 0 else "checks.length.cut", {"count": abs(difference)})


def _format_count(count: Count) -> str:
    return str(count.high) if count.is_exact else f"{count.low}–{count.high}"


def _format_share(share: Decimal, part: WantedPart) -> str:
    """Format a share with one decimal; with two where one would hide that it is outside its band."""
    short = share.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(share.quantize(Decimal("0.01"), ROUND_HALF_UP) if part.low <= short <= part.high else short)
