"""Normalises telephone numbers to one spelling: ``13900000000``, ``027-87654321-801``, ``400-800-1234``."""

from __future__ import annotations

import re

from docgen.record.numerals import narrow

JOINT = "、"
"""The separator of several numbers."""
_PARTS = re.compile(r"[、,;/|\n]|\s+(?:或|和)\s*|或|和")
_NAMED = re.compile(
    r"(?:联系电话|固定电话|办公电话|电话|手机号码|手机|座机|固话|tel|phone|mobile)\s*[.:]?\s*", re.IGNORECASE
)
_COUNTRY = re.compile(r"(?:\(\+?86\)|(?:\+|00)86|86(?=[ -]|1\d{10}$))[ -]*")
_EXTENSION = re.compile(r"\s*\(?(?:转|分机号?|ext\.?|#)\s*:?\s*(\d{1,6})\)?", re.IGNORECASE)
_FILLING = re.compile(r"[ ()\-—·.]+")
_DASHED = re.compile(r"(.+\d)-(\d{1,6})")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})(\d{7,8})", re.ASCII)
_SERVICE = re.compile(r"([48]00)(\d{3})(\d{4})", re.ASCII)
_SPACED = re.compile(r"\s{2,}|(?<=\d{7}) (?=0\d{2,3}|1[3-9]\d)")


def normalize_phones(text: str) -> str | None:
    """The numbers in a text, each in its usual spelling; None if any can't be dialled.

    Accepts mobile numbers, landlines with area code and optional extension, 400 and 800 numbers.
    """
    parts = [part for part in _PARTS.split(_SPACED.sub("\n", narrow(text))) if part.strip()]
    spelled = [_normalize_phone(part.strip()) for part in parts]
    if not spelled or None in spelled:
        return None
    return JOINT.join(dict.fromkeys(number for number in spelled if number is not None))


def _normalize_phone(text: str) -> str | None:
    text = _NAMED.sub("", text, count=1) if _NAMED.match(text) else text
    called_abroad = _COUNTRY.match(text)
    number = text[called_abroad.end() :] if called_abroad is not None else text
    extension = ""
    behind = _EXTENSION.search(number)
    if behind is not None and behind.end() == len(number):
        number, extension = number[: behind.start()], f"-{behind[1]}"
    whole = _join_digits(number, area=called_abroad is not None)
    dashed = _DASHED.fullmatch(number) if whole is None and not extension else None
    if dashed is not None:
        whole, extension = _join_digits(dashed[1], area=called_abroad is not None), f"-{dashed[2]}"
    return None if whole is None or (extension and "-" not in whole) else whole + extension


def _join_digits(text: str, *, area: bool) -> str | None:
    """One number without extension; with ``area`` the area code may lack its 0, as in international numbers."""
    digits = _FILLING.sub("", text)
    if _MOBILE.fullmatch(digits):
        return digits
    for candidate in (digits, f"0{digits}") if area else (digits,):
        landline = _LANDLINE.fullmatch(candidate)
        if landline is not None:
            return f"{landline[1]}-{landline[2]}"
    service = _SERVICE.fullmatch(digits)
    return "-".join(service.groups()) if service is not None else None
