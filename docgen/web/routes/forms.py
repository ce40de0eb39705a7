"""The door ``forms``: a standard and documents are chosen, an empty workbook is downloaded, a table uploaded."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from docgen.diagnostics import error
from docgen.web.downloads import format_disposition
from docgen.web.faults import PageError
from docgen.web.samples import make_start_routes
from docgen.web.state import State, find_state

DOOR, KIND = "forms", "table"
_CHOICE = "docgen.web.work.forms_choice"
_TITLES = "docgen.web.work.standard_titles:list_titles"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def show(request: Request) -> Response:
    """Show the standards to choose from, and the form for a table that is filled in already."""
    state = find_state(request)
    return state.pages.render(request, "forms/standards.html", door=DOOR, standards=await _list_standards(state))


async def show_standard(request: Request) -> Response:
    """Show the documents of a standard; when some are chosen, their workbook and the form for it."""
    state = find_state(request)
    standard = await _find_standard(state, request)
    only = _read_only(request, standard)
    return state.pages.render(request, "forms/documents.html", door=DOOR, standard=standard, only=only)


async def download_workbook(request: Request) -> Response:
    """Send an empty workbook with the sheets of the chosen documents."""
    state = find_state(request)
    standard = await _find_standard(state, request)
    only = _read_only(request, standard)
    if not only:
        raise PageError(400, error("N173"))
    data = await state.desk.ask(f"{_CHOICE}:write_empty", state.settings.resources, standard["id"], tuple(only))
    titles = [item["title"] for item in (*standard["documents"], *standard["others"]) if item["id"] in only]
    words = state.settings.words
    name = words.text("web.forms.workbook.name", title=titles[0] if len(titles) == 1 else standard["title"])
    return Response(data, media_type=_WORKBOOK, headers={"Content-Disposition": format_disposition(f"{name}.xlsx")})


async def _list_standards(state: State) -> list[dict[str, Any]]:
    standards: list[dict[str, Any]] = await state.desk.ask(_TITLES, state.settings.resources)
    return standards


async def _find_standard(state: State, request: Request) -> dict[str, Any]:
    standard_id = request.path_params["standard"]
    if all(standard["id"] != standard_id for standard in await _list_standards(state)):
        raise PageError(404, error("N162"))
    standard: dict[str, Any] = await state.desk.ask(f"{_CHOICE}:find_standard", state.settings.resources, standard_id)
    return standard


def _read_only(request: Request, standard: dict[str, Any]) -> list[str]:
    ids = {item["id"] for item in (*standard["documents"], *standard["others"])}
    return [name for name in dict.fromkeys(request.query_params.getlist("only")) if name in ids]


ROUTES = (
    Route(f"/{DOOR}", show),
    *make_start_routes(KIND, DOOR),
    Route(f"/{DOOR}/standards/{{standard}}", show_standard),
    Route(f"/{DOOR}/standards/{{standard}}/workbook", download_workbook),
)
