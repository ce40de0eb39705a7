"""A project's record as a form: what is missing, any part of it, live faults, saving."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from docgen.web.routes.projects import DOOR, ask, receive_fields
from docgen.web.state import find_state
from docgen.web.uploads import Form

_PREFIXES = ("e:", "l:")


async def show_sections(request: Request) -> Response:
    """The parts of the record that can be filled in."""
    return await _render(request, "projects/sections.html", "project_form:show_sections")


async def show_lacks(request: Request) -> Response:
    """What is missing, as one form."""
    return await _render(request, "projects/lacks.html", "project_form:show_lacks")


async def show_part(request: Request) -> Response:
    """One part of the record as a form."""
    at = request.query_params.get("at", "")
    return await _render(request, "projects/part.html", "project_form:show_part", at)


async def _render(request: Request, template: str, question: str, *given: Any) -> Response:
    name = request.path_params["project"]
    said = await ask(request, question, name, *given)
    saved = "saved" in request.query_params
    values = {"project": name, "at": given[0] if given else "", "is_saved": saved, **said}
    return find_state(request).pages.render(request, template, door=DOOR, **values)


async def try_fields(request: Request) -> Response:
    """What would be wrong if what is typed were saved, for the script."""
    form = await receive_fields(request)
    name, at = request.path_params["project"], form.text("at")
    return JSONResponse(await ask(request, "project_form:try_fields", name, _read_typed(form), at))


async def save(request: Request) -> Response:
    """Save what was typed; add or take away an item when that button was pressed."""
    form = await receive_fields(request)
    name, at = request.path_params["project"], form.text("at")
    add, _, owner = form.text("add").partition(" ")
    change = {"add": add, "of": owner, "remove": form.text("remove")}
    typed, digest = _read_typed(form), form.text("digest")
    added = await ask(request, "project_form:save_fields", name, typed, digest, change)
    if added and (not at or added.rpartition(".")[0] == at):
        at = added  # an item of the list that is shown has a page of its own
    page = f"form?at={quote(at)}&saved=1" if at else "missing?saved=1"
    return RedirectResponse(f"/{DOOR}/{quote(name)}/{page}#saved", 303)


def _read_typed(form: Form) -> dict[str, list[str]]:
    return {name: list(values) for name, values in form.fields.items() if name.startswith(_PREFIXES)}


_ONE = f"/{DOOR}/{{project}}"
ROUTES = (
    Route(f"{_ONE}/sections", show_sections),
    Route(f"{_ONE}/missing", show_lacks),
    Route(f"{_ONE}/form", show_part),
    Route(f"{_ONE}/form", save, methods=["POST"]),
    Route(f"{_ONE}/try", try_fields, methods=["POST"]),
)
