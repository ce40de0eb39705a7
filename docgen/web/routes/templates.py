"""The door ``templates``: a template comes, and it is said what it is for."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.web.samples import start_sample
from docgen.web.state import find_state

DOOR, KIND = "templates", "template"


async def show(request: Request) -> Response:
    """Where a template goes, and the documents that it may be for."""
    state = find_state(request)
    standards = await state.desk.ask("docgen.web.work.forms_choice:list_standards", state.settings.resources)
    return state.pages.render(request, "templates/door.html", door=DOOR, standards=standards)


async def start(request: Request) -> Response:
    """Take the template and look at it."""
    job, _ = await find_state(request).start_job(request, KIND)
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def try_sample(request: Request) -> Response:
    """Begin with the sample."""
    job = await start_sample(find_state(request), KIND, DOOR)
    return RedirectResponse(f"/jobs/{job.id}", 303)


ROUTES = (
    Route(f"/{DOOR}", show),
    Route(f"/{DOOR}", start, methods=["POST"]),
    Route(f"/{DOOR}/sample", try_sample, methods=["POST"]),
)
