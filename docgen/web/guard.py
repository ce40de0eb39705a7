"""Admits requests: this computer's browser after the address with the key, and programs with the lasting key.

Every request names our host and, where it says where it comes from, our origin. So neither another page nor a name that
is suddenly said to be this computer (rebinding) reaches anything, and what changes something needs an origin or the
lasting key. Every answer carries the headers that keep a browser from doing more with it than showing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from docgen.diagnostics import error
from docgen.web.faults import PageError
from docgen.web.pages import KNOWN, PageRenderer
from docgen.web.settings import PageSettings

OPEN_FOLDER = "/static/"
"""What anybody on this computer may see: style sheets and scripts, the same for all who have docgen."""
ENTRY = "key"
_READING = ("GET", "HEAD")
_OWN_SITES = ("same-origin", "none")
_DAY = 24 * 3600
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with it a browser sends "Origin: null" with a form of our own. Nothing goes to other origins.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Stands before the application: answers itself what may not pass."""

    def __init__(self, app: ASGIApp, settings: PageSettings, pages: PageRenderer) -> None:
        self._app = app
        self._settings = settings
        self._pages = pages
        self._is_entry_used = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As an ASGI application."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                named = {name.lower() for name, _ in message["headers"]}
                added = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in named)]
            await send(message)

        request = Request(scope)
        try:
            answer = self._judge(request)
        except PageError as fault:
            answer = self._pages.tell(request, fault)
        await (answer or self._app)(scope, receive, send_guarded)

    def _judge(self, request: Request) -> Response | None:
        """None for a request that may pass, else its answer; raises PageError."""
        own = self._settings
        if _list_values(request, "host") != [own.host]:
            raise PageError(403, error("N165", address=own.origin))
        origins = _list_values(request, "origin")
        if origins not in ([], [own.origin]):
            raise PageError(403, error("N165", address=own.origin))
        if request.headers.get("sec-fetch-site", "none") not in _OWN_SITES:
            raise PageError(403, error("N165", address=own.origin))
        if (said := request.headers.get("authorization")) is not None:
            if not _is_same(said, f"Bearer {own.lasting}"):
                raise PageError(401, error("N160"))
            request.scope[KNOWN] = True
            return None
        is_known, path = self._is_known(request), request.scope["path"]
        if path == "/" and ENTRY in request.query_params and request.method == "GET":
            return self._enter(request, is_known=is_known)
        if path.startswith(OPEN_FOLDER) and request.method in _READING:
            request.scope[KNOWN] = is_known
            return None
        if not is_known:
            raise PageError(401, error("N160"))
        if request.method not in _READING and not origins:
            raise PageError(403, error("N165", address=own.origin))
        request.scope[KNOWN] = True
        return None

    def _is_known(self, request: Request) -> bool:
        try:
            cookie = SimpleCookie(request.headers.get("cookie", "")).get(self._settings.cookie)
        except CookieError:
            return False
        return cookie is not None and _is_same(cookie.value, self._settings.session)

    def _enter(self, request: Request, *, is_known: bool) -> Response:
        """The way in: the key, once, for the cookie; the address without the key is what stays in the browser."""
        keys = parse_qs(request.scope["query_string"].decode("latin-1")).get(ENTRY, [])
        is_right = len(keys) == 1 and _is_same(keys[0], self._settings.entry) and not self._is_entry_used
        if not (is_right or is_known):
            raise PageError(401, error("N160"))
        answer = RedirectResponse("/", 303)
        if is_right:
            self._is_entry_used = True
            own = self._settings
            answer.set_cookie(
                own.cookie, own.session, max_age=own.days * _DAY, path="/", httponly=True, samesite="strict"
            )
        return answer


def _list_values(request: Request, name: str) -> Sequence[str]:
    return request.headers.getlist(name)


def _is_same(given: str, known: str) -> bool:
    return compare_digest(given.encode("utf-8", "replace"), known.encode())
