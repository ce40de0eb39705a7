"""The form of a project's record: missing values, single parts, live checks, saving."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from docgen.web.routes.projects import DOOR, ask
from docgen.web.state import find_state
from docgen.web.uploads import Form

_PREFIXES = ("e:", "l:")


async def show_sections(request: Request) -> Response:
    """Show the parts of the record that can be filled in."""
    return await _render(request, "projects/sections.html", "project_form:describe_sections")


async def show_missing(request: Request) -> Response:
    """Show the missing values as one form."""
    return await _render(request, "projects/missing.html", "project_form:describe_missing")


async def show_part(request: Request) -> Response:
    """Show one part of the record as a form."""
    at = request.query_params.get("at", "")
    return await _render(request, "projects/part.html", "project_form:describe_part", at)


async def _render(request: Request, template: str, question: str, *arguments: Any) -> Response:
    name = request.path_params["project"]
    answer = await ask(request, question, name, *arguments)
    saved = "saved" in request.query_params
    values = {"project": name, "at": arguments[0] if arguments else "", "is_saved": saved, **answer}
    return find_state(request).pages.render(request, template, door=DOOR, **values)


async def try_fields(request: Request) -> Response:
    """Report to the script what would be wrong if the typed values were saved."""
    form = await find_state(request).receive_fields(request)
    name, at = request.path_params["project"], form.text("at")
    return JSONResponse(await ask(request, "project_form:try_fields", name, _read_typed(form), at))


async def save(request: Request) -> Response:
    """Save the typed values; add or remove an item when that button was pressed."""
    form = await find_state(request).receive_fields(request)
    name, at = request.path_params["project"], form.text("at")
    add, _, owner = form.text("add").partition(" ")
    change = {"add": add, "of": owner, "remove": form.text("remove")}
    typed, digest = _read_typed(form), form.text("digest")
    added = await ask(request, "project_form:save_fields", name, typed, digest, change)
    if added and (not at or added.rpartition(".")[0] == at):
        at = added  # the page of the new item
    page = f"form?at={quote(at)}&saved=1" if at else "missing?saved=1"
    return RedirectResponse(f"/{DOOR}/{quote(name)}/{page}#saved", 303)


def _read_typed(form: Form) -> dict[str, list[str]]:
    return {name: list(values) for name, values in form.fields.items() if name.startswith(_PREFIXES)}


_ONE = f"/{DOOR}/{{project}}"
ROUTES = (
    Route(f"{_ONE}/sections", show_sections),
    Route(f"{_ONE}/missing", show_missing),
    Route(f"{_ONE}/form", show_part),
    Route(f"{_ONE}/form", save, methods=["POST"]),
    Route(f"{_ONE}/try", try_fields, methods=["POST"]),
)
