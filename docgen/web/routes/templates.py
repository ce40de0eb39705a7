"""The door ``templates``: a template is uploaded for a document type and checked."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from docgen.web.samples import make_start_routes
from docgen.web.state import find_state

DOOR, KIND = "templates", "template"


async def show(request: Request) -> Response:
    """Show the form for a template, with the documents that it may be for."""
    state = find_state(request)
    standards = await state.desk.ask("docgen.web.work.forms_choice:list_standards", state.settings.resources)
    return state.pages.render(request, "templates/door.html", door=DOOR, standards=standards)


ROUTES = (
    Route(f"/{DOOR}", show),
    *make_start_routes(KIND, DOOR),
)
