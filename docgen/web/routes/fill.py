"""Somebody's own template and their table come; the first document is shown before all are made."""

from __future__ import annotations

import shutil

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.diagnostics import error
from docgen.web.faults import PageError
from docgen.web.jobs.folder import read_order
from docgen.web.jobs.model import Order, SourceFile
from docgen.web.routes.forms import DOOR
from docgen.web.state import find_state

KIND, FIRST = "fill", "first"


async def show(request: Request) -> Response:
    """Where the template and the table go."""
    return find_state(request).pages.render(request, "forms/own.html", door=DOOR)


async def start(request: Request) -> Response:
    """Take both and look what the tags may mean."""
    job, _ = await find_state(request).start_job(request, KIND)
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def look_at_first(request: Request) -> Response:
    """Begin to draw the first document, of copies of both files."""
    state = find_state(request)
    job = state.find_job(request)
    if job.kind != KIND or not job.is_over:
        raise PageError(404, error("N162"))
    folder = state.workplace.find(job.id)
    order = read_order(folder)
    with state.workplace.hold() as job_id:
        new = state.workplace.find(job_id)
        for part in dict.fromkeys(item.path.relative_to(folder).parts[0] for item in order.sources):
            await run_in_threadpool(shutil.copytree, folder / part, new / part)
        sources = tuple(SourceFile(new / item.path.relative_to(folder), item.name) for item in order.sources)
    title = state.settings.words.text("web.fill.first.title", name=order.title)
    begun = state.runner.start(job_id, FIRST, Order(title, sources, {**order.options, "from": [job.id]}))
    return RedirectResponse(f"/jobs/{begun.id}", 303)


ROUTES = (
    Route(f"/{DOOR}/own", show),
    Route(f"/{DOOR}/own", start, methods=["POST"]),
    Route("/jobs/{job}/first", look_at_first, methods=["POST"]),
)
