"""Assembles the application: the routes behind the guard, the jobs and their ledger, the cleaning up of old jobs."""

from __future__ import annotations

import asyncio
import mimetypes
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from docgen.diagnostics import error
from docgen.errors import DocgenError, report_bug
from docgen.web.faults import PageError
from docgen.web.guard import Guard
from docgen.web.jobs.desk import Desk
from docgen.web.jobs.ledger import open_job_ledger
from docgen.web.jobs.runner import JobRunner
from docgen.web.pages import FOLDER, PageRenderer
from docgen.web.routes import (
    api,
    cases,
    fill,
    forms,
    forms_table,
    home,
    jobs,
    pdf,
    project_files,
    project_form,
    projects,
    receipts,
    receiver,
    templates,
)
from docgen.web.settings import PageSettings
from docgen.web.state import State
from docgen.web.workplace import Workplace

_HOUR = 3600
_DAY = 24 * _HOUR
_ROUTES = (
    home,
    fill,
    forms,
    forms_table,
    templates,
    projects,
    project_form,
    project_files,
    cases,
    receipts,
    receiver,
    jobs,
    pdf,
    api,
)
"""The modules of routes, each with its ``ROUTES``; the first route that matches is taken."""


def make_app(settings: PageSettings) -> ASGIApp:
    """The page as an ASGI application; at the start it opens the ledger (OutputError N161, N166, B102)."""
    mimetypes.add_type(
        "text/javascript", ".js"
    )  # Windows may map .js otherwise, and browsers run no script of another type
    mimetypes.add_type("text/css", ".css")
    pages, workplace = PageRenderer(settings), Workplace(settings.folder)

    @asynccontextmanager
    async def run_lifespan(app: Starlette) -> AsyncIterator[None]:
        with ExitStack() as stack:
            workplace.prepare()
            ledger = stack.enter_context(open_job_ledger(workplace.folder))
            runner = JobRunner(ledger, workplace, settings)
            stack.callback(runner.close)
            desk = Desk()
            stack.callback(desk.close)
            app.state.page = state = State(settings, pages, workplace, ledger, runner, desk)
            clean_old(state, at_start=True)
            runner.resume()
            runner.stand_by()
            task = asyncio.create_task(_clean_hourly(state))
            try:
                yield
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    def answer_fault(request: Request, fault: Exception) -> Response:
        return pages.render_fault(request, _make_page_error(fault))

    routes = [route for module in _ROUTES for route in module.ROUTES]
    app = Starlette(
        routes=[*routes, Mount("/static", StaticFiles(directory=FOLDER / "static"))],
        lifespan=run_lifespan,
        exception_handlers=dict.fromkeys((PageError, HTTPException, DocgenError, Exception), answer_fault),
    )
    return Guard(app, settings, pages)


def _make_page_error(fault: Exception) -> PageError:
    """The HTTP status and diagnostics for an exception."""
    if isinstance(fault, PageError):
        return fault
    if isinstance(fault, DocgenError):
        return PageError(400, *fault.diagnostics)
    if isinstance(fault, HTTPException):
        return PageError(fault.status_code, error("N162"))
    return PageError(500, report_bug(fault))


def clean_old(state: State, *, at_start: bool = False) -> None:
    """Clear jobs that ended more than ``settings.days`` days ago, and folders that belong to no job.

    A folder into which a form is being received has no job yet: at the start there is none such, later a day has to
    pass.
    """
    jobs = {job.id: job for job in state.ledger.list_all()}
    limit = time.time() - state.settings.days * _DAY
    for job in jobs.values():
        if (job.ended or job.created) < limit:
            state.runner.clear(job.id)
    for job_id in list(state.workplace.list_ids()):
        if job_id not in jobs and (at_start or state.workplace.find_age(job_id) > _DAY):
            state.workplace.remove(job_id)


async def _clean_hourly(state: State) -> None:
    while True:
        await asyncio.sleep(_HOUR)
        await run_in_threadpool(clean_old, state)
