"""The door ``forms``: a standard and its documents are chosen, an empty workbook is taken, a table comes."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from docgen.diagnostics import error
from docgen.web.downloads import format_disposition
from docgen.web.faults import PageError
from docgen.web.samples import start_sample
from docgen.web.state import State, find_state

DOOR, KIND = "forms", "table"
_CHOICE = "docgen.web.work.forms_choice"
_TITLES = "docgen.web.work.standard_titles:list_titles"
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def show(request: Request) -> Response:
    """The standards to choose from, and where a table goes that is filled in already."""
    state = find_state(request)
    return state.pages.render(request, "forms/standards.html", door=DOOR, standards=await _list_standards(state))


async def show_standard(request: Request) -> Response:
    """The documents of a standard; when some are chosen, their workbook and where it goes when it is filled in."""
    state = find_state(request)
    standard = await _find_standard(state, request)
    only = _read_only(request, standard)
    return state.pages.render(request, "forms/documents.html", door=DOOR, standard=standard, only=only)


async def take_workbook(request: Request) -> Response:
    """An empty workbook with the sheets that the chosen documents need."""
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


async def start(request: Request) -> Response:
    """Take the table and look through it."""
    job, _ = await find_state(request).start_job(request, KIND)
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def try_sample(request: Request) -> Response:
    """Begin with the sample."""
    job = await start_sample(find_state(request), KIND, DOOR)
    return RedirectResponse(f"/jobs/{job.id}", 303)


async def _list_standards(state: State) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await state.desk.ask(_TITLES, state.settings.resources)
    return found


async def _find_standard(state: State, request: Request) -> dict[str, Any]:
    wanted = request.path_params["standard"]
    if all(standard["id"] != wanted for standard in await _list_standards(state)):
        raise PageError(404, error("N162"))
    found: dict[str, Any] = await state.desk.ask(f"{_CHOICE}:find_standard", state.settings.resources, wanted)
    return found


def _read_only(request: Request, standard: dict[str, Any]) -> list[str]:
    known = {item["id"] for item in (*standard["documents"], *standard["others"])}
    return [name for name in dict.fromkeys(request.query_params.getlist("only")) if name in known]


ROUTES = (
    Route(f"/{DOOR}", show),
    Route(f"/{DOOR}", start, methods=["POST"]),
    Route(f"/{DOOR}/sample", try_sample, methods=["POST"]),
    Route(f"/{DOOR}/standards/{{standard}}", show_standard),
    Route(f"/{DOOR}/standards/{{standard}}/workbook", take_workbook),
)
