"""Holds the state of one run of the command line: global options, language, settings, console."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal, cast

from docgen.cli.console import Console, shows_chinese
from docgen.errors import DocgenError
from docgen.languages import LANGUAGES, Language

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.messages import Catalogue
    from docgen.resources import Resources
    from docgen.settings import Settings, Signing

Format = Literal["text", "json"]
FORMATS: tuple[Format, ...] = ("text", "json")
LANG_VARIABLE = "DOCGEN_LANG"
_PEEKED = {"--lang": "lang", "--format": "format"}


def peek_options(arguments: Sequence[str]) -> dict[str, str]:
    """Read language, format and colour from the arguments before these are parsed, for messages of usage errors."""
    peeked: dict[str, str] = {}
    for index, word in enumerate(arguments):
        if word == "--":
            break
        name, sign, value = word.partition("=")
        if name in _PEEKED:
            peeked[_PEEKED[name]] = value if sign else "".join(arguments[index + 1 : index + 2])
        elif name == "--no-color":
            peeked["no_color"] = "1"
    return peeked


class Session:
    """The global options of a run, and the language, settings and resources that they lead to.

    The language is the command line's, else the environment's (``DOCGEN_LANG``), else that of ``docgen.toml``, else
    Chinese; English where nothing was chosen and the console can't show Chinese at all.
    """

    def __init__(self, peeked: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> None:
        self.console = Console()
        self.command = ""
        self.format: Format = "json" if peeked.get("format") == "json" else "text"
        self.strict = False
        self.debug = bool(environment.get("DOCGEN_DEBUG"))
        self._lang = _pick_language(peeked.get("lang", "")) or _pick_language(environment.get(LANG_VARIABLE, ""))
        self._profiles: tuple[Path, ...] = ()
        self._templates: tuple[Path, ...] = ()
        self._outside: tuple[Path, ...] = ()
        self._settings_fault: DocgenError | None = None
        if environment.get("NO_COLOR") or "no_color" in peeked:
            self.console.color = False

    @cached_property
    def _settings(self) -> Settings:
        """The settings of the current folder's ``docgen.toml``, read on first use; empty where it is wrong."""
        from pathlib import Path

        from docgen.settings import Settings, read_settings

        try:
            return read_settings(Path())
        except DocgenError as fault:
            self._settings_fault = fault
            return Settings()

    def _require_settings(self) -> Settings:
        """The settings of the current folder's ``docgen.toml``; SourceError where it is wrong."""
        settings = self._settings
        if self._settings_fault is not None:
            raise self._settings_fault
        return settings

    def set_option(self, name: str, value: object) -> None:
        """Set a global option from the command line."""
        if name == "lang":
            self._lang = cast("Language", value)
        elif name == "format":
            self.format = cast("Format", value)
        elif name == "strict":
            self.strict = True
        elif name == "no_color":
            self.console.color = False
        elif name == "profiles":
            self._profiles += cast("tuple[Path, ...]", value)
        elif name == "templates":
            self._templates += cast("tuple[Path, ...]", value)
        elif name == "allow_outside":
            self._outside += cast("tuple[Path, ...]", value)

    @property
    def is_json(self) -> bool:
        """Whether the answer is one JSON document."""
        return self.format == "json"

    @property
    def lang(self) -> Language:
        """The language of all messages."""
        chosen = self._lang or self._settings.lang
        if chosen is None:
            return "zh" if self.is_json or (shows_chinese(sys.stderr) and shows_chinese(sys.stdout)) else "en"
        return chosen

    @property
    def words(self) -> Catalogue:
        """The catalogue of that language."""
        from docgen.messages import catalogue

        return catalogue(self.lang)

    def text(self, key: str, **params: object) -> str:
        """A text of the command line by its key without ``cli.``."""
        return self.words.text(f"cli.{key}", **params)

    def enter_folder(self, folder: Path) -> Resources:
        """The folders of profiles and templates for something in ``folder``.

        Its ``docgen.toml`` takes precedence over that of the current folder, the command line over both. SourceError
        when a ``docgen.toml`` is wrong or a folder that is named is absent.
        """
        from dataclasses import replace

        from docgen.settings import read_settings

        settings = self._require_settings()
        if folder.resolve() != folder.cwd():
            settings = read_settings(folder).merge(settings)
            self._settings = replace(self._settings, lang=settings.lang)
        return self._join(settings)

    def find_limits(self, folder: Path | None = None) -> Mapping[str, int]:
        """The limits of verification by name, from ``folder``'s ``docgen.toml``, then the current one.

        SourceError when one is wrong.
        """
        from docgen.settings import read_settings

        settings = self._require_settings()
        return (read_settings(folder).merge(settings) if folder is not None else settings).verify

    def find_signing(self) -> Signing:
        """The programs for signatures that the current ``docgen.toml`` names; SourceError when it is wrong."""
        from docgen.settings import Signing

        return Signing(**self._require_settings().signing)

    def join_resources(self, *folders: Path) -> Resources:
        """The folders of profiles and templates for one of many records, whose settings come from ``folders`` in order.

        The language doesn't change. Raises as ``enter_folder`` does.
        """
        from docgen.settings import Settings, read_settings

        current, settings = self._require_settings(), Settings()
        for folder in dict.fromkeys(folders):
            settings = settings.merge(read_settings(folder))
        return self._join(settings.merge(current))

    def _join(self, settings: Settings) -> Resources:
        from docgen.resources import Resources

        return settings.join(Resources(self._profiles, self._templates, self._outside))

    def find_resources(self) -> Resources:
        """The folders of profiles and templates where there is no record."""
        from pathlib import Path

        return self.enter_folder(Path())


def _pick_language(value: str) -> Language | None:
    """``zh``, ``en`` or a locale that begins so (``zh_CN.UTF-8``); None for anything else."""
    return next((lang for lang in LANGUAGES if value.lower().startswith(lang)), None)


def announce_reading(session: Session, inputs: Sequence[Path]) -> None:
    """Announce what is read, before the readers are loaded; not in JSON format."""
    if not session.is_json:
        from docgen.cli.layout import clean_line
        from docgen.content.shown_names import format_first_few

        session.console.announce(
            session.text("reading", names=format_first_few(clean_line(path.name or str(path)) for path in inputs))
        )
