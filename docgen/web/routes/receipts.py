"""Receipts of the door ``receiver``: deciding on a package, the register, a single receipt."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from docgen.diagnostics import error
from docgen.web.diagnostics_view import format_diagnostics
from docgen.web.downloads import format_disposition, send_file
from docgen.web.faults import PageError
from docgen.web.state import State, find_state
from docgen.web.work.receiver_receipts import DECISIONS, FOLDER, PageReceipts
from docgen.web.work.receiver_store import read_store

_DOOR = "receiver"
_KINDS = ("docx", "json")
_EXPORTS = ("xlsx", "json")


def find_receipts(state: State) -> PageReceipts:
    """The page's receipts."""
    return PageReceipts(state.settings.folder / FOLDER)


async def list_receipts(request: Request) -> Response:
    """Show the register, or the receipts for a query; the query is posted, so that no address contains it."""
    state = find_state(request)
    query = ""
    if request.method == "POST":
        form = await state.receive_fields(request)
        query = form.text("query")[:200]
    entries = await run_in_threadpool(find_receipts(state).list_entries, query)
    return _render(state, request, "receipts", entries=entries, query=query, results=None, faults=())


async def check(request: Request) -> Response:
    """Check the receipts; show the register and the result."""
    state = find_state(request)
    receipts = find_receipts(state)
    checked = await run_in_threadpool(receipts.check)
    entries = await run_in_threadpool(receipts.list_entries)
    faults = format_diagnostics(checked.diagnostics, state.settings.words) if checked is not None else ()
    results = checked.results if checked is not None else ()
    return _render(state, request, "receipts", entries=entries, query="", results=results, faults=faults)


async def show(request: Request) -> Response:
    """Show a receipt with the contents of its Word file."""
    state = find_state(request)
    receipt = await run_in_threadpool(find_receipts(state).read, request.path_params["number"])
    return _render(state, request, "receipt", receipt=receipt)


async def download(request: Request) -> Response:
    """Send a file of a receipt."""
    state, kind = find_state(request), request.path_params["kind"]
    if kind not in _KINDS:
        raise PageError(404, error("N172"))
    receipts = find_receipts(state)
    path = await run_in_threadpool(receipts.find_file, request.path_params["number"], kind)
    return send_file(receipts.folder, path, path.name)


async def export(request: Request) -> Response:
    """Send the whole register as a file."""
    state, kind = find_state(request), request.path_params["kind"]
    if kind not in _EXPORTS:
        raise PageError(404, error("N172"))
    words = state.settings.words
    holder = tempfile.TemporaryDirectory()
    out = Path(holder.name) / f"{words.text('receipt.register')}.{kind}"
    await run_in_threadpool(find_receipts(state).export, out, words)
    headers = {"Content-Disposition": format_disposition(out.name)}
    return FileResponse(out, headers=headers, background=BackgroundTask(holder.cleanup))


async def confirm(request: Request) -> Response:
    """Show what a decision does, before it is made."""
    state = find_state(request)
    findings = await run_in_threadpool(_read_findings, state, request)
    decision = _check_decision(request.query_params.get("decision", ""))
    job, number = request.path_params["job"], request.path_params["number"]
    values = {"job_id": job, "number": number, "decision": decision, "findings": findings}
    return _render(state, request, "decide", **values)


async def decide(request: Request) -> Response:
    """Issue the receipt, and show the package with it."""
    state = find_state(request)
    findings = await run_in_threadpool(_read_findings, state, request)
    form = await state.receive_fields(request)
    decision = _check_decision(form.text("decision"))
    await run_in_threadpool(find_receipts(state).decide, findings, cast("Any", decision), state.settings.resources)
    return RedirectResponse(f"/{_DOOR}/{request.path_params['job']}/{request.path_params['number']}#receipts", 303)


def _read_findings(state: State, request: Request) -> Mapping[str, Any]:
    """The findings on a verified package; PageError N240 where there are none for a receipt."""
    job, number = state.find_job(request), request.path_params["number"]
    with read_store(state.workplace.find(job.id)) as store:
        package = store.find(number, 0) if store is not None and number < 1 << 31 else None
    if package is None:
        raise PageError(404, error("N162"))
    findings: Mapping[str, Any] | None = package.details.get("findings")
    if not job.is_over or not findings:
        raise PageError(409, error("N240"))
    return findings


def _check_decision(decision: str) -> str:
    """The decision; PageError N242 for an unknown one."""
    if decision not in DECISIONS:
        raise PageError(400, error("N242"))
    return decision


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
    Route(f"/{_DOOR}/{{job}}/{{number:int}}/decide", confirm),
    Route(f"/{_DOOR}/{{job}}/{{number:int}}/decide", decide, methods=["POST"]),
)
"""These come before the routes of ``receiver``, which match any word as a job's id."""
