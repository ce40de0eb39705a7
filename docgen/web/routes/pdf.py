"""Converts the Word and Excel documents of a finished job to PDF: a job of its own, on copies."""

from __future__ import annotations

import shutil

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.diagnostics import error
from docgen.web.downloads import find_file
from docgen.web.faults import PageError
from docgen.web.jobs.folder import RESULTS, read_order, read_outcome
from docgen.web.jobs.model import Order, SourceFile
from docgen.web.state import find_state

KIND = "pdf"


async def convert(request: Request) -> Response:
    """Start converting the documents of a finished job; PageError N172 where it has none."""
    state = find_state(request)
    job = state.find_job(request)
    folder = state.workplace.find(job.id)
    outputs = read_outcome(folder).outputs if job.is_over else ()
    documents = [item for item in outputs if item.is_document]
    if not documents:
        raise PageError(404, error("N172"))
    title = state.settings.words.text("web.pdf.title", name=read_order(folder).title)
    with state.workplace.hold() as job_id:
        sources = []
        for number, item in enumerate(documents, 1):
            real = find_file(folder / RESULTS, folder / RESULTS / item.path)
            target = state.workplace.find(job_id) / "uploads" / f"{number:04d}" / real.name
            target.parent.mkdir(parents=True)
            await run_in_threadpool(shutil.copyfile, real, target)
            sources.append(SourceFile(target, item.name))
    started = state.runner.start(job_id, KIND, Order(title, tuple(sources), {"from": job.id}))
    return RedirectResponse(f"/jobs/{started.id}", 303)


ROUTES = (Route("/jobs/{job}/pdf", convert, methods=["POST"]),)
