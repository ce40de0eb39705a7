"""The application: the routes of every door behind the guard, the ledger and the jobs while it lives."""

from __future__ import annotations

import asyncio
import mimetypes
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
from docgen.errors import DocgenError, describe_bug
from docgen.web.cleaning import clean_old
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
"""The doors; each module has its ``ROUTES``."""


def make_app(settings: PageSettings) -> ASGIApp:
    """The page as an ASGI application; its ledger is opened when it starts (OutputError N161, N166, B102)."""
    mimetypes.add_type("text/javascript", ".js")  # Windows may say otherwise, and browsers believe us alone
    mimetypes.add_type("text/css", ".css")
    pages, workplace = PageRenderer(settings), Workplace(settings.folder)

    @asynccontextmanager
    async def live(app: Starlette) -> AsyncIterator[None]:
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
            task = asyncio.create_task(_clean_hourly(state))
            try:
                yield
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    def report_fault(request: Request, fault: Exception) -> Response:
        return pages.tell(request, _read_fault(fault))

    routes = [route for module in _ROUTES for route in module.ROUTES]
    app = Starlette(
        routes=[*routes, Mount("/static", StaticFiles(directory=FOLDER / "static"))],
        lifespan=live,
        exception_handlers=dict.fromkeys((PageError, HTTPException, DocgenError, Exception), report_fault),
    )
    return Guard(app, settings, pages)


def _read_fault(fault: Exception) -> PageError:
    """What ended a request, as a fault that says what to do."""
    if isinstance(fault, PageError):
        return fault
    if isinstance(fault, DocgenError):
        return PageError(400, *fault.diagnostics)
    if isinstance(fault, HTTPException):
        return PageError(fault.status_code, error("N162"))
    return PageError(500, describe_bug(fault))


async def _clean_hourly(state: State) -> None:
    while True:
        await asyncio.sleep(_HOUR)
        await run_in_threadpool(clean_old, state)
