"""The first page: its doors, what was done lately, and an end to all of it."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.web.jobs.folder import read_order
from docgen.web.state import find_state


async def show_home(request: Request) -> Response:
    """The doors, and the jobs whose files are still here."""
    state = find_state(request)
    jobs = [(job, read_order(state.workplace.find(job.id)).title) for job in state.ledger.list_all()]
    return state.pages.render(request, "home.html", jobs=jobs, door="home")


async def show_help(request: Request) -> Response:
    """What the page does with files, and how to go on when something doesn't work."""
    return find_state(request).pages.render(request, "help.html")


async def ask_clear(request: Request) -> Response:
    """Whether really everything is to go, with how much that is."""
    state = find_state(request)
    return state.pages.render(request, "clear.html", count=len(state.ledger.list_all()))


async def clear_all(request: Request) -> Response:
    """Throw away every upload and every result."""
    state = find_state(request)
    for job in state.ledger.list_all():
        await run_in_threadpool(state.runner.clear, job.id)
    return RedirectResponse("/clear", 303)


ROUTES = (
    Route("/", show_home),
    Route("/help", show_help),
    Route("/clear", ask_clear),
    Route("/clear", clear_all, methods=["POST"]),
)
