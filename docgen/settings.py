"""Reads ``docgen.toml``, in the record's folder or the current one: own profiles, templates, language, limits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from docgen.diagnostics import Diagnostic, Location, error
from docgen.errors import SourceError
from docgen.messages import LANGUAGES, Language
from docgen.resources import Converting, Packing, Resources

SETTINGS_FILE = "docgen.toml"
_KEYS = ("profiles", "templates", "allow_outside", "lang", "verify", "pdf", "package", "signing")
_LIMITS, _PDF, _PACKAGE, _SIGNING = "verify", "pdf", "package", "signing"
_TEXTS = '"…"、["…", "…"]'
_SYNTAX_PLACE = re.compile(r"line (\d+), column (\d+)")


@dataclass(frozen=True, slots=True)
class Signing:
    """The user's own programs that ``sign`` and ``verify`` signatures, each a list of arguments or a line of them.

    ``seconds`` is how long one may take.
    """

    sign: str | tuple[str, ...] = ""
    verify: str | tuple[str, ...] = ""
    seconds: int = 120


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a ``docgen.toml``; its folders are relative to the file.

    The tables by name: ``verify`` holds fields of ``Limits``, ``pdf`` of ``Converting``, ``package`` of ``Packing``,
    ``signing`` of ``Signing``.
    """

    profiles: tuple[Path, ...] = ()
    templates: tuple[Path, ...] = ()
    lang: Language | None = None
    verify: Mapping[str, int] = field(default_factory=dict)
    allow_outside: tuple[Path, ...] = ()
    pdf: Mapping[str, int | bool] = field(default_factory=dict)
    package: Mapping[str, bool] = field(default_factory=dict)
    signing: Mapping[str, Any] = field(default_factory=dict)

    def merge(self, other: Settings) -> Settings:
        """These settings, completed by ``other``, which come second."""
        return Settings(
            self.profiles + tuple(path for path in other.profiles if path not in self.profiles),
            self.templates + tuple(path for path in other.templates if path not in self.templates),
            self.lang or other.lang,
            {**other.verify, **self.verify},
            self.allow_outside + tuple(path for path in other.allow_outside if path not in self.allow_outside),
            {**other.pdf, **self.pdf},
            {**other.package, **self.package},
            {**other.signing, **self.signing},
        )

    def join(self, own: Resources) -> Resources:
        """The resources named on the command line, completed by these settings; SourceError X111 for absent folders."""
        profiles = (*own.own_profiles, *self.profiles)
        templates = (*own.own_templates, *self.templates)
        outside = (*own.outside, *self.allow_outside)
        absent = [error("X111", path=str(path)) for path in (*profiles, *templates, *outside) if not path.is_dir()]
        if absent:
            raise SourceError(*absent)
        converting = own.converting
        if converting == Converting():
            converting = Converting(**cast("Mapping[str, Any]", self.pdf))
        packing = Packing(**self.package) if own.packing == Packing() else own.packing
        return Resources(profiles, templates, outside, converting, packing)


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
        match = _SYNTAX_PLACE.search(str(fault))
        line, column = (int(match[1]), int(match[2])) if match else (None, None)
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
        data.get(_PDF, {}),
        data.get(_PACKAGE, {}),
        data.get(_SIGNING, {}),
    )


def _find_faults(data: Mapping[str, Any], place: Location) -> list[Diagnostic]:
    faults = []
    for key, value in data.items():
        if key not in _KEYS:
            faults.append(_refuse_key(key, _KEYS, place))
        elif key == _LIMITS:
            from docgen.archive.zip.limits import Limits

            faults += _find_table_faults(key, value, Limits, place)
        elif key == _PDF:
            faults += _find_table_faults(key, value, Converting, place)
        elif key == _PACKAGE:
            faults += _find_table_faults(key, value, Packing, place)
        elif key == _SIGNING:
            faults += _find_table_faults(key, value, Signing, place)
        elif key == "lang":
            if value not in LANGUAGES:
                faults.append(error("X116", place, key=key, value=str(value), known="、".join(LANGUAGES)))
        elif not _is_texts(value):
            faults.append(error("X116", place, key=key, value=str(value), known=_TEXTS))
    return faults


def _is_texts(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _refuse_key(key: str, allowed: Sequence[str], place: Location, table: str = "") -> Diagnostic:
    from difflib import get_close_matches

    nearest = get_close_matches(key, allowed, n=1)
    return error("X115", place, key=table + key, nearest=nearest[0] if nearest else "、".join(allowed))


def _find_table_faults(name: str, table: Any, shape: type[Any], place: Location) -> list[Diagnostic]:
    """What is wrong with a table: each setting is a whole number above 0, on or off, or a command."""
    if not isinstance(table, dict):
        return [error("X116", place, key=name, value=str(table), known=f"[{name}]")]
    types: dict[str, type[Any]] = {item.name: type(item.default) for item in fields(shape)}
    faults = []
    for key, value in table.items():
        if key not in types:
            faults.append(_refuse_key(key, list(types), place, f"{name}."))
        elif types[key] is str:
            if not _is_texts(value):
                faults.append(error("X116", place, key=f"{name}.{key}", value=str(value), known=_TEXTS))
        elif type(value) is not types[key] or (value is not False and value < 1):
            choices = "true、false" if types[key] is bool else "1、2、3、…"
            faults.append(error("X116", place, key=f"{name}.{key}", value=str(value), known=choices))
    return faults


def _list_folders(value: str | list[str], folder: Path) -> tuple[Path, ...]:
    return tuple(folder / name for name in ([value] if isinstance(value, str) else value))
