"""Formats paths and command lines as a user types them."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./\\:@+=")


def format_typed_path(path: Path) -> str:
    """A path as a user types it: relative when it lies below the current folder."""
    absolute = Path(os.path.normpath(Path.cwd() / path))
    try:
        return str(absolute.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def quote_argument(word: str, platform: str = os.name) -> str:
    """A word quoted so that the shell takes it as one: cmd and PowerShell on Windows, a POSIX shell elsewhere."""
    if word and all(char in _PLAIN or (ord(char) > 127 and char.isalnum()) for char in word):
        is_posix_escape = platform != "nt" and "\\" in word
        return shlex.quote(word) if is_posix_escape else word
    return f'"{word}"' if platform == "nt" else shlex.quote(word)


def format_command(*words: str, platform: str = os.name) -> str:
    """A whole command line that a user can copy into a shell."""
    return " ".join(quote_argument(word, platform) for word in words)
