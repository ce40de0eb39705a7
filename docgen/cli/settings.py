"""``docgen.toml``: own profiles, templates, language and limits, in the record's folder or the current one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import SourceError
from docgen.messages import LANGUAGES, Language

SETTINGS_FILE = "docgen.toml"
_KEYS = ("profiles", "templates", "allow_outside", "lang", "verify")
_LIMITS = "verify"
_PLACE = re.compile(r"line (\d+), column (\d+)")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a ``docgen.toml`` says; its folders are relative to the file. ``verify`` are limits (``Limits``) by name."""

    profiles: tuple[Path, ...] = ()
    templates: tuple[Path, ...] = ()
    lang: Language | None = None
    verify: Mapping[str, int] = field(default_factory=dict)
    allow_outside: tuple[Path, ...] = ()

    def merge(self, other: Settings) -> Settings:
        """These settings, completed by others that stand farther away."""
        return Settings(
            self.profiles + tuple(path for path in other.profiles if path not in self.profiles),
            self.templates + tuple(path for path in other.templates if path not in self.templates),
            self.lang or other.lang,
            {**other.verify, **self.verify},
            self.allow_outside + tuple(path for path in other.allow_outside if path not in self.allow_outside),
        )


def read_settings(folder: Path) -> Settings:
    """The settings of a folder, none if it has no ``docgen.toml``; SourceError X114–X116 when it is wrong."""
    path = folder / SETTINGS_FILE
    if not path.is_file():
        return Settings()
    import tomllib

    place = Location("yaml", file=str(path))
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as fault:
        found = _PLACE.search(str(fault))
        line, column = (int(found[1]), int(found[2])) if found else (None, None)
        raise SourceError(error("X114", Location("yaml", file=str(path), line=line, column=column))) from None
    except UnicodeDecodeError:
        raise SourceError(error("X114", place)) from None
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise SourceError(error("X110", place, path=str(path), reason=reason)) from None
    faults = _find_faults(data, place)
    if faults:
        raise SourceError(*faults)
    return Settings(
        _list_folders(data.get("profiles", []), folder),
        _list_folders(data.get("templates", []), folder),
        cast("Language | None", data.get("lang")),
        data.get(_LIMITS, {}),
        _list_folders(data.get("allow_outside", []), folder),
    )


def _find_faults(data: Mapping[str, Any], place: Location) -> list[Diagnostic]:
    faults = []
    for key, value in data.items():
        if key not in _KEYS:
            faults.append(_refuse_key(key, _KEYS, place))
        elif key == _LIMITS:
            faults += _find_limit_faults(value, place)
        elif key == "lang":
            if value not in LANGUAGES:
                faults.append(error("X116", place, key=key, value=str(value), known="、".join(LANGUAGES)))
        elif not isinstance(value, str) and not (isinstance(value, list) and all(isinstance(x, str) for x in value)):
            faults.append(error("X116", place, key=key, value=str(value), known='"…"、["…", "…"]'))
    return faults


def _refuse_key(key: str, known: Sequence[str], place: Location, table: str = "") -> Diagnostic:
    from difflib import get_close_matches

    nearest = get_close_matches(key, known, n=1)
    return error("X115", place, key=table + key, nearest=nearest[0] if nearest else "、".join(known))


def _find_limit_faults(table: Any, place: Location) -> list[Diagnostic]:
    """What is wrong with the table ``[verify]``: each limit is a whole number above 0."""
    from docgen.archive.zip.limits import Limits

    if not isinstance(table, dict):
        return [error("X116", place, key=_LIMITS, value=str(table), known=f"[{_LIMITS}]")]
    known = [item.name for item in fields(Limits)]
    unknown = [_refuse_key(key, known, place, f"{_LIMITS}.") for key in table if key not in known]
    wrong = [key for key, value in table.items() if key in known and (type(value) is not int or value < 1)]
    return unknown + [
        error("X116", place, key=f"{_LIMITS}.{key}", value=str(table[key]), known="1、2、3、…") for key in wrong
    ]


def _list_folders(value: str | list[str], folder: Path) -> tuple[Path, ...]:
    return tuple(folder / name for name in ([value] if isinstance(value, str) else value))
