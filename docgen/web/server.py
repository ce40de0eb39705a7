"""Serves the page on this computer's loopback address until the process is told to end."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn

from docgen.archive.zip.limits import Limits
from docgen.diagnostics import error
from docgen.errors import OutputError
from docgen.messages import Language
from docgen.resources import Resources
from docgen.web.app import make_app
from docgen.web.guard import ENTRY
from docgen.web.jobs.ledger import open_job_ledger
from docgen.web.settings import LOOPBACK, PageSettings
from docgen.web.workplace import Workplace

_USUAL_PORT = 8642
_SHUTDOWN_SECONDS = 1


def serve_page(
    folder: Path,
    port: int | None,
    lang: Language,
    announce: Callable[[str, Path], None],
    *,
    resources: Resources,
    verifying: Limits,
) -> None:
    """Serve until the process is told to end; ``announce`` gets the page's address and the API key's file.

    Without a ``port`` the usual one is taken, or any that is free. Raises OutputError: N161 when another server has the
    folder, N166 when it can't be used, N170 when the port is taken.
    """
    workplace = Workplace(folder.absolute())
    workplace.prepare()
    with open_job_ledger(workplace.folder):  # raised here, before anything listens
        pass
    listener = _listen(port)
    settings = PageSettings(
        workplace.folder,
        listener.getsockname()[1],
        entry_key=secrets.token_urlsafe(24),
        session_key=secrets.token_urlsafe(32),
        api_key=workplace.read_api_key(),
        lang=lang,
        resources=resources,
        verifying=verifying,
        stands_by=True,
    )
    if not os.environ.get("DOCGEN_DEBUG"):
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)  # a traceback may hold what people typed
    config = uvicorn.Config(
        make_app(settings),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    threading.Thread(
        target=announce, args=(f"{settings.origin}/?{ENTRY}={settings.entry_key}", workplace.key_file), daemon=True
    ).start()
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        return  # the usual end
    finally:
        listener.close()


def _listen(port: int | None) -> socket.socket:
    """A listening socket on the loopback address; connections wait in its queue until the server runs."""
    for candidate in (port,) if port is not None else (_USUAL_PORT, 0):
        # asyncio sends at once (TCP_NODELAY) only where the protocol is named; else an answer waits 40 ms
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name != "nt":  # on Windows it would let two servers listen at once
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, candidate))
            listener.listen(128)
        except OSError as fault:
            listener.close()
            if candidate == 0 or port is not None:
                reason = fault.strerror or str(fault)
                raise OutputError(error("N170", port=candidate, reason=reason)) from None
            continue
        return listener
    raise AssertionError("port 0 is always free")
