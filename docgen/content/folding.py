"""Texts as they are compared: width, case and spaces make no difference."""

from __future__ import annotations

import unicodedata


def fold_text(text: str) -> str:
    """Text in half width and small letters, composed, spaces as one."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def keep_letters(text: str) -> str:
    """What is compared of a name: its letters and digits, in half width and small."""
    return "".join(character for character in fold_text(text) if character.isalnum())
