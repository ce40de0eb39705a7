"""Authenticates requests: a browser by a cookie, which the address with the entry key sets; programs by the API key.

Every request must name our host and, where it has an origin, ours: this keeps out pages of other sites and names that
are made to resolve to this computer (DNS rebinding). A request that changes something needs an origin or the API key.
Every response has the headers that keep a browser from doing more with it than showing it.
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
from docgen.web.pages import AUTHENTICATED, PageRenderer
from docgen.web.settings import PageSettings

OPEN_FOLDER = "/static/"
"""Style sheets and scripts, which need no authentication: they are the same in every installation."""
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
    """ASGI middleware that answers unauthenticated requests itself."""

    def __init__(self, app: ASGIApp, settings: PageSettings, pages: PageRenderer) -> None:
        self._app = app
        self._settings = settings
        self._pages = pages
        self._is_entry_used = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request, or answer it."""
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
            answer = self._pages.render_fault(request, fault)
        await (answer or self._app)(scope, receive, send_guarded)

    def _judge(self, request: Request) -> Response | None:
        """None for a request to pass on, the redirect for one with the entry key; PageError for any other."""
        own = self._settings
        if _list_values(request, "host") != [own.host]:
            raise PageError(403, error("N165", address=own.origin))
        origins = _list_values(request, "origin")
        if origins not in ([], [own.origin]):
            raise PageError(403, error("N165", address=own.origin))
        if request.headers.get("sec-fetch-site", "none") not in _OWN_SITES:
            raise PageError(403, error("N165", address=own.origin))
        if (authorization := request.headers.get("authorization")) is not None:
            if not _is_same(authorization, f"Bearer {own.api_key}"):
                raise PageError(401, error("N160"))
            request.scope[AUTHENTICATED] = True
            return None
        has_session, path = self._has_session(request), request.scope["path"]
        if path == "/" and ENTRY in request.query_params and request.method == "GET":
            return self._open_session(request, has_session=has_session)
        if path.startswith(OPEN_FOLDER) and request.method in _READING:
            request.scope[AUTHENTICATED] = has_session
            return None
        if not has_session:
            raise PageError(401, error("N160"))
        if request.method not in _READING and not origins:
            raise PageError(403, error("N165", address=own.origin))
        request.scope[AUTHENTICATED] = True
        return None

    def _has_session(self, request: Request) -> bool:
        try:
            cookie = SimpleCookie(request.headers.get("cookie", "")).get(self._settings.cookie)
        except CookieError:
            return False
        return cookie is not None and _is_same(cookie.value, self._settings.session_key)

    def _open_session(self, request: Request, *, has_session: bool) -> Response:
        """Exchange the entry key, once, for the cookie; the redirect removes the key from the browser's address."""
        keys = parse_qs(request.scope["query_string"].decode("latin-1")).get(ENTRY, [])
        is_right = len(keys) == 1 and _is_same(keys[0], self._settings.entry_key) and not self._is_entry_used
        if not (is_right or has_session):
            raise PageError(401, error("N160"))
        answer = RedirectResponse("/", 303)
        if is_right:
            self._is_entry_used = True
            own = self._settings
            answer.set_cookie(
                own.cookie, own.session_key, max_age=own.days * _DAY, path="/", httponly=True, samesite="strict"
            )
        return answer


def _list_values(request: Request, name: str) -> Sequence[str]:
    return request.headers.getlist(name)


def _is_same(sent: str, expected: str) -> bool:
    """Compare in constant time."""
    return compare_digest(sent.encode("utf-8", "replace"), expected.encode())
