"""The page of a job: its progress, result and files; cancelling and clearing it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from docgen.diagnostics import error
from docgen.web.downloads import pack_all, send_file
from docgen.web.faults import PageError
from docgen.web.jobs.folder import CANCEL, RESULTS, read_order, read_outcome, read_step
from docgen.web.jobs.kinds import KINDS
from docgen.web.state import find_state


async def show_job(request: Request) -> Response:
    """Show a job's progress, or its result in the template of its kind."""
    state = find_state(request)
    job = state.find_job(request)
    folder, kind = state.workplace.find(job.id), KINDS[job.kind]
    if kind.page and (job.state == "done" or kind.is_live):
        return RedirectResponse(kind.page.format(job=job.id), 303)
    order = read_order(folder)
    values = {
        "job": job,
        "order": order,
        "door": kind.door,
        "names": {str(item.path): item.name for item in order.sources},
    }
    if not job.is_over:
        is_stopping = (folder / CANCEL).exists()
        return state.pages.render(request, "working.html", step=read_step(folder), is_stopping=is_stopping, **values)
    return state.pages.render(request, kind.template, outcome=read_outcome(folder), **values)


async def report_state(request: Request) -> Response:
    """Report a job's progress to the script on its page."""
    state = find_state(request)
    job = state.find_job(request)
    step = read_step(state.workplace.find(job.id))
    return JSONResponse(
        {
            "state": job.state,
            "is_over": job.is_over,
            "done": step.done,
            "total": step.total,
            "bytes": step.bytes,
            "total_bytes": step.total_bytes,
            "name": step.name,
        }
    )


async def cancel(request: Request) -> Response:
    """Ask a job to stop."""
    state = find_state(request)
    job = state.find_job(request)
    state.runner.cancel(job.id)
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def clear(request: Request) -> Response:
    """Clear a job with its files."""
    state = find_state(request)
    await run_in_threadpool(state.runner.clear, state.find_job(request).id)
    return RedirectResponse("/", 303)


async def download(request: Request) -> Response:
    """Send one of a job's files, by its number; addresses contain no names."""
    state = find_state(request)
    job = state.find_job(request)
    folder = state.workplace.find(job.id)
    outputs = read_outcome(folder).outputs if job.is_over else ()
    number = request.path_params["number"]
    if not 1 <= number <= len(outputs):
        raise PageError(404, error("N172"))
    item = outputs[number - 1]
    return send_file(folder / RESULTS, folder / RESULTS / item.path, item.name)


async def download_all(request: Request) -> Response:
    """Send all of a job's files in one zip."""
    state = find_state(request)
    job = state.find_job(request)
    folder = state.workplace.find(job.id)
    outputs = read_outcome(folder).outputs if job.is_over else ()
    if not outputs:
        raise PageError(404, error("N172"))
    packed = await run_in_threadpool(pack_all, folder / RESULTS, outputs)
    return send_file(folder, packed, f"{read_order(folder).title}.zip")


ROUTES = (
    Route("/jobs/{job}", show_job),
    Route("/jobs/{job}/state", report_state),
    Route("/jobs/{job}/cancel", cancel, methods=["POST"]),
    Route("/jobs/{job}/clear", clear, methods=["POST"]),
    Route("/jobs/{job}/files/{number:int}", download),
    Route("/jobs/{job}/all", download_all),
)
