"""Renders pages: Jinja templates that take every text from the catalogue and escape every value."""

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
from docgen.web.diagnostics_view import format_diagnostics
from docgen.web.faults import PageError
from docgen.web.settings import PageSettings

FOLDER = Path(__file__).resolve().parent
DOORS = ("forms", "templates", "projects", "cases", "receiver")
AUTHENTICATED = "docgen.authenticated"
"""The key in a request's scope that the guard sets; without it a page shows not even the folder of files."""
_ALLOWED_CONTROLS = "\n\t"
_DIRECTION_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


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
            finalize=_remove_controls,
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
            format_diagnostics=lambda diagnostics, names=None: format_diagnostics(diagnostics, words, names),
        )
        self._environment.get_template("home.html")  # compiled now, so that the first reader needn't wait
        self._environment.get_template("macros.html")

    def render(self, request: Request, template: str, status: int = 200, /, **values: Any) -> Response:
        """A page; the value ``door`` marks the current one in the navigation."""
        context = {
            "door": "",
            "path": request.scope["path"],
            "is_stranger": not request.scope.get(AUTHENTICATED),
        } | values
        return HTMLResponse(self._environment.get_template(template).render(context), status)

    def render_fault(self, request: Request, fault: PageError) -> Response:
        """The answer to a request that failed: a page for people, JSON for programs."""
        words = self._settings.words
        if request.scope["path"].startswith("/api/") or "application/json" in request.headers.get("accept", ""):
            described = [describe_diagnostic(item, words) for item in fault.diagnostics]
            return JSONResponse({"ok": False, "diagnostics": described}, fault.status)
        return self.render(request, "fault.html", fault.status, faults=fault.diagnostics)


class _Texts:
    """The function ``t`` of templates: ``t("home.title")`` is the catalogue's text ``web.home.title``."""

    def __init__(self, words: Catalogue) -> None:
        self._words = words

    def __call__(self, key: str, **params: object) -> str:
        return self._words.text(f"web.{key}", **params)


def _remove_controls(value: object) -> object:
    """A value without control characters and marks that change the direction of text."""
    if not isinstance(value, str) or value.isprintable():
        return value
    printable = "".join(
        char
        for char in value
        if char in _ALLOWED_CONTROLS or not (char in _DIRECTION_MARKS or unicodedata.category(char) in ("Cc", "Cs"))
    )
    return Markup(printable) if isinstance(value, Markup) else printable
