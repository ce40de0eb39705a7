"""Pages: Jinja templates that get every text from the catalogue and escape every value."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

import docgen
from docgen.messages import Catalogue
from docgen.messages.description import describe_diagnostic, format_size
from docgen.web.faults import PageError
from docgen.web.settings import PageSettings
from docgen.web.spoken import speak

FOLDER = Path(__file__).resolve().parent
DOORS = ("forms", "templates", "projects", "cases", "receiver")
KNOWN = "docgen.known"
"""Stands in a request's scope when the guard let its sender in; a stranger's page tells not even where files lie."""
_KEPT = "\n\t"
_TURNED = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class PageRenderer:
    """Renders the templates of this folder in one language."""

    def __init__(self, settings: PageSettings) -> None:
        self._settings = settings
        words = settings.words
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            finalize=_show,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["bytes"] = format_size
        self._environment.globals.update(
            t=_Texts(words),
            lang="zh-CN" if words.lang == "zh" else "en",
            version=docgen.__version__,
            doors=DOORS,
            folder=str(settings.folder),
            days=settings.days,
            speak=lambda found, names=None: speak(found, words, names),
        )
        self._environment.get_template("home.html")  # compiled before the first reader waits for it
        self._environment.get_template("macros.html")

    def render(self, request: Request, template: str, status: int = 200, /, **values: Any) -> Response:
        """A page; ``door`` among the values marks where it belongs."""
        given = {"door": "", "path": request.scope["path"], "is_stranger": not request.scope.get(KNOWN)} | values
        return HTMLResponse(self._environment.get_template(template).render(given), status)

    def tell(self, request: Request, fault: PageError) -> Response:
        """What is said of a request that can't be answered: a page for people, JSON for programs."""
        words = self._settings.words
        if request.scope["path"].startswith("/api/") or "application/json" in request.headers.get("accept", ""):
            said = [describe_diagnostic(item, words) for item in fault.diagnostics]
            return JSONResponse({"ok": False, "diagnostics": said}, fault.status)
        return self.render(request, "fault.html", fault.status, faults=fault.diagnostics)


class _Texts:
    """``t("home.title")`` in a template: the catalogue's text ``web.home.title``."""

    def __init__(self, words: Catalogue) -> None:
        self._words = words

    def __call__(self, key: str, **params: object) -> str:
        return self._words.text(f"web.{key}", **params)


def _show(value: object) -> object:
    """A value as it is printed: without what controls a screen or turns the direction of what follows."""
    if not isinstance(value, str) or value.isprintable():
        return value
    kept = "".join(
        char for char in value if char in _KEPT or not (char in _TURNED or unicodedata.category(char) in ("Cc", "Cs"))
    )
    return Markup(kept) if isinstance(value, Markup) else kept
