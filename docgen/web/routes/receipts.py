"""Receipts behind the door ``receiver``: deciding on a package, the register, a receipt."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from docgen.diagnostics import error
from docgen.web.downloads import format_disposition, send_file
from docgen.web.faults import PageError
from docgen.web.spoken import speak
from docgen.web.state import State, find_state
from docgen.web.uploads import receive_form
from docgen.web.work.receiver_receipts import DECISIONS, FOLDER, ReceiptDesk
from docgen.web.work.receiver_store import read_store

_DOOR = "receiver"
_KINDS = ("docx", "json")
_EXPORTS = ("xlsx", "json")


def open_desk(state: State) -> ReceiptDesk:
    """Where the page's receipts are."""
    return ReceiptDesk(state.settings.folder / FOLDER)


async def list_receipts(request: Request) -> Response:
    """The register, all of it or what is looked for; no address holds the words."""
    state = find_state(request)
    query = ""
    if request.method == "POST":
        form = await receive_form(request, state.settings.folder, replace(state.settings.limits, files=0))
        query = form.text("query")[:200]
    entries = await run_in_threadpool(open_desk(state).list_entries, query)
    return _render(state, request, "receipts", entries=entries, query=query, results=None, found=())


async def check(request: Request) -> Response:
    """The register, and what checking its receipts found."""
    state = find_state(request)
    desk = open_desk(state)
    checked = await run_in_threadpool(desk.check)
    entries = await run_in_threadpool(desk.list_entries)
    found = speak(checked.diagnostics, state.settings.words) if checked is not None else ()
    results = checked.results if checked is not None else ()
    return _render(state, request, "receipts", entries=entries, query="", results=results, found=found)


async def show(request: Request) -> Response:
    """A receipt, as its Word file says it."""
    state = find_state(request)
    receipt = await run_in_threadpool(open_desk(state).read, request.path_params["number"])
    return _render(state, request, "receipt", receipt=receipt)


async def download(request: Request) -> Response:
    """A file of a receipt."""
    state, kind = find_state(request), request.path_params["kind"]
    if kind not in _KINDS:
        raise PageError(404, error("N172"))
    desk = open_desk(state)
    path = await run_in_threadpool(desk.find_file, request.path_params["number"], kind)
    return send_file(desk.folder, path, path.name)


async def export(request: Request) -> Response:
    """The whole register as a file."""
    state, kind = find_state(request), request.path_params["kind"]
    if kind not in _EXPORTS:
        raise PageError(404, error("N172"))
    words = state.settings.words
    holder = tempfile.TemporaryDirectory()
    out = Path(holder.name) / f"{words.text('receipt.register')}.{kind}"
    await run_in_threadpool(open_desk(state).export, out, words)
    headers = {"Content-Disposition": format_disposition(out.name)}
    return FileResponse(out, headers=headers, background=BackgroundTask(holder.cleanup))


async def ask(request: Request) -> Response:
    """Say in words what a decision does, before it is made."""
    state = find_state(request)
    told = await run_in_threadpool(_read_told, state, request)
    decision = _read_decision(request.query_params.get("decision", ""))
    job, number = request.path_params["job"], request.path_params["number"]
    values = {"job_id": job, "number": number, "decision": decision, "findings": told["findings"]}
    return _render(state, request, "decide", **values)


async def decide(request: Request) -> Response:
    """Issue the receipt, and show the package with it."""
    state = find_state(request)
    told = await run_in_threadpool(_read_told, state, request)
    form = await receive_form(request, state.settings.folder, replace(state.settings.limits, files=0))
    decision = _read_decision(form.text("decision"))
    await run_in_threadpool(open_desk(state).decide, told["findings"], cast("Any", decision), state.settings.resources)
    return RedirectResponse(f"/{_DOOR}/{request.path_params['job']}/{request.path_params['number']}#receipts", 303)


def _read_told(state: State, request: Request) -> Mapping[str, Any]:
    """What is known of a package that was verified; PageError N240 where that isn't enough for a receipt."""
    job, number = state.find_job(request), request.path_params["number"]
    with read_store(state.workplace.find(job.id)) as store:
        found = store.find(number, 0) if store is not None and number < 1 << 31 else None
    if found is None:
        raise PageError(404, error("N162"))
    if not job.is_over or not found.told.get("findings"):
        raise PageError(409, error("N240"))
    return found.told


def _read_decision(said: str) -> str:
    if said not in DECISIONS:
        raise PageError(400, error("N242"))
    return said


def _render(state: State, request: Request, template: str, **values: Any) -> Response:
    words = state.settings.words
    return state.pages.render(request, f"receiver/{template}.html", door=_DOOR, words=words, **values)


_BASE = f"/{_DOOR}/receipts"
ROUTES = (
    Route(_BASE, list_receipts, methods=["GET", "POST"]),
    Route(f"{_BASE}/check", check, methods=["POST"]),
    Route(f"{_BASE}/export/{{kind}}", export),
    Route(f"{_BASE}/{{number}}", show),
    Route(f"{_BASE}/{{number}}/{{kind}}", download),
    Route(f"/{_DOOR}/{{job}}/{{number:int}}/decide", ask),
    Route(f"/{_DOOR}/{{job}}/{{number:int}}/decide", decide, methods=["POST"]),
)
"""They come before those of the door itself, which takes any word for a job."""
