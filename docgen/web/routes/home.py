"""The home page with its doors and jobs, the help page, and clearing all files."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.web.jobs.folder import read_order
from docgen.web.state import find_state


async def show_home(request: Request) -> Response:
    """Show the doors, and the jobs whose files are still here."""
    state = find_state(request)
    jobs = [(job, read_order(state.workplace.find(job.id)).title) for job in state.ledger.list_all()]
    return state.pages.render(request, "home.html", jobs=jobs, door="home")


async def show_help(request: Request) -> Response:
    """Show the help page."""
    return find_state(request).pages.render(request, "help.html")


async def ask_clear(request: Request) -> Response:
    """Ask to confirm clearing all jobs, with their number."""
    state = find_state(request)
    return state.pages.render(request, "clear.html", count=len(state.ledger.list_all()))


async def clear_all(request: Request) -> Response:
    """Clear all jobs with their files."""
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
