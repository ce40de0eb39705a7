"""Names of files that aren't UTF-8: a zip from Windows, unpacked by a program that didn't know of its GBK.

Such a name can be opened, but neither printed nor written into an index, a ledger or a package.
"""

from __future__ import annotations

from collections.abc import Iterable


def guess_foreign_name(name: str) -> str | None:
    """What a name or path that isn't UTF-8 most likely says, its bytes read as GBK; None for a sound one."""
    if _is_sound(name):
        return None
    return "/".join(part if _is_sound(part) else _read_gbk(part) for part in name.split("/"))


def _is_sound(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read_gbk(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("gb18030", "replace")


def list_foreign(names: Iterable[str]) -> tuple[str, ...]:
    """The names that aren't UTF-8, as they most likely read."""
    return tuple(readable for name in names if (readable := guess_foreign_name(name)) is not None)
